/**
 * Random numbers as a pure function of (seed, stream, position), so that a row's noise never depends on its neighbours.
 *
 * The bits are Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the seed is the
 * key, the stream fills the upper half of the counter, the block number the lower half. One (seed, stream) pair serves
 * one purpose: `normals` and `integers` of the same pair are made from the same bits. A longer draw starts with the
 * shorter one. Only additions, products, quotients and square roots of doubles are used, which IEEE 754 fixes to the
 * bit; `Math.log` and `Math.sin` may differ in the last place from one machine to the next.
 */

import { AppError, invariant } from '../errors.ts'

/** 64 bits as a whole number >= 0: a bigint below 2^64, or a safe integer. */
export type Seed = number | bigint

type Words = readonly [number, number, number, number]

const ROUNDS = 10
const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const

/** Upper 32 bits of the product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff]
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) >>> 0
}

/** One Philox4x32-10 block: the 128-bit counter and the 64-bit key, as unsigned 32-bit words, give four such words. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIERS[0], c0)
    const low0 = Math.imul(MULTIPLIERS[0], c0)
    const high1 = multiplyHigh(MULTIPLIERS[1], c2)
    const low1 = Math.imul(MULTIPLIERS[1], c2)
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0 >>> 0
    k0 = (k0 + KEY_STEPS[0]) >>> 0
    k1 = (k1 + KEY_STEPS[1]) >>> 0
  }
  return [c0, c1, c2, c3]
}

function split(value: Seed, name: string): readonly [number, number] {
  const whole = typeof value === 'bigint' ? value >= 0n && value < 1n << 64n : Number.isSafeInteger(value) && value >= 0
  if (!whole) {
    throw new AppError(
      'INPUT_INVALID',
      `${name} ${value} is not a whole number >= 0 of at most 64 bits`,
      `Give ${name} as such a number, for example 1.`,
    )
  }
  const bits = BigInt(value)
  return [Number(bits & 0xffffffffn), Number(bits >> 32n)]
}

/** `count` words of the stream, each an unsigned 32-bit number. */
function words(seed: Seed, stream: number, count: number): Uint32Array {
  invariant(Number.isSafeInteger(count) && count >= 0, `a draw of ${count} numbers`)
  const key = split(seed, 'seed')
  const [low, high] = split(stream, 'stream')
  const out = new Uint32Array(count)
  for (let block = 0; block * 4 < count; block++) {
    const four = philox([block >>> 0, Math.floor(block / 2 ** 32), low, high], key)
    for (let i = 0; i < 4 && block * 4 + i < count; i++) out[block * 4 + i] = four[i]!
  }
  return out
}

/** -2 ln((word + 0.5) / 2^32), through ln m = 2 artanh((m-1)/(m+1)) with m in [sqrt 1/2, sqrt 2]. */
function squaredRadius(word: number): number {
  let exponent = 31 - Math.clz32(word)
  let mantissa = (word + 0.5) * 2 ** -exponent
  if (mantissa > Math.SQRT2) {
    mantissa /= 2
    exponent += 1
  }
  const s = (mantissa - 1) / (mantissa + 1)
  let series = 0
  for (let k = 23; k >= 1; k -= 2) series = series * s * s + 1 / k
  return -2 * ((exponent - 32) * Math.LN2 + 2 * s * series)
}

/** Cosine and sine of 2 pi word / 2^32: Taylor series on an eighth of a turn, then turned by quarters. */
function onCircle(word: number): readonly [number, number] {
  const quarter = ((word + 0x20000000) >>> 30) & 3
  const angle = (((word + 0x20000000) & 0x3fffffff) - 0x20000000) * (Math.PI * 2 ** -31)
  let cosine = 0
  let sine = 0
  for (let k = 18; k >= 2; k -= 2) {
    cosine = 1 - (cosine * angle * angle) / (k * (k - 1))
    sine = 1 - (sine * angle * angle) / (k * (k + 1))
  }
  const [c, s] = [cosine, sine * angle]
  return quarter === 0 ? [c, s] : quarter === 1 ? [-s, c] : quarter === 2 ? [-c, -s] : [s, -c]
}

/**
 * Standard normal numbers by Box and Muller's transform of pairs of 32-bit words, computed in double precision.
 * Magnitudes stay below 6.77. Throws INPUT_INVALID for a seed or stream that is not a whole number >= 0.
 */
export function normals(seed: Seed, stream: number, count: number): Float32Array {
  const bits = words(seed, stream, count + (count % 2))
  const out = new Float32Array(count)
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(squaredRadius(bits[i]!))
    const [cosine, sine] = onCircle(bits[i + 1]!)
    out[i] = radius * cosine
    if (i + 1 < count) out[i + 1] = radius * sine
  }
  return out
}

/** Uniform numbers in [0, 1), multiples of 2^-24. Errors as for `normals`. */
export function uniforms(seed: Seed, stream: number, count: number): Float32Array {
  return Float32Array.from(words(seed, stream, count), word => (word >>> 8) * 2 ** -24)
}

/** Uniform in [0, 1) with 53 bits, from two words. */
function wideUniform(bits: Uint32Array, index: number): number {
  return ((bits[2 * index]! >>> 5) * 2 ** 26 + (bits[2 * index + 1]! >>> 6)) * 2 ** -53
}

/** Whole numbers in [0, below), `below` from 1 to 2^32; no value is favoured by more than 2^-21 of its share. */
export function integers(seed: Seed, stream: number, count: number, below: number): Uint32Array {
  invariant(Number.isInteger(below) && below >= 1 && below <= 2 ** 32, `integers below ${below}`)
  const bits = words(seed, stream, 2 * count)
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(wideUniform(bits, i) * below))
}

/** The values in random order, as a new array (Fisher and Yates). */
export function shuffle<T>(seed: Seed, stream: number, values: readonly T[]): T[] {
  const out = [...values]
  const bits = words(seed, stream, 2 * out.length)
  for (let i = out.length - 1; i > 0; i--) {
    const other = Math.floor(wideUniform(bits, i) * (i + 1))
    const moved = out[i]!
    out[i] = out[other]!
    out[other] = moved
  }
  return out
}

/** The whole numbers 0 .. count-1 in random order. */
export function permutation(seed: Seed, stream: number, count: number): number[] {
  return shuffle(
    seed,
    stream,
    Array.from({ length: count }, (_, i) => i),
  )
}

/** More than the kinds of draws that any training has. */
const KINDS = 8

/** Numbers the streams of a training: one for each kind of draw at each step, so that none depends on another. */
export const drawStreams =
  <K extends string>(kinds: Readonly<Record<K, number>>) =>
  (kind: K, draw: number): number =>
    draw * KINDS + kinds[kind]
