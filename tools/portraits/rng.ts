/** Counter-based random numbers for the renderer: value k of a stream depends on (seed, stream, k) alone. */

export interface Rng {
  /** Uniform in [0, 1). */
  float(): number
  range(low: number, high: number): number
  int(count: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T
  /** One of the keys, with probability in proportion to its weight. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K
}

/** Mixes two 32-bit words into one (the finalizer of MurmurHash3). */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** FNV-1a of a text, for naming streams and for rules that choose by hash. */
export function hashText(text: string): number {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193)
  return mix(h >>> 0, text.length)
}

export function createRng(seed: number, stream: string): Rng {
  const key = mix(seed >>> 0, mix(Math.floor(seed / 2 ** 32), hashText(stream)))
  let counter = 0
  const float = (): number => mix(key, counter++) / 2 ** 32
  const int = (count: number): number => Math.floor(float() * count)
  return {
    float,
    int,
    range: (low, high) => low + (high - low) * float(),
    chance: probability => float() < probability,
    pick: values => values[int(values.length)] as (typeof values)[number],
    weighted: weights => pickWeighted(weights, float()),
  }
}

function pickWeighted<K extends string>(weights: Readonly<Record<K, number>>, at: number): K {
  const entries = Object.entries(weights) as [K, number][]
  let rest = at * entries.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [key, weight] of entries) {
    rest -= weight
    if (rest < 0) return key
  }
  return (entries.at(-1) as [K, number])[0]
}
