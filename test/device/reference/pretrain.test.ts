import { afterAll, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { pretrainTrajectory } from '../../../measures/engine/pretrain.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

test('200 steps of pre-training UNet and text encoder follow those of torch', async () => {
  const { steps, loss, rate } = await pretrainTrajectory(device)
  expect(steps).toBe(200)
  expect(rate).toBeLessThan(1e-6)
  expect(loss).toBeLessThan(1e-2)
}, 300_000)
