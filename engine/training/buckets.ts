/** Which examples a batch is made of where they have several sizes: a batch has one. */
import { drawStreams, permutation } from '../noise.ts'

/** Beside the kinds of `diffusion.ts`, which begin at 1. */
const stream = drawStreams({ bucket: 0 })

export interface Turn {
  /** The bucket that the batch is of. */
  readonly bucket: number
  /** Which of the bucket's batches it is, from 0. */
  readonly turn: number
}

/**
 * The `draw`-th batch. In as many batches as there are examples, each bucket has as many as it has examples, in an order of its own each
 * time: so every example is seen equally often, however few share its size. It depends on its arguments alone, so a training goes on where
 * it stopped. With one bucket it is that bucket's `draw`-th batch.
 * @param counts examples of each bucket
 */
export function turnOf(seed: number, counts: readonly number[], draw: number): Turn {
  if (counts.length === 1) return { bucket: 0, turn: draw }
  const labels = counts.flatMap((count, bucket) => Array.from({ length: count }, () => bucket))
  const round = Math.floor(draw / labels.length)
  const order = Array.from(permutation(seed, stream('bucket', round), labels.length), i => labels[i] as number)
  const place = draw % labels.length
  const bucket = order[place] as number
  const before = order.slice(0, place).filter(one => one === bucket).length
  return { bucket, turn: round * (counts[bucket] as number) + before }
}
