/** What a figure is: the record of what was measured, and how it is judged. */
import type { Interval } from './statistics.ts'

export interface Figure {
  readonly name: string
  /** null where it could not be measured here; the note says why. */
  readonly value: number | null
  readonly unit: string
  readonly better: 'lower' | 'higher'
  /** The value that must be reached; null for what is only reported. */
  readonly floor: number | null
  readonly goal: number | null
  /** 95 % interval of the value. */
  readonly ci: Interval | null
  readonly n: number
  readonly note: string
  /** Interval of the same measurement of one thing against itself (A/A), where the value is a ratio of times. */
  readonly control?: Interval
  /** Share of all cores that other processes took while times were compared. */
  readonly foreignLoad?: number
}

export type Status = 'pass' | 'fail' | 'inconclusive' | 'not measured' | 'reported'

/** What a figure is asked to be, before it is measured. */
export type Claim = Pick<Figure, 'name' | 'unit' | 'better' | 'floor' | 'goal'>

/** A plain measured value, without a spread of its own. */
export const measured = (claim: Claim, value: number, n: number, note = ''): Figure => ({
  ...claim,
  value,
  ci: null,
  n,
  note,
})

export const notMeasured = (claim: Claim, why: string): Figure => ({
  ...claim,
  value: null,
  ci: null,
  n: 0,
  note: `not measured: ${why}`,
})

const FAILED = 'failed: '

/** A measurement that broke: never to be mistaken for one that was skipped. */
export const failed = (name: string, error: unknown): Figure => ({
  ...{ name, value: null, unit: '', better: 'lower', floor: null, goal: null, ci: null, n: 0 },
  note: FAILED + (error instanceof Error ? error.message : String(error)),
})

const reaches = (value: number, floor: number, better: Figure['better']): boolean =>
  better === 'lower' ? value <= floor : value >= floor

/** Above this the slower sides of both depend on who else runs: thread barriers suffer most from a lost core. */
const MOST_FOREIGN_LOAD = 0.1
/** Pairs without which a ratio is not believed: more where the floor is within 10 % of 1. */
const fewestPairs = (floor: number): number => (Math.abs(floor - 1) < 0.1001 ? 60 : 20)

/**
 * A value passes when its whole interval reaches the floor, fails when none of it does. Where the A/A interval is wider
 * than the distance to the floor, others use the machine, or there are few pairs, neither is said.
 */
export function verdict(figure: Figure): Status {
  const { value, floor, better, ci, control, foreignLoad = 0, n, note } = figure
  if (value === null) return note.startsWith(FAILED) ? 'fail' : 'not measured'
  if (floor === null) return 'reported'
  if (control && n < fewestPairs(floor)) return 'inconclusive'
  if (foreignLoad > MOST_FOREIGN_LOAD) return 'inconclusive'
  if (control && control[1] - control[0] > Math.abs(value - floor)) return 'inconclusive'
  const ends = (ci ?? [value, value]).map(end => reaches(end, floor, better))
  if (ends.every(Boolean)) return 'pass'
  return ends.some(Boolean) ? 'inconclusive' : 'fail'
}
