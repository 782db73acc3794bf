/** Rules that hold the norms of learned embeddings after each step, by name; every rule keeps their directions. */
import type { Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'

/** Of the base's own token table. */
export interface EmbeddingFacts {
  /** Median norm of its rows. */
  readonly median: number
  /** Standard deviation of its values. */
  readonly spread: number
}

/** `[rows, count, width]` and the step's learning rate in, the vectors out; the last read of the vectors is the product. */
type Rule = (facts: EmbeddingFacts) => (vectors: Value, rate: Value) => Value

/** cloneofsimo's trainer pulls the rows of SD 1.x to this norm. */
const PULL = 0.4
/** diffusers' advanced script moves the spread by this power each step. */
const POWER = 0.1
const TINY = 1e-12

const squares = (vectors: Value, axes: readonly number[]): Value => op.reduceSum(op.mul(vectors, vectors), axes, true)
const norms = (vectors: Value): Value => op.sqrt(op.add(squares(vectors, [2]), TINY))

export const NORMS: Readonly<Record<'none' | 'pull' | 'spread' | 'median', Rule | undefined>> = {
  none: undefined,
  pull: () => (vectors, rate) => {
    const norm = norms(vectors)
    const share = op.min(op.mul(rate, 100), 1)
    return op.mul(vectors, op.div(op.add(norm, op.mul(share, op.sub(PULL, norm))), norm))
  },
  spread: facts => vectors => {
    const [, count, width] = vectors.shape as [number, number, number]
    const mean = op.reduceMean(vectors, [1, 2], true)
    const deviation = op.sqrt(op.mul(squares(op.sub(vectors, mean), [1, 2]), 1 / Math.max(1, count * width - 1)))
    return op.mul(vectors, op.pow(op.div(facts.spread, op.add(deviation, TINY)), POWER))
  },
  median: facts => vectors => op.mul(vectors, op.div(facts.median, norms(vectors))),
}
