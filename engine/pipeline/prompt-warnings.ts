/** What of a prompt will not be drawn as it was meant: told before drawing, since the picture alone would not show why. */

import type { Warning } from '../../warnings.ts'
import type { Adapter } from '../adapters/adapter.ts'
import type { Base } from '../base/base.ts'
import type { Tokenizer } from '../io/index.ts'
import type { ImageRequest } from './image-request.ts'
import { parsePrompt, wordPattern } from './prompt.ts'

/** Tokens that are not words: the start and the end of the text. */
const MARKS = 2
/** Published vocabularies have 49,408 tokens and spell every word; one that is far smaller knows the words it has and no others. */
const SMALL_VOCABULARY = 5000

/** Syntax that other programs act on, by what it is called there. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/\bBREAK\b/, 'a new chunk of the prompt'],
  [/\bAND\b/, 'several prompts for one image'],
  [/<(?:lora|lyco|hypernet|lbw):[^>]*>/i, 'an adapter; name it with the request instead'],
  [/\{[^{}]*\|[^{}]*\}/, 'a choice of words'],
  [/__[\w/-]+__/, 'a wildcard'],
]

/** Of one image: its prompt, its negative prompt, and the adapter's word. */
export function promptWarnings(
  base: Base,
  { prompt, negative = '', adapter }: Pick<ImageRequest, 'prompt' | 'negative' | 'adapter'>,
): Warning[] {
  return [
    ...textWarnings(base.tokenizer, 'prompt', prompt, adapter),
    ...textWarnings(base.tokenizer, 'negative prompt', negative ?? '', adapter),
    ...(adapter ? missingWord(prompt, adapter) : []),
  ]
}

function textWarnings(tokenizer: Tokenizer, name: string, prompt: string, adapter: Adapter | undefined): Warning[] {
  const text = parsePrompt(prompt)
    .map(part => part.text)
    .join('')
  const syntax = FOREIGN.flatMap(([pattern, meaning]): Warning[] => {
    const found = pattern.exec(prompt)?.[0]
    const message = `"${found}" in the ${name} is drawn as words; elsewhere it means ${meaning}`
    return found === undefined ? [] : [{ code: 'PROMPT_SYNTAX', message }]
  })
  return [...syntax, ...cutWords(tokenizer, name, text, adapter), ...unknownWords(tokenizer, name, text, adapter)]
}

/** Tokens of a text in which the adapter's placeholder stands for its embeddings. */
function lengthOf(tokenizer: Tokenizer, text: string, adapter: Adapter | undefined): number {
  const { placeholder, embeddings } = adapter?.tokens ?? {}
  const parts = placeholder === undefined ? [text] : text.split(wordPattern(placeholder))
  const own = (parts.length - 1) * (embeddings?.[0]?.count ?? 0)
  return parts.reduce((sum, part) => sum + tokenizer.tokens(part).length, own)
}

function cutWords(tokenizer: Tokenizer, name: string, text: string, adapter: Adapter | undefined): Warning[] {
  const limit = tokenizer.maxLength - MARKS
  const length = lengthOf(tokenizer, text, adapter)
  if (length <= limit) return []
  const words = text.split(/(?<=\s)(?=\S)/)
  const fits = words.findLastIndex((_, i) => lengthOf(tokenizer, words.slice(0, i + 1).join(''), adapter) <= limit)
  const cut = words
    .slice(fits + 1)
    .join('')
    .trim()
  const message = `the ${name} has ${length} tokens and the text encoder reads ${limit}: "${cut}" has no effect`
  return [{ code: 'PROMPT_CUT', message }]
}

function unknownWords(tokenizer: Tokenizer, name: string, text: string, adapter: Adapter | undefined): Warning[] {
  if (tokenizer.spec.vocab.size > SMALL_VOCABULARY) return []
  const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{2,}/gu) ?? [])
  const own = wordsOf(`${adapter?.manifest.subject ?? ''} ${adapter?.tokens?.placeholder ?? ''}`)
  const unknown = [...wordsOf(text)].filter(word => !own.has(word) && tokenizer.tokens(word).length > 1)
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
