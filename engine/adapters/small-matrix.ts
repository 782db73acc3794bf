/** Products and orthonormal bases of small matrices of float32 in rows, summed in float64. */
import { normals } from '../noise.ts'

export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float32Array
}

/** `A B` `[A's rows, B's columns]`. */
export function product(a: Matrix, b: Matrix): Float32Array {
  const width = b.columns
  const result = new Float32Array(a.rows * width)
  const row = new Float64Array(width)
  for (let i = 0; i < a.rows; i++) {
    row.fill(0)
    for (let k = 0; k < a.columns; k++) addMultiple(row, 0, b.values, k * width, width, at(a.values, i * a.columns + k))
    result.set(row, i * width)
  }
  return result
}

/** `A^T B` `[A's columns, B's columns]`. */
export function productTransposed(a: Matrix, b: Matrix): Float32Array {
  const width = b.columns
  const sums = new Float64Array(a.columns * width)
  for (let i = 0; i < a.rows; i++)
    for (let k = 0; k < a.columns; k++)
      addMultiple(sums, k * width, b.values, i * width, width, at(a.values, i * a.columns + k))
  return Float32Array.from(sums)
}

/** A column that kept less than this share of its length is rounding of the ones before it. */
const NOTHING_LEFT = 1e-12

/**
 * Orthonormal columns whose span holds the columns of `matrix` (at most as many as its rows): Gram-Schmidt, in which each
 * earlier direction is removed twice. A column without a direction of its own becomes a fixed one that the others lack.
 */
export function orthonormal({ rows, columns, values }: Matrix): Float32Array {
  const turned = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = at(values, i * columns + j)
  for (let j = 0; j < columns; j++) {
    let draws = 0
    while (!normalise(turned, j, rows)) turned.set(normals(1, columns * draws++ + j, rows), j * rows)
  }
  const result = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[i * columns + j] = at(turned, j * rows + i)
  return result
}

/**
 * Makes vector `j` of length `size` orthogonal to those before it, and of length 1; false where no more than the share `least` of its
 * length is left.
 */
export function normalise(vectors: Float64Array, j: number, size: number, least = NOTHING_LEFT): boolean {
  const own = j * size
  const before = Math.sqrt(dot(vectors, own, own, size))
  for (let pass = 0; pass < 2; pass++)
    for (let i = 0; i < j; i++) addMultiple(vectors, own, vectors, i * size, size, -dot(vectors, own, i * size, size))
  const length = Math.sqrt(dot(vectors, own, own, size))
  if (!(length > before * least)) return false
  for (let n = own; n < own + size; n++) vectors[n] = at(vectors, n) / length
  return true
}

type Floats = Float32Array | Float64Array

const at = (values: Floats, index: number): number => values[index] as number

function dot(values: Floats, a: number, b: number, size: number): number {
  let sum = 0
  for (let n = 0; n < size; n++) sum += at(values, a + n) * at(values, b + n)
  return sum
}

function addMultiple(into: Floats, to: number, from: Floats, start: number, size: number, factor: number): void {
  for (let n = 0; n < size; n++) into[to + n] = at(into, to + n) + factor * at(from, start + n)
}
