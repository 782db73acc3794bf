/**
 * CLIP's tokenizer: text in, a padded row of ids out; equal to transformers' CLIPTokenizer id by id.
 *
 * Our own and not @huggingface/tokenizers 0.2: that lower-cases whole strings, where JavaScript turns a word's last Greek
 * sigma into its final form; the reference lower-cases character by character (308 of 20,241 golden texts differed; ours none). The one
 * known difference is ours to keep: letters new in Unicode 17, which the reference's tables do not know yet.
 */

import { buildBpe } from './bpe.ts'
import { type AddedToken, readTokenizerSpec, type TokenizerSpec } from './files.ts'

export type Tokenizer = {
  /** What it was built from: `buildTokenizer({ ...spec, added: [...spec.added, more] })` adds placeholders. */
  readonly spec: TokenizerSpec
  readonly maxLength: number
  readonly bosId: number
  readonly eosId: number
  readonly padId: number
  /** BOS, the text's ids, EOS, padding: always [maxLength] ids. Long texts are cut, EOS stays. */
  encode(text: string): Int32Array
  /** The text's ids alone: no BOS, EOS, padding or cut. Length 1 means the text is exactly one token. */
  tokens(text: string): number[]
}

/** Opens a tokenizer folder. Throws MODEL_NOT_FOUND without vocabulary, FILE_INVALID for a damaged file. */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  return buildTokenizer(await readTokenizerSpec(folder))
}

/** Builds a tokenizer from its parts. Throws FILE_INVALID when merges and vocabulary do not fit. */
export function buildTokenizer(spec: TokenizerSpec): Tokenizer {
  const encodeWord = buildBpe(spec, spec.source)
  const raw = matcher(spec.added.filter(token => !token.normalized))
  const clean = matcher(
    spec.added.filter(token => token.normalized).map(t => ({ ...t, content: normalize(t.content) })),
  )
  const words = (text: string) => preTokenize(text).flatMap(encodeWord)
  const tokens = (text: string) => raw(text, rest => clean(normalize(rest), words))
  const { maxLength, bosId, eosId, padId } = spec
  return {
    spec,
    maxLength,
    bosId,
    eosId,
    padId,
    tokens,
    encode(text) {
      const ids = new Int32Array(maxLength).fill(padId)
      ids.set([bosId, ...tokens(text).slice(0, maxLength - 2), eosId])
      return ids
    },
  }
}

/** JavaScript's \s has U+FEFF and lacks U+0085; the reference's is the Unicode property. */
const WHITESPACE = /\p{White_Space}+/gu
const PIECE = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\p{White_Space}\p{L}\p{N}]+/gu
/** The second pass of the reference's byte-level step (GPT-2's pattern): it only ever splits a bracketed special token. */
const BRACKETED = /<\||\|>|\p{L}+/gu

/** NFC, whitespace runs to one space, lower case of each code point by itself. */
function normalize(text: string): string {
  return Array.from(text.toWellFormed().normalize('NFC').replace(WHITESPACE, ' '), c => c.toLowerCase()).join('')
}

function preTokenize(text: string): string[] {
  const pieces = text.match(PIECE) ?? []
  return pieces.flatMap(piece => (piece.startsWith('<|') && piece.endsWith('text|>') ? piece.match(BRACKETED)! : piece))
}

type Encode = (text: string) => number[]

/** Cuts a text at the added tokens (leftmost, then longest) and gives what lies between to `between`. */
function matcher(added: readonly AddedToken[]): (text: string, between: Encode) => number[] {
  if (added.length === 0) return (text, between) => between(text)
  const ids = new Map(added.map(token => [token.content, token.id]))
  const byLength = [...ids.keys()].filter(content => content !== '').sort((a, b) => b.length - a.length)
  const pattern = new RegExp(`(${byLength.map(escapePattern).join('|')})`, 'u')
  return (text, between) => text.split(pattern).flatMap((part, i) => (i % 2 ? ids.get(part)! : between(part)))
}

function escapePattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
