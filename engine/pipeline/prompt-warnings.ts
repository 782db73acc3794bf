/** What of a prompt will not be drawn as it was meant: told before drawing, since the picture alone would not show why. */

import type { Warning } from '../../warnings.ts'
import { type Adapter, placeholderTokenOf } from '../adapters/adapter.ts'
import type { PlaceholderToken } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import type { Tokenizer } from '../io/index.ts'
import { isGuided } from '../schedulers/index.ts'
import { IMAGE_DEFAULTS, type ImageRequest } from './image-request.ts'
import { parsePrompt, wordPattern } from './prompt.ts'
import { BREAK_WORD, chunkLength, chunkRows, type LongPrompt, MAX_CHUNKS } from './prompt-chunks.ts'

/** Published vocabularies have 49,408 tokens and spell every word; one that is far smaller knows the words it has and no others. */
const SMALL_VOCABULARY = 5000

const WEIGHT = 'write (word:1.2)'

/** Syntax that other programs act on, by what it is called there. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/\bAND\b/, 'several prompts for one image'],
  [/<(?:lora|lyco|hypernet|lbw):[^>]*>/i, 'an adapter; name it with the request instead'],
  [/\{[^{}]*\|[^{}]*\}/, 'a choice of words'],
  [/__[\w/-]+__/, 'a wildcard'],
  [/(?<!\\)\[[^[\]]*:\s*(?:\d+\.?\d*|\.\d+)\s*\]/, 'words that change at a step'],
  [/(?<!\\)\[[^[\]|]*\|[^[\]]*(?<!\\)\]/, 'words that take turns from step to step'],
  [/(?<!\w)embedding:[^\s,:()]+/i, 'an embedding; name its adapter with the request instead'],
  [/(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,}(?:\+{2,}|-{2,})(?![\p{L}\p{N}+-])/u, `a weight; ${WEIGHT}`],
  [/(?<!\\)\([^()]+(?<!\\)\)(?:\d+\.\d+|\.\d+|\d+|\++|-+)(?![\w+-]|\.\w)/, `a weight; ${WEIGHT}`],
]

const BREAKS = [/\bBREAK\b/, 'a new chunk of the prompt'] as const

/** A text of a request, and how it is read. */
interface Text {
  readonly tokenizer: Tokenizer
  readonly name: string
  readonly text: string
  readonly token: PlaceholderToken | undefined
  readonly longPrompt: LongPrompt
}

/** Of one image: its prompt, its negative prompt, and the adapter's word. */
export function promptWarnings(
  base: Base,
  {
    prompt,
    negative,
    adapter,
    guidance = IMAGE_DEFAULTS.guidance,
    longPrompt = IMAGE_DEFAULTS.longPrompt,
  }: WarnedRequest,
): Warning[] {
  const own = { tokenizer: base.tokenizer, token: adapter?.tokens && placeholderTokenOf(adapter.tokens), longPrompt }
  const known = `${adapter?.manifest.subject ?? ''} ${adapter?.tokens?.placeholder ?? ''}`
  return [
    ...textWarnings({ ...own, name: 'prompt', text: prompt }, known),
    ...textWarnings({ ...own, name: 'negative prompt', text: negative ?? '' }, known),
    ...(adapter ? missingWord(prompt, adapter) : []),
    ...(negative && !isGuided({ scale: guidance, rescale: 0 }) ? [negativeUnused(guidance)] : []),
  ]
}

type WarnedRequest = Pick<ImageRequest, 'prompt' | 'negative' | 'adapter' | 'longPrompt' | 'guidance'>

const negativeUnused = (guidance: number): Warning => ({
  code: 'NEGATIVE_UNUSED',
  message: `the negative prompt does nothing: guidance is ${guidance}, and only above 1 it is read`,
})

/** What a training leaves out of the texts that describe its photos, in one warning however many they are. */
export function captionWarnings(base: Base, texts: Iterable<string>, token?: PlaceholderToken): Warning[] {
  const captions = [...new Set(texts)].map((text): Text => {
    return { tokenizer: base.tokenizer, name: 'caption', text, token, longPrompt: 'cut' }
  })
  const [first, ...others] = captions.flatMap(cutWords)
  if (!first) return []
  const more = others.length === 0 ? '' : `; so it is with ${others.length} other captions`
  return [{ code: 'PROMPT_CUT', message: `${first.message}${more}` }]
}

