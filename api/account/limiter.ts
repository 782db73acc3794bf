/** Rate limit against guessing: a number of attempts per name within a window, then a pause. Counted per process. */

interface Limiter {
  /** False when the name has used up its tries; a refused try does not count. */
  take(name: string): boolean
  /** All tries again. */
  forgive(name: string): void
}

const MAX_NAMES = 100_000

/** `tries` within `seconds`, refilled evenly. */
export function createLimiter(tries: number, seconds: number, now: () => number = () => performance.now()): Limiter {
  const buckets = new Map<string, { left: number; at: number }>()
  const rate = tries / (seconds * 1000)
  return {
    take: name => {
      const at = now()
      const { left, at: before } = buckets.get(name) ?? { left: tries, at }
      const refilled = Math.min(tries, left + (at - before) * rate)
      // Oldest first out: a map keeps the order of insertion.
      buckets.delete(name)
      if (buckets.size >= MAX_NAMES) buckets.delete(buckets.keys().next().value ?? '')
      buckets.set(name, { left: refilled >= 1 ? refilled - 1 : refilled, at })
      return refilled >= 1
    },
    forgive: name => void buckets.delete(name),
  }
}
