/**
 * Prompts of any length: cut into chunks that each fill one run of the text encoder, as AUTOMATIC1111's web UI does it
 * (`modules/sd_hijack_clip.py`, `tokenize_line`; docs/decisions/0019). The chunks are encoded apart and their states lie one after the other.
 */

import type { PlaceholderToken } from '../adapters/token-embeddings.ts'
import type { Tokenizer } from '../io/index.ts'
import { type PromptPart, wordPattern } from './prompt.ts'

/** What is done with the words beyond the length of the text encoder: read in more chunks, or left out. */
export const LONG_PROMPTS = ['chunks', 'cut'] as const
export type LongPrompt = (typeof LONG_PROMPTS)[number]

/** More chunks would only cost memory: 16 have 1,200 tokens. */
export const MAX_CHUNKS = 16

/** Tokens that are not words: the start and the end of a chunk. */
const MARKS = 2
/** Words after the last comma of a full chunk move to the next one, if they are no more tokens than this. */
const COMMA_BACKTRACK = 20

/** Words of a chunk. */
export const chunkLength = ({ maxLength }: Tokenizer): number => maxLength - MARKS

/** One chunk of a prompt as one tokenizer reads it: BOS, the words' ids, EOS, padding. */
export interface TokenRow {
  readonly ids: Int32Array
  /** Of each place, 1 for all but the words. */
  readonly weights: Float32Array
  /** Which of a placeholder token's embeddings stands at each place, counted from 1; 0 for any other token. */
  readonly places: Int32Array
}

interface Token {
  readonly id: number
  readonly weight: number
  readonly place: number
}

/** What stays together: a token, or all embeddings of a placeholder. */
type Unit = readonly Token[]
/** Ends a chunk. */
const BREAK: Unit = []
/** The word that begins a new chunk, with the spaces around it. */
export const BREAK_WORD = /\s*\bBREAK\b\s*/
const NEVER = /(?!)/

/** @param placeholder stands for embeddings of its own, wherever it is a word by itself */
function unitsOf(tokenizer: Tokenizer, { text, weight }: PromptPart, placeholder?: PlaceholderToken): Unit[] {
  const count = placeholder?.count ?? 0
  // The id below an embedding is never looked at, but must not be taken for the end.
  const own = Array.from({ length: count }, (_, i) => ({ id: tokenizer.bosId, weight, place: i + 1 }))
  return text
    .split(placeholder ? wordPattern(placeholder.placeholder) : NEVER)
    .flatMap((part, i) => [
      ...(i > 0 && count > 0 ? [own] : []),
      ...tokenizer.tokens(part).map(id => [{ id, weight, place: 0 }]),
    ])
}

function rowOf({ maxLength, bosId, eosId, padId }: Tokenizer, tokens: readonly Token[]): TokenRow {
  const ids = new Int32Array(maxLength).fill(padId)
  ids.set([bosId, ...tokens.map(({ id }) => id), eosId])
  const weights = new Float32Array(maxLength).fill(1)
  const places = new Int32Array(maxLength)
  tokens.forEach(({ weight, place }, i) => {
    weights[i + 1] = weight
    places[i + 1] = place
  })
  return { ids, weights, places }
}

/** All in one row: what is beyond it is left out, which `promptWarnings` tells, and `BREAK` is a word as any other. */
export function cutRow(tokenizer: Tokenizer, parts: readonly PromptPart[], placeholder?: PlaceholderToken): TokenRow {
  const tokens = parts.flatMap(part => unitsOf(tokenizer, part, placeholder).flat())
  return rowOf(tokenizer, tokens.slice(0, chunkLength(tokenizer)))
}

/** A row of each chunk, one at least; `BREAK` begins a new one. No embedding of a placeholder is parted from the others; those beyond a chunk are left out (`promptWarnings`). */
export function chunkRows(
  tokenizer: Tokenizer,
  parts: readonly PromptPart[],
  placeholder?: PlaceholderToken,
): [TokenRow, ...TokenRow[]] {
  const units = parts.flatMap(({ text, weight }) =>
    text
      .split(BREAK_WORD)
      .flatMap((piece, i) => [...(i > 0 ? [BREAK] : []), ...unitsOf(tokenizer, { text: piece, weight }, placeholder)]),
  )
  const [first = [], ...others] = fillChunks(units, chunkLength(tokenizer), tokenizer.spec.vocab.get(',</w>'))
  return [rowOf(tokenizer, first), ...others.map(tokens => rowOf(tokenizer, tokens))]
}

/** As many units as fit into each chunk of `size` tokens; what stands after a comma shortly before the end goes on in the next. */
function fillChunks(units: readonly Unit[], size: number, comma: number | undefined): Token[][] {
  const chunks: Token[][] = []
  let [chunk, lastComma]: [Token[], number] = [[], -1]
  const close = (rest: Token[] = []): void => {
    chunks.push(chunk)
    ;[chunk, lastComma] = [rest, -1]
  }
  for (const unit of units) {
    if (unit === BREAK) {
      close()
      continue
    }
    const isComma = unit[0]?.id === comma && unit[0]?.place === 0
    const full = chunk.length === size
    if (isComma) lastComma = chunk.length
    else if (full && lastComma >= 0 && size - lastComma <= COMMA_BACKTRACK) close(chunk.splice(lastComma + 1))
    if (chunk.length > 0 && chunk.length + unit.length > size) close()
    chunk.push(...unit.slice(0, size))
  }
  if (chunk.length > 0 || chunks.length === 0) close()
  return chunks
}
