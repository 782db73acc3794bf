/** Medians, their bootstrap intervals, and measuring two things in interleaved pairs. */
import { setTimeout } from 'node:timers/promises'
import { integers } from '../engine/noise.ts'

export type Interval = readonly [low: number, high: number]

/** The middle value; the mean of the two middle ones for an even count. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Of the mean: the sample deviation divided by the root of the count. */
export function standardError(values: readonly number[]): number {
  const middle = mean(values)
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)
  return Math.sqrt(variance / values.length)
}

type Statistic = (values: readonly number[]) => number

/** 95 % percentile bootstrap interval of a statistic; the same for the same values and seed. */
function bootstrapInterval(statistic: Statistic, values: readonly number[], seed: number, resamples: number): Interval {
  const drawn = Array.from({ length: resamples }, (_, draw) =>
    statistic(Array.from(integers(seed, draw, values.length, values.length), index => values[index] ?? Number.NaN)),
  ).sort((a, b) => a - b)
  const at = (share: number): number => drawn[Math.round(share * (resamples - 1))] ?? Number.NaN
  return [at(0.025), at(0.975)]
}

export const medianInterval = (values: readonly number[], seed = 1, resamples = 2000): Interval =>
  bootstrapInterval(median, values, seed, resamples)
export const meanInterval = (values: readonly number[], seed = 1, resamples = 2000): Interval =>
  bootstrapInterval(mean, values, seed, resamples)

/** One measurement; returns what is compared, such as milliseconds. */
export type Measure = () => Promise<number>

/** Lets the threads of the other side come to rest first: both runtimes spin for a while after their work. */
export const settled =
  (measure: Measure, milliseconds = 50): Measure =>
  async () => {
    await setTimeout(milliseconds)
    return measure()
  }

export interface PairOptions {
  readonly pairs: number
  /** Measuring stops after this many seconds with the pairs there are. */
  readonly maxSeconds: number
  /** Unmeasured rounds before, default 2. */
  readonly warmup?: number
}

export interface Pairs {
  /** a / b of each pair. */
  readonly ratios: readonly number[]
  /** a / a of the same rounds. */
  readonly control: readonly number[]
  readonly a: readonly number[]
  readonly b: readonly number[]
  /** Says that the time ran out before all pairs were measured; otherwise empty. */
  readonly shortfall: string
}

/** All orders of a round, so that no place in it favours one side. */
const ORDERS = ['abc', 'cba', 'bca', 'acb', 'cab', 'bac']

/**
 * Rounds of a, b and a once more (`c`, the control) in changing order: drift of the machine hits both sides alike. At
 * least three rounds are measured whatever the time.
 */
export async function interleavedPairs(a: Measure, b: Measure, options: PairOptions): Promise<Pairs> {
  const measures: Record<string, Measure> = { a, b, c: a }
  const seen: Record<string, number[]> = { a: [], b: [], c: [] }
  for (let i = 0; i < (options.warmup ?? 2); i++) {
    await a()
    await b()
  }
  const start = performance.now()
  const late = (): boolean => performance.now() - start > options.maxSeconds * 1000
  let done = 0
  while (done < options.pairs && !(done >= 3 && late())) {
    for (const which of ORDERS[done % ORDERS.length] ?? '') seen[which]?.push((await measures[which]?.()) ?? 0)
    done++
  }
  const over = (top: readonly number[] = [], bottom: readonly number[] = []) =>
    top.map((value, i) => value / (bottom[i] ?? Number.NaN))
  const shortfall = done < options.pairs ? `${done} of ${options.pairs} pairs in ${options.maxSeconds} s` : ''
  return {
    ratios: over(seen.a, seen.b),
    control: over(seen.c, seen.a),
    a: seen.a ?? [],
    b: seen.b ?? [],
    shortfall,
  }
}
