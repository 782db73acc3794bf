/** The drawn numbers behind mutated files, the same for the same seed. */

export type Random = {
  /** 0 <= n < limit. */
  below(limit: number): number
  pick<T>(items: readonly T[]): T
}

/** mulberry32: 32 bits of state are plenty for a corpus. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, pick: items => items[below(items.length)]! }
}
