/** Adapter files of other programs for SD2 and SDXL against diffusers' images with them (tools/goldens/adapter_images.py). */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { readAdapter } from '../../adapters-store/index.ts'
import { ADAPTER_IMAGES, adapterImageErrors } from '../../bench/figures/formats-images.ts'
import { openBase } from '../../engine/index.ts'
import { openDevice } from '../../engine/runtime/device.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

test('images are those of diffusers to one level of 255, and not those of the base', async () => {
  const drawn = await adapterImageErrors(device)
  expect(drawn.map(({ format }) => format)).toEqual(['kohya', 'diffusers', 'kohya', 'kohya-original'])
  for (const { file, error, change } of drawn) {
    expect(error, file).toBeLessThanOrEqual(1)
    expect(change, file).toBeGreaterThan(10)
  }
})

test('pairs of text encoders are refused for drawing, by name', async () => {
  const base = await openBase(fileURLToPath(new URL('../fixtures/tiny/sdxl', import.meta.url)))
  const path = join(ADAPTER_IMAGES, 'sdxl-text.safetensors')
  await expect(readAdapter(path, base, { subject: 'sks dog' })).rejects.toMatchObject({
    code: 'ADAPTER_INVALID',
    message: expect.stringContaining('pairs on 20 layers of the text encoder'),
  })
})
