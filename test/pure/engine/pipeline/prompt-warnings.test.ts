/** A prompt whose words will not all be drawn says so before it is drawn. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBase } from '../../../../engine/base/base.ts'
import { promptWarnings } from '../../../../engine/pipeline/prompt-warnings.ts'
import { randomAdapter } from '../../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../../stage/temporary-folder.ts'

const base = await openBase(await writeTinyBase(join(await temporaryFolder(), 'base')))
const { maxLength } = base.tokenizer
const warn = (prompt: string, more: object = {}) => promptWarnings(base, { prompt, ...more })
const codes = (prompt: string, more: object = {}) => warn(prompt, more).map(({ code }) => code)
const messages = (prompt: string, more: object = {}) => warn(prompt, more).map(({ message }) => message)

test('a prompt that is drawn as it says has nothing to warn of', () => {
  expect(codes('a dog', { negative: 'b' })).toEqual([])
  expect(codes('sks dog', { adapter: randomAdapter(base, 1) })).toEqual([])
})

test('a negative prompt without guidance is told to do nothing', () => {
  expect(codes('a dog', { negative: 'b', guidance: 1 })).toEqual(['NEGATIVE_UNUSED'])
  expect(codes('a dog', { negative: '', guidance: 1 })).toEqual([])
  expect(codes('a dog', { negative: 'b', guidance: 1.5 })).toEqual([])
})

const words = (count: number) => Array.from({ length: count }, (_, i) => 'abcdefghij'[i % 10]).join(' ')

describe('words beyond the length that the text encoder reads, where they are cut', () => {
  const cut = { longPrompt: 'cut' }
  test('are counted and quoted', () => {
    expect(codes(words(maxLength - 2), cut)).toEqual([])
    expect(messages(`${words(maxLength - 2)} dog sks`, cut)).toEqual([
      `the prompt has ${maxLength} tokens and the text encoder reads ${maxLength - 2}: "dog sks" has no effect`,
    ])
  })
  test('of the negative prompt too, and weights count for nothing', () => {
    expect(codes('a', { negative: words(maxLength), ...cut })).toEqual(['PROMPT_CUT'])
    expect(codes(`((${words(maxLength - 2)}:1.2))`, cut)).toEqual([])
  })
  test('a word of its own takes the places of all its embeddings', () => {
    const embeddings = [{ component: 'text_encoder', count: 4, width: 32 }]
    const adapter = { ...randomAdapter(base, 1), tokens: { placeholder: '<me>', embeddings } }
    expect(codes(`<me> ${words(maxLength - 6)}`, { adapter, ...cut })).toEqual([])
    expect(codes(`<me> ${words(maxLength - 5)}`, { adapter, ...cut })).toEqual(['PROMPT_CUT'])
  })
})

test.each([
  ['a dog AND b', 'AND'],
  ['a dog <lora:other:0.8>', '<lora:other:0.8>'],
  ['a {dog|cat}', '{dog|cat}'],
  ['a [dog:cat:0.5] b', '[dog:cat:0.5]'],
  ['a [dog:0.5]', '[dog:0.5]'],
  ['a [dog::0.5]', '[dog::0.5]'],
  ['a [(dog:1.2):cat:10]', '[(dog:1.2):cat:10]'],
  ['a [dog|cat]', '[dog|cat]'],
  ['a embedding:easy-negative, b', 'embedding:easy-negative'],
  ['a (embedding:bad/hands.pt:1.2)', 'embedding:bad/hands.pt'],
  ['photo++ of a dog', 'photo++'],
  ['a dog, blurry--', 'blurry--'],
  ['(a dog)1.3, b', '(a dog)1.3'],
  ['(a dog)++', '(a dog)++'],
  ['a (dog)0.8.', '(dog)0.8'],
])('%s: syntax of other programs is named', (prompt, quoted) => {
  expect(messages(prompt).join('\n')).toContain(`"${quoted}" in the prompt is drawn as words`)
})

describe('a prompt in chunks', () => {
  test('has nothing to warn of, however many words and breaks it has', () => {
    expect(codes(`${words(200)} BREAK ${words(80)}`, { negative: `a BREAK ${words(300)}` })).toEqual([])
  })
  test('is read up to the 16th chunk, and what comes after it is quoted', () => {
    expect(codes(words(16 * (maxLength - 2)))).toEqual([])
    expect(messages(`${'a BREAK '.repeat(16)} dog sks`)).toEqual([
      `the prompt has 17 chunks of ${maxLength - 2} tokens and the text encoder reads 16: "dog sks" has no effect`,
    ])
    expect(messages(`${words(16 * (maxLength - 2))} dog`)).toEqual([expect.stringContaining('"dog" has no effect')])
  })
  test('of a base that is to cut it has a BREAK that is a word', () => {
    expect(messages('a BREAK b', { longPrompt: 'cut' })[0]).toBe(
      '"BREAK" in the prompt is drawn as words; elsewhere it means a new chunk of the prompt',
    )
  })
})

test.each([
  ...['a dog and b', '[dog]', '[[dog]] [a, b]', '(dog:1.2)', '((dog)) (a:.5) [(dog:1.2)]', '[dog: a]', '\\[dog|cat\\]'],
  ...[
    '\\[dog:0.5\\]',
    'C++ b',
    'a dog--running',
    'a -- b',
    '\\(dog\\)1.3',
    '(dog)-like',
    '(dog) 2 b',
    '(dog)2nd',
    '18+',
  ],
  ...['a ratio of 16:9', 'an embedding of a dog', 'a|b', 'a (dog), b'],
])('%s is written like syntax and not taken for it', prompt => {
  expect(codes(prompt)).not.toContain('PROMPT_SYNTAX')
})

test('a prompt without the learned word is told which word that is', () => {
  const adapter = randomAdapter(base, 1)
  expect(messages('a dog', { adapter })).toEqual([
    'the prompt has no "sks"; the adapter was trained to draw its subject as "sks"',
  ])
  expect(codes('a dog', { adapter: { ...adapter, manifest: { ...adapter.manifest, subject: '' } } })).toEqual([])
})

test('words that a small vocabulary does not have are named', () => {
  expect(messages('dog in an elevator')).toEqual([
    'this base does not know the words "in", "an", "elevator" of the prompt; they are drawn as letters that mean little',
  ])
})

describe.each(['chunks', 'cut'])('a learned word of more vectors than are read at once (%s)', longPrompt => {
  const limit = maxLength - 2
  const withWord = (count: number) => {
    const embeddings = [{ component: 'text_encoder', count, width: 32 }]
    return { adapter: { ...randomAdapter(base, 1), tokens: { placeholder: '<me>', embeddings } }, longPrompt }
  }
  test('is named with its vectors and the limit', () => {
    expect(messages('<me>', withWord(limit + 5))).toEqual([
      `the word "<me>" of the prompt has ${limit + 5} vectors and the text encoder reads ${limit} at once: the last 5 have no effect`,
    ])
    expect(codes('<me>', withWord(limit))).toEqual([])
  })
  test('is not named where the prompt does not have it', () => {
    expect(codes('a', withWord(limit + 5))).toEqual(['WORD_MISSING'])
  })
})
