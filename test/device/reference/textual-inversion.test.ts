import { afterAll, describe, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { rowGradientError, rowTrajectory } from '../../../measures/engine/textual-inversion.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

describe.each(['sd2', 'sdxl'] as const)('Textual Inversion on %s', kind => {
  test('the gradients of the rows through every text encoder are those of torch', async () => {
    expect(await rowGradientError(device, kind)).toBeLessThan(1e-4)
  })
  test('starts from the initializer and follows the diffusers script for fifty steps', async () => {
    const { loss, start, end } = await rowTrajectory(device, kind)
    expect(start).toBe(0)
    expect(loss).toBeLessThan(1e-3)
    expect(end).toBeLessThan(1e-3)
  })
})