/** @param known words that the adapter has learned */
function textWarnings(prompt: Text, known: string): Warning[] {
  const { name, longPrompt } = prompt
  const syntax = [...FOREIGN, ...(longPrompt === 'cut' ? [BREAKS] : [])].flatMap(([pattern, meaning]): Warning[] => {
    const found = pattern.exec(prompt.text)?.[0]
    const message = `"${found}" in the ${name} is drawn as words; elsewhere it means ${meaning}`
    return found === undefined ? [] : [{ code: 'PROMPT_SYNTAX', message }]
  })
  const text = parsePrompt(prompt.text)
    .map(part => part.text)
    .join('')
  const plain = { ...prompt, text }
  return [...syntax, ...cutWords(plain), ...unknownWords(plain, known)]
}

/** Tokens of a text in which the adapter's placeholder stands for its embeddings. */
function lengthOf({ tokenizer, text, token }: Text): number {
  const parts = token ? text.split(wordPattern(token.placeholder)) : [text]
  const own = (parts.length - 1) * Math.min(token?.count ?? 0, chunkLength(tokenizer))
  return parts.reduce((sum, part) => sum + tokenizer.tokens(part).length, own)
}

const chunksOf = ({ tokenizer, text, token }: Text): number => chunkRows(tokenizer, [{ text, weight: 1 }], token).length

/** What a long text is measured in, how much of it is read, and what that is called. */
const MEASURES: Readonly<Record<LongPrompt, (text: Text) => { length: number; limit: number; unit: string }>> = {
  cut: text => ({ length: lengthOf(text), limit: chunkLength(text.tokenizer), unit: 'tokens' }),
  chunks: text => ({
    length: chunksOf(text),
    limit: MAX_CHUNKS,
    unit: `chunks of ${chunkLength(text.tokenizer)} tokens`,
  }),
}

/** A learned word of more embeddings than one run of the text encoder reads: it is never parted, so the rest is left out. */
function cutVectors({ tokenizer, name, text, token }: Text): Warning[] {
  const limit = chunkLength(tokenizer)
  if (!token || token.count <= limit || !wordPattern(token.placeholder).test(text)) return []
  const message = `the word "${token.placeholder}" of the ${name} has ${token.count} vectors and the text encoder reads ${limit} at once: the last ${token.count - limit} have no effect`
  return [{ code: 'PROMPT_CUT', message }]
}

const cutWords = (prompt: Text): Warning[] => [...cutVectors(prompt), ...wordsBeyond(prompt)]

function wordsBeyond(prompt: Text): Warning[] {
  const { name, text, longPrompt } = prompt
  const measure = (text: string) => MEASURES[longPrompt]({ ...prompt, text })
  const { length, limit, unit } = measure(text)
  if (length <= limit) return []
  const words = text.split(/(?<=\s)(?=\S)/)
  let [read, most] = [0, words.length]
  while (read < most) {
    const middle = Math.ceil((read + most) / 2)
    if (measure(words.slice(0, middle).join('')).length <= limit) read = middle
    else most = middle - 1
  }
  const cut = words.slice(read).join('').trim()
  const message = `the ${name} has ${length} ${unit} and the text encoder reads ${limit}: "${cut}" has no effect`
  return [{ code: 'PROMPT_CUT', message }]
}

function unknownWords({ tokenizer, name, text, longPrompt }: Text, known: string): Warning[] {
  if (tokenizer.spec.vocab.size > SMALL_VOCABULARY) return []
  const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{2,}/gu) ?? [])
  const own = wordsOf(known)
  const drawn = longPrompt === 'chunks' ? text.split(BREAK_WORD).join(' ') : text
  const unknown = [...wordsOf(drawn)].filter(word => !own.has(word) && tokenizer.tokens(word).length > 1)
  if (unknown.length === 0) return []
  const message = `this base does not know the words "${unknown.join('", "')}" of the ${name}; they are drawn as letters that mean little`
  return [{ code: 'WORD_UNKNOWN', message }]
}

function missingWord(prompt: string, { tokens, manifest }: Adapter): Warning[] {
  const word = tokens?.placeholder ?? manifest.subject.trim().split(/\s+/)[0] ?? ''
  if (word === '' || wordPattern(word.toLowerCase()).test(prompt.toLowerCase())) return []
  const message = `the prompt has no "${word}"; the adapter was trained to draw its subject as "${manifest.subject}"`
  return [{ code: 'WORD_MISSING', message }]
}
