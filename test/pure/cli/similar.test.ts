import fc from 'fast-check'
import { expect, test } from 'vitest'
import { didYouMean, similarTo } from '../../../similar.ts'

test.each([
  ['one letter too few', 'kohy', ['kohya', 'peft'], ['kohya']],
  ['two letters swapped', 'trian', ['train', 'generate'], ['train']],
  ['another case', 'ADA', ['Ada', 'Bob'], ['Ada']],
  ['no accents', 'Zoe', ['Zoë', 'Joe'], ['Zoë', 'Joe']],
  ['a part of the name', 'lovelace', ['Ada Lovelace', 'Bob'], ['Ada Lovelace']],
  ['nothing like it', 'Ada', ['Quentin', 'Winter'], []],
  ['nothing known', 'Ada', [], []],
  ['nothing asked', '', ['Ada'], []],
])('%s', (_, word, known, expected) => expect(similarTo(word, known)).toEqual(expected))

test('a name with one error is found among others, and the closest comes first', () => {
  const name = fc.string({ minLength: 4, maxLength: 30, unit: fc.constantFrom(...'abcdefgh') })
  fc.assert(
    fc.property(name, fc.nat(), fc.array(name, { maxLength: 5 }), (right, at, others) => {
      const place = at % right.length
      const wrong = right.slice(0, place) + right.slice(place + 1)
      const found = similarTo(wrong, [...others, right])
      // Of several that are equally close, three are named.
      expect(found.includes(right) || found.length === 3).toBe(true)
      expect(similarTo(right, [...others, right])[0]).toSatisfy(
        (first: string) => first.includes(right) || first === right,
      )
    }),
  )
})

test('very long words are compared with nothing and take no time', () => {
  expect(didYouMean('x'.repeat(1e6), ['y'.repeat(1e6), 'x'])).toBe('')
})
