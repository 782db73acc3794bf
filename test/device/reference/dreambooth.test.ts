import { afterAll, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { weightTrajectory } from '../../../measures/engine/dreambooth.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

test('all weights of UNet and text encoder follow the diffusers DreamBooth script for fifty steps, class images beside', async () => {
  const { loss, norm, end } = await weightTrajectory(device)
  expect(loss).toBeLessThan(1e-3)
  expect(norm).toBeLessThan(1e-3)
  expect(end).toBeLessThan(1e-3)
})
