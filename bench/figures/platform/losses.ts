/** Figures that count what went wrong: the floor of each is 0. */
import { type Claim, type Figure, measured } from '../../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../../source.ts'

export interface Losses {
  /** What was lost, doubled, stuck, leaked or left. */
  readonly count: number
  /** What was tried. */
  readonly n: number
  readonly note: string
  /** One line for each, for people. */
  readonly wrong?: readonly string[]
}

export const lossClaim = (name: string, unit: string): Claim => ({ name, unit, better: 'lower', floor: 0, goal: null })

export function lossFigure({ log }: BenchContext, claim: Claim, { count, n, note, wrong = [] }: Losses): Figure {
  for (const line of wrong) log(`  ${claim.name}: ${line}`)
  return measured(claim, count, n, note)
}

/** A source of one such figure. */
export const countLosses = (
  name: string,
  unit: string,
  minutes: number,
  count: (context: BenchContext) => Promise<Losses>,
): FigureSource => ({
  names: [name],
  minutes,
  run: async context => [lossFigure(context, lossClaim(name, unit), await count(context))],
})
