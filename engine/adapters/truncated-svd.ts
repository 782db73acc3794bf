/**
 * The best approximation of a matrix by one of low rank: its largest singular triples, by randomised subspace iteration (Halko,
 * Martinsson and Tropp, arXiv 0909.4061, algorithm 4.4). The large products run on the device.
 */
import { Matrix as DoubleMatrix, SVD } from 'ml-matrix'
import { createGraph, input } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import * as op from '../graph/ops/index.ts'
import { normals } from '../noise.ts'
import type { Device } from '../runtime/device.ts'
import { runOnce } from '../runtime/run.ts'
import type { Sessions } from '../runtime/sessions.ts'
import { type Matrix, orthonormal, product, productTransposed } from './small-matrix.ts'

/** `up` `[rows, rank]` times `down` `[rank, columns]`; both carry the square root of the singular values. */
export interface LowRank {
  readonly rank: number
  readonly up: Float32Array
  readonly down: Float32Array
  /** Sum of the squared singular values that are kept. */
  readonly energy: number
}

/** Directions beyond the rank, and rounds: what makes the kept ones exact to single precision. */
const EXTRA = 8
const ROUNDS = 3

export const squares = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0)

/** Where the large products run. */
interface Place {
  readonly device: Device
  readonly session: Sessions
}

/** @param wanted the rank, where the matrix has as many rows and columns */
export async function lowRank(on: Place, matrix: Matrix, wanted: number): Promise<LowRank> {
  const { rows, columns, values } = matrix
  const rank = Math.min(wanted, rows, columns)
  const width = Math.min(rank + EXTRA, rows, columns)
  const zero = { rank, up: new Float32Array(rows * rank), down: new Float32Array(rank * columns), energy: 0 }
  if (squares(values) === 0) return zero
  const small = values.length * width < SMALL
  const times = small ? productsHere(matrix, width) : await productsOnDevice(on, matrix, width)
  try {
    const basis = (count: number, directions: Float32Array) =>
      orthonormal({ rows: count, columns: width, values: directions })
    let range = basis(rows, await times.right(normals(0, 0, columns * width)))
    for (let round = 0; round < ROUNDS; round++) {
      const other = basis(columns, await times.left(range))
      range = basis(rows, await times.right(other))
    }
    return triples(range, await times.left(range), { rows, columns, width, rank })
  } finally {
    await times.close()
  }
}

/** `M X` for X `[columns, width]`, and `M^T Y` for Y `[rows, width]`. */
interface Products {
  right(other: Float32Array): Promise<Float32Array>
  left(other: Float32Array): Promise<Float32Array>
  close(): Promise<void>
}

/** Products of fewer multiplications cost less than the way to the device. */
const SMALL = 1 << 22

const productsHere = (matrix: Matrix, width: number): Products => ({
  right: async values => product(matrix, { rows: matrix.columns, columns: width, values }),
  left: async values => productTransposed(matrix, { rows: matrix.rows, columns: width, values }),
  close: async () => {},
})

async function productsOnDevice(on: Place, { rows, columns, values }: Matrix, width: number): Promise<Products> {
  const { device, session } = on
  const buffer = device.bufferName('matrix')
  await device.alloc(buffer, values.length)
  await device.write(buffer, 0, values)
  const open = (side: 'left' | 'right', height: number) =>
    session(`${side} ${rows} ${columns} ${width}`, () => {
      const graph = createGraph()
      const matrix = input(graph, 'matrix', 'float32', [rows, columns])
      const other = input(graph, 'other', 'float32', [height, width])
      return encode({ product: op.gemm(matrix, other, { transA: side === 'left' }) })
    })
  const run = (id: number, height: number, data: Float32Array): Promise<Float32Array> => {
    const matrix = { buffer, offset: 0, shape: [rows, columns] }
    const other = { data, dtype: 'float32', shape: [height, width] } as const
    return runOnce(device, id, { matrix, other }, 'product')
  }
  const [left, right] = [await open('left', rows), await open('right', columns)]
  return {
    left: data => run(left, rows, data),
    right: data => run(right, columns, data),
    close: () => device.free(buffer).catch(() => undefined),
  }
}

/**
 * From `Q` `[rows, width]` and `B = M^T Q` `[columns, width]`: the singular values of B are those of M. B is `P R` with P
 * orthonormal, so they are those of the small R too.
 */
function triples(
  range: Float32Array,
  transposed: Float32Array,
  { rows, columns, width, rank }: { rows: number; columns: number; width: number; rank: number },
): LowRank {
  const tall = (count: number, values: Float32Array) => ({ rows: count, columns: width, values })
  const basis = tall(columns, orthonormal(tall(columns, transposed)))
  const small = productTransposed(basis, tall(columns, transposed))
  const svd = new SVD(DoubleMatrix.from1DArray(width, width, small))
  const turned = (vectors: DoubleMatrix) => tall(width, Float32Array.from(vectors.to1DArray()))
  const right = product(basis, turned(svd.leftSingularVectors))
  const left = product(tall(rows, range), turned(svd.rightSingularVectors))
  const [up, down] = [new Float32Array(rows * rank), new Float32Array(rank * columns)]
  let energy = 0
  for (let r = 0; r < rank; r++) {
    const sigma = svd.diagonal[r] ?? 0
    const root = Math.sqrt(sigma)
    energy += sigma * sigma
    for (let i = 0; i < rows; i++) up[i * rank + r] = (left[i * width + r] ?? 0) * root
    for (let j = 0; j < columns; j++) down[r * columns + j] = (right[j * width + r] ?? 0) * root
  }
  return { rank, up, down, energy }
}
