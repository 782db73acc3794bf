import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { textParity, unetParity, vaeParity, visionParity } from '../../../measures/engine/parity.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())
const folder = (name: string) => fileURLToPath(new URL(`../../fixtures/tiny/${name}`, import.meta.url))

test.each(['sd1', 'sd2'])(
  'the UNet of %s answers as diffusers does, at sizes that halve evenly and unevenly',
  async name => {
    expect(await unetParity(device, folder(name))).toBeLessThan(1e-4)
  },
)
test.each(['sd1', 'sd2'])('the text encoder of %s answers as transformers does', async name => {
  expect(await textParity(device, folder(name))).toBeLessThan(1e-4)
})
test.each(['sd1', 'sd2'])('the VAE of %s encodes and decodes as diffusers does', async name => {
  expect(await vaeParity(device, folder(name))).toBeLessThan(1e-4)
})
test('the vision encoder answers as transformers does', async () => {
  expect(await visionParity(device, folder('vision'))).toBeLessThan(1e-4)
})
