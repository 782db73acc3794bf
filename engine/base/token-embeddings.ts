/** A text encoder's own embedding table, for learned embeddings that start from it or are measured against it. */
import type { Base } from './base.ts'
import { readWeight } from './weights.ts'

/** All rows of the table, `[vocabulary, width]`. */
export const readTokenEmbeddings = (base: Base, component: string): Promise<Float32Array> =>
  readWeight(base, `${component}.text_model.embeddings.token_embedding.weight`)

/** Standard deviation over all values. */
export function spread(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1))
}

/** Median of the rows' Euclidean norms. */
export function medianNorm(table: Float32Array, width: number): number {
  const norms = Float64Array.from({ length: table.length / width }, (_, row) =>
    Math.hypot(...table.subarray(row * width, (row + 1) * width)),
  ).sort()
  const middle = norms.length >> 1
  return norms.length % 2 ? (norms[middle] ?? 0) : ((norms[middle - 1] ?? 0) + (norms[middle] ?? 0)) / 2
}
