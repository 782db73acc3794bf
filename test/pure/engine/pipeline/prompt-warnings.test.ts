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

describe('words beyond the length that the text encoder reads', () => {
  const words = (count: number) => Array.from({ length: count }, (_, i) => 'abcdefghij'[i % 10]).join(' ')
  test('are counted and quoted', () => {
    expect(codes(words(maxLength - 2))).toEqual([])
    expect(messages(`${words(maxLength - 2)} dog sks`)).toEqual([
      `the prompt has ${maxLength} tokens and the text encoder reads ${maxLength - 2}: "dog sks" has no effect`,
    ])
  })
  test('of the negative prompt too, and weights count for nothing', () => {
    expect(codes('a', { negative: words(maxLength) })).toEqual(['PROMPT_CUT'])
    expect(codes(`((${words(maxLength - 2)}:1.2))`)).toEqual([])
  })
  test('a word of its own takes the places of all its embeddings', () => {
    const embeddings = [{ component: 'text_encoder', count: 4, width: 32 }]
    const adapter = { ...randomAdapter(base, 1), tokens: { placeholder: '<me>', embeddings } }
    expect(codes(`<me> ${words(maxLength - 6)}`, { adapter })).toEqual([])
    expect(codes(`<me> ${words(maxLength - 5)}`, { adapter })).toEqual(['PROMPT_CUT'])
  })
})

test.each([
  ['a dog BREAK b', 'BREAK'],
  ['a dog AND b', 'AND'],
  ['a dog <lora:other:0.8>', '<lora:other:0.8>'],
  ['a {dog|cat}', '{dog|cat}'],
])('%s: syntax of other programs is named', (prompt, quoted) => {
  expect(messages(prompt).join('\n')).toContain(`"${quoted}" in the prompt is drawn as words`)
})

test('a word that is written like syntax is not taken for it', () => {
  expect(codes('a dog and b')).not.toContain('PROMPT_SYNTAX')
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
