/** How large data is cut for transport: neither a message nor a read of a file is ever larger than one piece. */

/** Elements of one piece, 16 MB of float32. */
export const PIECE = 1 << 22

/** Consecutive ranges of at most `size` that cover `total` elements. */
export function* ranges(total: number, size = PIECE): Generator<{ readonly from: number; readonly count: number }> {
  for (let from = 0; from < total; from += size) yield { from, count: Math.min(size, total - from) }
}
