import { Matrix, SVD } from 'ml-matrix'
import { afterAll, describe, expect, test } from 'vitest'
import { lowRank, squares } from '../../../../engine/adapters/truncated-svd.ts'
import { normals } from '../../../../engine/noise.ts'
import { openDevice } from '../../../../engine/runtime/device.ts'
import { openSessions } from '../../../../engine/runtime/sessions.ts'

const device = openDevice({ threads: 1 })
const on = { device, session: openSessions(device).session }
afterAll(() => device.kill())

/** `up * down` of a result. */
const product = (up: Float32Array, down: Float32Array, rows: number, rank: number): Float32Array =>
  Float32Array.from(
    Matrix.from1DArray(rows, rank, up)
      .mmul(Matrix.from1DArray(rank, down.length / rank, down))
      .to1DArray(),
  )

const worst = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)

describe('the best approximation of low rank', () => {
  test.each([
    [40, 90],
    [700, 900],
    [90, 40],
    [7, 300],
  ])('finds a matrix of rank 5 again, %i x %i', async (rows, columns) => {
    const matrix = product(normals(1, 0, rows * 5), normals(1, 1, 5 * columns), rows, 5)
    const { up, down, rank, energy } = await lowRank(on, { rows, columns, values: matrix }, 5)
    expect(rank).toBe(5)
    expect(worst(matrix, product(up, down, rows, rank))).toBeLessThan(2e-4)
    expect(energy / squares(matrix)).toBeCloseTo(1, 5)
  })
  test('keeps as much of a matrix without structure as the exact decomposition', async () => {
    const [rows, columns, wanted] = [40, 60, 8]
    const matrix = normals(2, 0, rows * columns)
    const exact = new SVD(Matrix.from1DArray(rows, columns, matrix), { autoTranspose: true }).diagonal
    const most = exact.slice(0, wanted).reduce((sum, value) => sum + value ** 2, 0)
    const { up, down, energy } = await lowRank(on, { rows, columns, values: matrix }, wanted)
    expect(energy / most).toBeGreaterThan(0.98)
    expect(energy / most).toBeLessThan(1.00001)
    const left = matrix.map((value, i) => value - (product(up, down, rows, wanted)[i] ?? 0))
    expect(squares(left) + energy).toBeCloseTo(squares(matrix), 1)
  })
  test('is the whole matrix where the rank reaches its smaller side', async () => {
    const matrix = normals(3, 0, 6 * 20)
    const { up, down, rank } = await lowRank(on, { rows: 6, columns: 20, values: matrix }, 64)
    expect(rank).toBe(6)
    expect(worst(matrix, product(up, down, 6, 6))).toBeLessThan(1e-5)
  })
  test('is zero for zero, and the same each time', async () => {
    const { up, down, energy } = await lowRank(on, { rows: 5, columns: 6, values: new Float32Array(30) }, 2)
    expect([...up, ...down, energy].every(value => value === 0)).toBe(true)
    const matrix = normals(4, 0, 400)
    const square = { rows: 20, columns: 20, values: matrix }
    expect(await lowRank(on, square, 3)).toEqual(await lowRank(on, square, 3))
  })
})
