import { expect, test } from 'vitest'
import { createBell } from '../../../queue/bell.ts'

const FOREVER = 60_000

test('a ring wakes everyone who waits', async () => {
  const bell = createBell()
  const { signal } = new AbortController()
  const waits = [bell.wait(signal, FOREVER), bell.wait(signal, FOREVER)]
  bell.ring()
  await expect(Promise.all(waits)).resolves.toHaveLength(2)
})

test('a ring that nobody waited for ends the next wait, and only that one', async () => {
  const bell = createBell()
  const { signal } = new AbortController()
  bell.ring()
  bell.ring()
  await bell.wait(signal, FOREVER)
  const started = performance.now()
  await bell.wait(signal, 30)
  expect(performance.now() - started).toBeGreaterThan(20)
})

test('an abort ends the wait, before it or in it', async () => {
  const bell = createBell()
  const end = new AbortController()
  const wait = bell.wait(end.signal, FOREVER)
  end.abort()
  await wait
  await bell.wait(end.signal, FOREVER)
})
