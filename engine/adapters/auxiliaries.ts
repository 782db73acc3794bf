/**
 * Semi-orthogonal matrices out of a seed, the same bits on every machine: rows of a random orthonormal matrix that needs no
 * decomposition. It is the Kronecker product of a Hadamard matrix with a small orthonormal core, with random signs and a random choice of
 * rows. A side of 1280 = 256 * 5 has a core of 5 x 5, and all matrices of SD1.5 take a second instead of half a minute. Only sums,
 * products, quotients and square roots of doubles are used, and one rounding to float32.
 */
import { createHash } from 'node:crypto'
import { invariant } from '../../errors.ts'
import { permutation, type Seed, uniforms } from '../noise.ts'
import { normalise } from './small-matrix.ts'

/** The name of this way of making them; another way gets another name, since adapters mean nothing with others. */
export const AUXILIARIES = 'hadamard-1'

/** Streams of random numbers by purpose and layer, whatever other layers there are. */
const streamOf = (purpose: string, name: string): number =>
  createHash('sha256').update(`${AUXILIARIES}\0${purpose}\0${name}`).digest().readUIntBE(0, 6)

/** 1 or -1. */
const signs = (seed: Seed, stream: number, count: number): Float64Array =>
  Float64Array.from(uniforms(seed, stream, count), value => (value < 0.5 ? -1 : 1))

/** What is left of random signs when the rows before them are taken away must be this share of their length: else others are drawn. */
const LEAST_LEFT = Math.sqrt(1e-3)

/** An orthonormal matrix of odd side in rows: Gram-Schmidt of random signs. */
function orthonormalCore(seed: Seed, size: number): Float64Array {
  const rows = new Float64Array(size * size)
  const stream = streamOf('core', String(size))
  let draw = 0
  for (let row = 0; row < size; row++)
    do rows.set(signs(seed, stream + draw++, size), row * size)
    while (!normalise(rows, row, size, LEAST_LEFT))
  return rows
}

/** 1 for an even number of common bits, else -1: an entry of the Hadamard matrix. */
function hadamard(row: number, column: number): number {
  let common = row & column
  common ^= common >>> 16
  common ^= common >>> 8
  common ^= common >>> 4
  common ^= common >>> 2
  common ^= common >>> 1
  return common & 1 ? -1 : 1
}

/** `count` orthonormal vectors of `size` values, one after the other; `name` tells those of different layers apart. */
export function semiOrthogonal(seed: Seed, name: string, count: number, size: number): Float32Array {
  invariant(count >= 1 && count <= size, `${count} orthonormal vectors of ${size} values`)
  const power = size & -size
  const odd = size / power
  const core = orthonormalCore(seed, odd)
  const turned = signs(seed, streamOf('signs', name), size)
  const chosen = permutation(seed, streamOf('rows', name), size)
  const scale = 1 / Math.sqrt(power)
  const out = new Float32Array(count * size)
  for (let v = 0; v < count; v++) {
    const row = chosen[v] as number
    const [block, inner] = [Math.floor(row / odd), row % odd]
    for (let j = 0; j < size; j++) {
      const entry = hadamard(block, Math.floor(j / odd)) * (core[inner * odd + (j % odd)] as number)
      out[v * size + j] = entry * scale * (turned[j] as number)
    }
  }
  return out
}
