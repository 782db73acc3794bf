/** Prompts as each text encoder of a base reads them, and as feeds of the graph that encodes them. */
import { invariant } from '../../errors.ts'
import { type PlaceholderToken, placesName } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import { tokenNames } from '../families/index.ts'
import type { Shape } from '../graph/graph.ts'
import type { Inline } from '../runtime/protocol.ts'
import type { PromptPart } from './prompt.ts'
import { chunkRows, cutRow, MAX_CHUNKS, type TokenRow } from './prompt-chunks.ts'

/** One row for each text encoder. */
export type PromptRows = readonly TokenRow[]

/** The prompt in one run of each text encoder; what is longer is cut. */
export const readPrompt = (base: Base, parts: readonly PromptPart[], token?: PlaceholderToken): PromptRows =>
  base.tokenizers.map(tokenizer => cutRow(tokenizer, parts, token))

/** The prompt in as many chunks as it has, the same number for each text encoder. */
export function readChunks(base: Base, parts: readonly PromptPart[], token?: PlaceholderToken): PromptRows[] {
  const rows = base.tokenizers.map(tokenizer => chunkRows(tokenizer, parts, token))
  const count = Math.min(MAX_CHUNKS, Math.max(...rows.map(({ length }) => length)))
  return Array.from({ length: count }, (_, chunk) =>
    base.tokenizers.map((tokenizer, i) => rows[i]?.[chunk] ?? cutRow(tokenizer, [])),
  )
}

/** Where a part of a batch begins: its first image, and the first embedding of its row (all rows' embeddings lie one after the other). */
export interface BatchOffset {
  readonly image: number
  readonly embedding: number
}

/** The feeds of a batch of prompts; a graph takes what it has inputs for. */
export function promptFeeds(
  base: Base,
  prompts: readonly PromptRows[],
  start: BatchOffset = { image: 0, embedding: 0 },
): Record<string, Inline> {
  const feeds: Record<string, Inline> = {}
  base.configs.texts.forEach(({ component, config }, index) => {
    const atLargest = base.options.pooledText === 'transformers' && config.eos_token_id === OLD_EOS
    const rows = prompts.map(rows => {
      const row = rows[index]
      invariant(row, `no tokens for ${component}`)
      return row
    })
    const { maxLength, eosId } = base.tokenizers[index] ?? base.tokenizer
    const names = tokenNames(index)
    const shape = [rows.length, maxLength]
    feeds[names.ids] = integers(
      rows.flatMap(({ ids }) => [...ids]),
      shape,
    )
    feeds[names.ends] = integers(
      rows.map((row, i) => (start.image + i) * maxLength + (atLargest ? largestId(row) : row.ids.indexOf(eosId))),
      [rows.length],
    )
    feeds[placesName(component)] = integers(
      rows.flatMap(({ places }) => Array.from(places, place => (place > 0 ? start.embedding + place : 0))),
      shape,
    )
  })
  return feeds
}

/** What `eos_token_id` is in configs from before transformers knew the right one. */
const OLD_EOS = 2

/** The first place of the largest id. Embeddings have ids behind the vocabulary, one after the other. */
function largestId({ ids, places }: TokenRow): number {
  const last = Math.max(...places)
  return last > 0 ? places.indexOf(last) : ids.indexOf(Math.max(...ids))
}

const integers = (data: readonly number[], shape: Shape): Inline => ({
  data: BigInt64Array.from(data, BigInt),
  dtype: 'int64',
  shape,
})
