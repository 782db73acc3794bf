import { afterAll, expect, test } from 'vitest'
import { weightTrajectory } from '../../bench/figures/dreambooth.ts'
import { openDevice } from '../../engine/runtime/device.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

test('all weights of UNet and text encoder follow the diffusers DreamBooth script for fifty steps, class images beside', async () => {
  const { loss, norm, end } = await weightTrajectory(device)
  expect(loss).toBeLessThan(1e-3)
  expect(norm).toBeLessThan(1e-3)
  expect(end).toBeLessThan(1e-3)
})
