/** Where the figures of the bench come from, and what a source is given. */
import { type Claim, type Figure, notMeasured } from '../measures/figure.ts'
import type { PairOptions } from '../measures/statistics.ts'
import type { Peers } from './peers.ts'

export interface BenchContext {
  /** Threads that ours and the peers use. */
  readonly threads: number
  /** The demo base, or undefined where it is not there. */
  readonly demoBase: string | undefined
  /** Folder outside the repository for what is expensive to make again. */
  readonly cache: string
  /** Folder for files of this run; removed at its end. */
  readonly work: string
  readonly peers: Peers
  /** Of an older release, for what must be read by both. */
  readonly olderPeers: Peers
  /** The wanted names: a source may leave out what is not asked for. */
  wants(name: string): boolean
  /** The budget itself, or three pairs of it under `--quick`, which shows that a figure runs and proves nothing. */
  budget(pairs: PairOptions): PairOptions
  /** How often something is done: `full`, or `quick` under `--quick`. */
  amount(full: number, quick: number): number
  /** Progress for people, to stderr. */
  log(line: string): void
}

/** A group of figures that are measured together; adding one is a file and a line in its suite. */
export interface FigureSource {
  readonly names: readonly string[]
  /** Upper estimate, for the suite's total. */
  readonly minutes: number
  run(context: BenchContext): Promise<readonly Figure[]>
}

export interface Suite {
  readonly name: string
  readonly sources: readonly FigureSource[]
}

/** A source whose figures all need the demo base. */
export const onDemoBase = (
  claims: readonly Claim[],
  minutes: number,
  measure: (folder: string, context: BenchContext) => Promise<readonly Figure[]>,
): FigureSource => ({
  names: claims.map(({ name }) => name),
  minutes,
  run: async context =>
    context.demoBase
      ? measure(context.demoBase, context)
      : claims.map(claim => notMeasured(claim, 'the demo base is not here')),
})
