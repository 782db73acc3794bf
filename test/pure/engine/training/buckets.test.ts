import { expect, test } from 'vitest'
import { turnOf } from '../../../../engine/training/buckets.ts'

test('one bucket takes its batches in their order, as a training of squares always did', () => {
  for (const draw of [0, 1, 7, 1000]) expect(turnOf(3, [5], draw)).toEqual({ bucket: 0, turn: draw })
})

test.each([[[3, 2, 1]], [[1, 1]], [[10, 1, 4]]])('of %o each example is drawn equally often in every round', counts => {
  const round = counts.reduce((a, b) => a + b)
  for (const seed of [0, 1, 99])
    for (let first = 0; first < 5 * round; first += round) {
      const turns = Array.from({ length: round }, (_, i) => turnOf(seed, counts, first + i))
      for (const [bucket, count] of counts.entries()) {
        const own = turns.filter(turn => turn.bucket === bucket).map(({ turn }) => turn)
        // Its batches follow each other without a gap, from round to round.
        expect(own).toEqual(Array.from({ length: count }, (_, i) => (first / round) * count + i))
      }
    }
})

test('the order of the buckets follows the seed and is another in each round', () => {
  const order = (seed: number, round: number) =>
    Array.from({ length: 12 }, (_, i) => turnOf(seed, [6, 6], 12 * round + i).bucket).join('')
  expect(order(1, 0)).toBe(order(1, 0))
  expect(new Set([order(1, 0), order(1, 1), order(2, 0)]).size).toBe(3)
})
