import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { latest } from '../../../workers/latest.ts'

test('of a stream of values the first is told at once, few in between, and the last always', async () => {
  const told: number[] = []
  const { offer, flush } = latest<number>(50, async value => void told.push(value))
  offer(0)
  expect(told).toEqual([0])
  const start = performance.now()
  let value = 0
  while (performance.now() - start < 220) {
    offer(++value)
    await sleep(1)
  }
  await flush()
  expect(told.at(-1)).toBe(value)
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(told.length).toBeLessThanOrEqual(7)
  expect(told).toEqual([...told].sort((a, b) => a - b))
  await flush()
})

test('a value waits while the one before is told, and only the newest of those that wait is told', async () => {
  const told: number[] = []
  const { offer, flush } = latest<number>(1, async value => {
    await sleep(30)
    told.push(value)
  })
  for (const value of [1, 2, 3, 4]) offer(value)
  await flush()
  expect(told).toEqual([1, 4])
})

test('the last value is told without a flush', async () => {
  const told: number[] = []
  const { offer } = latest<number>(20, async value => void told.push(value))
  offer(1)
  offer(2)
  await sleep(60)
  expect(told).toEqual([1, 2])
})
