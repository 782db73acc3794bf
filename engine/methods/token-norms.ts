/** Rules that hold the norms of learned embeddings after each step, by name; every rule keeps their directions. */
import type { Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'

/** Of the base's own embedding table. */
export interface EmbeddingFacts {
  /** Median norm of its rows. */
  readonly median: number
  /** Standard deviation of its values. */
  readonly spread: number
}

/** `[rows, count, width]` and the step's learning rate in, the embeddings out; the last read of the embeddings is the product. */
type Rule = (facts: EmbeddingFacts) => (learned: Value, rate: Value) => Value

/** cloneofsimo's trainer pulls the rows of SD 1.x to this norm. */
const PULL = 0.4
/** diffusers' advanced script moves the spread by this power each step. */
const POWER = 0.1
const TINY = 1e-12

const squares = (learned: Value, axes: readonly number[]): Value => op.reduceSum(op.mul(learned, learned), axes, true)
const norms = (learned: Value): Value => op.sqrt(op.add(squares(learned, [2]), TINY))

export const NORMS: Readonly<Record<'none' | 'pull' | 'spread' | 'median', Rule | undefined>> = {
  none: undefined,
  pull: () => (learned, rate) => {
    const norm = norms(learned)
    const share = op.min(op.mul(rate, 100), 1)
    return op.mul(learned, op.div(op.add(norm, op.mul(share, op.sub(PULL, norm))), norm))
  },
  spread: facts => learned => {
    const [, count, width] = learned.shape as [number, number, number]
    const mean = op.reduceMean(learned, [1, 2], true)
    const deviation = op.sqrt(op.mul(squares(op.sub(learned, mean), [1, 2]), 1 / Math.max(1, count * width - 1)))
    return op.mul(learned, op.pow(op.div(facts.spread, op.add(deviation, TINY)), POWER))
  },
  median: facts => learned => op.mul(learned, op.div(facts.median, norms(learned))),
}
