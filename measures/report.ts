/** Prints figures: one JSON object for programs, and a table for people. */
import { type Figure, type Status, verdict } from './figure.ts'

export interface Report {
  readonly name: string
  readonly machine: string
  readonly figures: readonly Figure[]
}

/** The published record has no field for the status: an inconclusive one says so first in its note. */
export function toJson({ name, machine, figures }: Report): string {
  const records = figures.map(({ control: _, foreignLoad: __, ...figure }) => ({ ...figure }))
  records.forEach((record, i) => {
    const figure = figures[i]
    if (figure && verdict(figure) === 'inconclusive') record.note = `inconclusive; ${record.note}`
  })
  return JSON.stringify({ name, machine, figures: records }, null, 2)
}

/** Four digits; powers of ten for what is very small or large. */
export const format = (value: number | null): string => {
  if (value === null) return '-'
  const size = Math.abs(value)
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}

export const interval = ({ ci }: Pick<Figure, 'ci'>): string => (ci ? `${format(ci[0])}..${format(ci[1])}` : '')
const sign = ({ better }: Pick<Figure, 'better'>): string => (better === 'lower' ? '<=' : '>=')
export const bound = (figure: Pick<Figure, 'better'>, value: number | null): string =>
  value === null ? '' : `${sign(figure)} ${format(value)}`

export function toTable({ name, machine, figures }: Report): string {
  const rows = figures.map(figure => [
    figure.name,
    `${format(figure.value)} ${figure.unit}`.trim(),
    interval(figure),
    bound(figure, figure.floor),
    bound(figure, figure.goal),
    figure.n ? String(figure.n) : '',
    verdict(figure).toUpperCase() as Uppercase<Status>,
    figure.note,
  ])
  const all = [['figure', 'value', '95 %', 'floor', 'goal', 'n', 'status', 'note'], ...rows]
  const widths = all[0]?.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0))) ?? []
  const lines = all.map(row =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '),
  )
  return [`${name}: ${machine}`, ...lines.map(line => line.trimEnd())].join('\n')
}
