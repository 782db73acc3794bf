/** Lists: columns for people, one object a line for programs. */
import type { EventName } from './events.ts'
import type { Output } from './output.ts'
import { clip, textWidth, visible } from './text.ts'

/** A column: its heading, and what stands in the row of an entry. `wide` ones give way where the terminal is narrow. */
export interface Column<T> {
  readonly head: string
  readonly of: (entry: T) => string
  readonly wide?: boolean
}

const GAP = 2
/** A column is not made narrower. */
const NARROWEST = 8

/** Two spaces between columns; the first row is the heading. `columns` is the width of the terminal, where there is one. */
export function formatTable<T>(table: readonly Column<T>[], entries: readonly T[], columns = Infinity): string {
  const rows = [
    table.map(({ head }) => head),
    ...entries.map(entry => table.map(({ of }) => visible(of(entry)).replaceAll('\n', ' '))),
  ]
  const widths = table.map((_, i) => Math.max(...rows.map(row => textWidth(row[i] ?? ''))))
  narrow(table, widths, columns)
  return rows
    .map(row =>
      row
        .map((cell, i) => pad(cell, widths[i] ?? 0))
        .join(' '.repeat(GAP))
        .trimEnd(),
    )
    .join('\n')
}

/** Takes from the widest of the `wide` columns until all fit, or none can give more. */
function narrow<T>(table: readonly Column<T>[], widths: number[], columns: number): void {
  const total = () => widths.reduce((sum, width) => sum + width + GAP, -GAP)
  while (total() > columns) {
    const givers = table.flatMap(({ wide }, i) => (wide && (widths[i] ?? 0) > NARROWEST ? [i] : []))
    const [widest] = givers.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))
    if (widest === undefined) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

function pad(cell: string, width: number): string {
  const shown = clip(cell, width)
  return shown + ' '.repeat(Math.max(0, width - textWidth(shown)))
}

interface Listing<T> {
  readonly event: EventName
  readonly entries: readonly T[]
  readonly table: readonly Column<T>[]
  /** What is said of an empty list. */
  readonly none: string
}

/** Shows a list. */
export function showList<T extends object>(output: Output, { event, entries, table, none }: Listing<T>): void {
  if (output.json) for (const entry of entries) output.result('', { event, ...entry })
  else if (entries.length === 0) output.note(none)
  else output.result(formatTable(table, entries, process.stdout.isTTY ? process.stdout.columns : undefined))
}

/** Facts of one thing, a line each; those without a value are left out. */
export function formatFacts(facts: readonly (readonly [name: string, value: string | null | undefined])[]): string {
  const given = facts.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(...given.map(([name]) => textWidth(name)))
  return given.map(([name, value]) => `${pad(name, width)}  ${value}`).join('\n')
}
