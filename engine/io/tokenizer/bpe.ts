/**
 * CLIP's byte-level byte-pair encoding: one word of clean text in, vocabulary ids out.
 *
 * Mirrors the Rust `tokenizers` BPE model (end_of_word_suffix `</w>`, no byte fallback) behind transformers' CLIPTokenizer.
 */

import { AppError } from '../../../errors.ts'

/** `vocab`: token -> id. `merges`: pairs in rank order. `unknownId` stands for a symbol the vocabulary lacks. */
export type BpeModel = {
  readonly vocab: ReadonlyMap<string, number>
  readonly merges: readonly (readonly [string, string])[]
  readonly unknownId: number
}

const WORD_END = '</w>'

/** Words kept with their ids; prompts repeat words, and the bound keeps hostile input from growing the memory. */
const CACHED_WORDS = 10_000

/** GPT-2's map of the 256 byte values to printable characters, in which vocab.json is written. */
const BYTE_SYMBOLS: readonly string[] = byteSymbols()

function byteSymbols(): string[] {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte !== 173)
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++))
}

/**
 * Returns the encoder of one word (a piece of the pre-tokenizer, any length) into ids.
 * Throws FILE_INVALID when a merge names or makes a token that the vocabulary lacks.
 */
export function buildBpe(model: BpeModel, source: string): (word: string) => readonly number[] {
  const ranks = rankMerges(model, source)
  const cache = new Map<string, readonly number[]>()
  return word => {
    const known = cache.get(word)
    if (known) return known
    const ids = mergeWord(symbolsOf(word), ranks).map(symbol => model.vocab.get(symbol) ?? model.unknownId)
    if (cache.size >= CACHED_WORDS) cache.clear()
    cache.set(word, ids)
    return ids
  }
}

type Ranks = ReadonlyMap<string, number>

/** Symbols never hold a space (bytes 0-32 map to other characters), so `a b` is an unambiguous key. */
function rankMerges(model: BpeModel, source: string): Ranks {
  const ranks = new Map<string, number>()
  for (const [rank, [left, right]] of model.merges.entries()) {
    const missing = [left, right, left + right].find(token => !model.vocab.has(token))
    if (missing !== undefined) {
      throw new AppError(
        'FILE_INVALID',
        `${source}: merge ${rank + 1} (${left} ${right}) needs the token ${missing}, which the vocabulary lacks`,
        'Use the vocabulary and the merges of one and the same tokenizer.',
      )
    }
    ranks.set(`${left} ${right}`, rank)
  }
  return ranks
}

function symbolsOf(word: string): string[] {
  const symbols = Array.from(Buffer.from(word, 'utf8'), byte => BYTE_SYMBOLS[byte]!)
  symbols.push(symbols.pop() + WORD_END)
  return symbols
}

/** Merges the leftmost pair of the lowest rank until no pair has a rank. */
function mergeWord(symbols: string[], ranks: Ranks): string[] {
  const rankAt = (i: number) => ranks.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Infinity
  const pairs = symbols.slice(1).map((_, i) => rankAt(i))
  for (let at = lowest(pairs); at >= 0; at = lowest(pairs)) {
    symbols.splice(at, 2, symbols[at]! + symbols[at + 1]!)
    pairs.splice(at, 1)
    if (at > 0) pairs[at - 1] = rankAt(at - 1)
    if (at < pairs.length) pairs[at] = rankAt(at)
  }
  return symbols
}

/** Index of the first smallest finite rank, -1 when there is none. */
function lowest(ranks: readonly number[]): number {
  let best = -1
  let rank = Infinity
  for (let i = 0; i < ranks.length; i++) {
    if (ranks[i]! < rank) {
      rank = ranks[i]!
      best = i
    }
  }
  return best
}
