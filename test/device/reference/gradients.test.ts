import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { openGoldenModel } from '../../../measures/engine/golden-model.ts'
import {
  loraGradientError,
  textGradientError,
  textLoraGradientError,
  unetGradientError,
  vaeGradientError,
} from '../../../measures/engine/gradients.ts'
import { fullTrajectory, loraTrajectory } from '../../../measures/engine/trajectory.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())
const model = await openGoldenModel(fileURLToPath(new URL('../../fixtures/tiny/sd1', import.meta.url)))

test.each([
  ['LoRA factors of the UNet', loraGradientError],
  [
    "LoRA factors of the UNet's convolutions",
    (...on: [typeof device, typeof model]) => loraGradientError(...on, 'convolutions'),
  ],
  ['all weights of the UNet', unetGradientError],
  ['LoRA factors of the text encoder', textLoraGradientError],
  ['all weights of the text encoder', textGradientError],
  ['all weights of the VAE', vaeGradientError],
])('the gradients of %s are those of torch', async (_, error) => {
  expect(await error(device, model)).toBeLessThan(1e-4)
})

test('fifty steps of LoRA training follow torch, diffusers and peft', async () => {
  const { loss, norm, parameters } = await loraTrajectory(device, model)
  expect(loss).toBeLessThan(1e-3)
  expect(norm).toBeLessThan(1e-3)
  expect(parameters).toBeLessThan(1e-3)
})

test('twenty steps of full training follow torch and diffusers', async () => {
  const { loss, norm } = await fullTrajectory(device, model)
  expect(loss).toBeLessThan(1e-3)
  expect(norm).toBeLessThan(1e-2)
})
