/** Prompts beyond the text encoder's length against transformers' encoders and diffusers' images (tools/goldens/long_prompts.py). */
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { longPromptErrors } from '../../../measures/engine/long-prompts.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

describe.each(['sd2', 'sdxl'])('%s', kind => {
  const errors = longPromptErrors(device, fileURLToPath(new URL(`../../fixtures/tiny/${kind}`, import.meta.url)))
  test('every chunk is encoded as transformers encodes it alone, with its own weights', async () => {
    const { conditioning } = await errors
    expect(Object.keys(conditioning)).toHaveLength(7)
    for (const [name, error] of Object.entries(conditioning)) expect(error, name).toBeLessThan(1e-4)
  })
  test('whole images, in one call with texts of one, two and three chunks, are those of diffusers to one level of 255', async () => {
    const { images } = await errors
    expect(images).toHaveLength(3)
    for (const error of images) expect(error).toBeLessThanOrEqual(1)
  })
})
