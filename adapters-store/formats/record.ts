/** What an adapter file holds, whatever its dialect: low-rank pairs or token rows, every value as the bytes it came in. */
import type { Manifest, TensorData } from '../../engine/descriptors.ts'

/** One low-rank pair: y += alpha / rank * up(down(x)). */
export interface PairRecord {
  /** The model's part: `unet`, `text_encoder` or `text_encoder_2`. */
  readonly component: string
  /** The layer's checkpoint key in that part. */
  readonly key: string
  readonly rank: number
  readonly alpha: number
  /** `[rank, in]`, of a convolution `[rank, in, k, k]`. */
  readonly down: TensorData
  /** `[out, rank]`, of a convolution `[out, rank, 1, 1]`. */
  readonly up: TensorData
}

export interface LowRankRecord {
  readonly kind: 'pairs'
  readonly pairs: readonly PairRecord[]
  /** The words that name the subject in prompts, where the file has them. */
  readonly subject?: string | undefined
  /** Words that were learned together with the pairs, and stand in the same file or beside it. */
  readonly words?: readonly TokenRows[] | undefined
  /** Of files that this engine wrote. */
  readonly manifest?: Manifest
}

/** Textual Inversion: rows that stand in a text encoder's token table for a word of their own. */
export interface TokenRows {
  readonly kind: 'tokens'
  /** The word in prompts; n rows are n tokens in its place. */
  readonly placeholder: string
  /** By text encoder: `[n, width]`. */
  readonly vectors: ReadonlyMap<string, TensorData>
}

export type AdapterRecord = LowRankRecord | TokenRows
