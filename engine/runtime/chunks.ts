/** How large data is cut for transport: neither a message nor a read of a file is ever larger than one chunk. */

/** Elements of one chunk, 16 MB of float32. */
export const CHUNK = 1 << 22

/** Consecutive ranges of at most `size` that cover `total` elements. */
export function* chunksOf(total: number, size = CHUNK): Generator<{ readonly from: number; readonly count: number }> {
  for (let from = 0; from < total; from += size) yield { from, count: Math.min(size, total - from) }
}
