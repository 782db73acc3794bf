/** Where a long prompt is cut into chunks. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadTokenizer } from '../../../../engine/io/index.ts'
import { parsePrompt } from '../../../../engine/pipeline/prompt.ts'
import { chunkRows, cutRow, type TokenRow } from '../../../../engine/pipeline/prompt-chunks.ts'

const folder = join(import.meta.dirname, '../../../fixtures/tokenizer')
const tokenizer = await loadTokenizer(join(folder, 'sd1'))
const { bosId, eosId, maxLength } = tokenizer
const SIZE = maxLength - 2

/** Ids between the marks. */
const wordsOf = ({ ids }: TokenRow): number[] => Array.from(ids.subarray(1, ids.indexOf(eosId, 1)))
const rows = (prompt: string, word?: { placeholder: string; count: number }) =>
  chunkRows(tokenizer, parsePrompt(prompt), word)

const recorded: [string, number[][]][] = JSON.parse(readFileSync(join(folder, 'chunks.json'), 'utf8'))

test(`the chunks of ${recorded.length} prompts are those of tools/goldens/long_prompts.py, comma by comma`, () => {
  for (const [text, chunks] of recorded) expect(rows(text).map(wordsOf), text.slice(0, 60)).toEqual(chunks)
})

test('every chunk is a whole row of the text encoder: start, words, end, padding', () => {
  for (const { ids, weights, places } of rows(`${'light '.repeat(100)}BREAK a`)) {
    expect([ids.length, weights.length, places.length]).toEqual([maxLength, maxLength, maxLength])
    expect([ids[0], ids.at(-1)]).toEqual([bosId, eosId])
  }
})

test('no word is lost, doubled or moved, wherever the commas and breaks stand', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const pick = (i: number) => Math.floor(Math.abs(Math.sin(seed * 1000 + i)) * 1e6)
    const words = Array.from({ length: pick(0) % 300 }, (_, i) => ['a', 'light', ',', 'coat', 'BREAK'][pick(i + 1) % 5])
    const text = words.join(' ')
    const flat = rows(text).flatMap(wordsOf)
    expect(flat, text).toEqual(tokenizer.tokens(text.replaceAll('BREAK', ' ')))
    for (const row of rows(text)) expect(wordsOf(row).length).toBeLessThanOrEqual(SIZE)
  }
})

test('a prompt that fits is the row that it was before', () => {
  for (const text of ['', 'a light coat', 'light '.repeat(SIZE)]) {
    expect(rows(text)).toEqual([cutRow(tokenizer, parsePrompt(text))])
    expect(rows(text)[0].ids).toEqual(tokenizer.encode(text))
  }
})

test('weights stay with their words, whichever chunk they come into', () => {
  const [first, second] = rows(`${'light '.repeat(74)}(light light:1.5)`)
  expect([first.weights[75], second?.weights[1], second?.weights[2]]).toEqual([1.5, 1.5, 1])
})

describe('a word of several embeddings', () => {
  const word = { placeholder: '<me>', count: 4 }
  const placesOf = (row: TokenRow | undefined) => Array.from(row?.places ?? []).filter(place => place > 0)
  test('is never split over two chunks', () => {
    for (let before = 68; before <= 78; before++) {
      const places = rows(`${'light '.repeat(before)}<me> water`, word).map(placesOf)
      expect(
        places.filter(found => found.length > 0),
        `${before} words before it`,
      ).toEqual([[1, 2, 3, 4]])
    }
  })
  test('that is as long as a chunk takes one of its own', () => {
    const places = rows('a <me> b', { placeholder: '<me>', count: SIZE }).map(row => placesOf(row).length)
    expect(places).toEqual([0, SIZE, 0])
  })
  test.each([SIZE, SIZE + 1, 3 * SIZE])('%i long, at the start of a chunk has no empty one before it', count => {
    const lengths = (prompt: string) => rows(prompt, { placeholder: '<me>', count }).map(row => wordsOf(row).length)
    expect(lengths('<me>')).toEqual([SIZE])
    expect(lengths('<me> a')).toEqual([SIZE, 1])
    expect(lengths('a BREAK <me> <me>')).toEqual([1, SIZE, SIZE])
    expect(lengths('a <me> b')).toEqual([1, SIZE, 1])
  })
})

test('BREAK is a word where the prompt is cut instead', () => {
  expect(wordsOf(cutRow(tokenizer, parsePrompt('a BREAK b')))).toEqual(tokenizer.tokens('a break b'))
})
