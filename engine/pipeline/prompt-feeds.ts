/** Prompts as each text encoder of a base reads them, and as feeds of the graph that encodes them. */
import { invariant } from '../../errors.ts'
import { type PlaceholderToken, placesName } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import { tokenNames } from '../families/index.ts'
import type { Shape } from '../graph/graph.ts'
import type { Inline } from '../runtime/protocol.ts'
import { type PromptPart, type TokenRow, tokenRow } from './prompt.ts'

/** One row for each text encoder. */
export type PromptRows = readonly TokenRow[]

export const readPrompt = (base: Base, parts: readonly PromptPart[], word?: PlaceholderToken): PromptRows =>
  base.tokenizers.map(tokenizer => tokenRow(tokenizer, parts, word))

/** Where a part of a batch begins: its first image, and the first vector of its row (all rows' vectors lie one after the other). */
export interface BatchOffset {
  readonly image: number
  readonly vector: number
}

/** The feeds of a batch of prompts; a graph takes what it has inputs for. */
export function promptFeeds(
  base: Base,
  prompts: readonly PromptRows[],
  start: BatchOffset = { image: 0, vector: 0 },
): Record<string, Inline> {
  const feeds: Record<string, Inline> = {}
  base.configs.texts.forEach(({ component }, index) => {
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
      rows.map(({ ids }, i) => (start.image + i) * maxLength + ids.indexOf(eosId)),
      [rows.length],
    )
    feeds[placesName(component)] = integers(
      rows.flatMap(({ places }) => Array.from(places, place => (place > 0 ? start.vector + place : 0))),
      shape,
    )
  })
  return feeds
}

const integers = (data: readonly number[], shape: Shape): Inline => ({
  data: BigInt64Array.from(data, BigInt),
  dtype: 'int64',
  shape,
})
