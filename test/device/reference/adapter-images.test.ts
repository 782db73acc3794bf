/** Adapter files of other programs for SD2 and SDXL against diffusers' images with them (tools/goldens/adapter_images.py). */
import { afterAll, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { adapterImageErrors } from '../../../measures/engine/formats-images.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

test('images are those of diffusers to one level of 255, and not those of the base', async () => {
  const drawn = await adapterImageErrors(device)
  expect(drawn.map(({ file, format }) => [file, format])).toEqual([
    ['sd2-kohya', 'kohya'],
    ['sd2-locon', 'diffusers'],
    ['sdxl-diffusers', 'diffusers'],
    ['sdxl-kohya', 'kohya'],
    ['sdxl-kohya-original', 'kohya-original'],
    ['sdxl-locon', 'kohya-original'],
    ['sdxl-text', 'diffusers'],
  ])
  for (const { file, error, change } of drawn) {
    expect(error, file).toBeLessThanOrEqual(1)
    expect(change, file).toBeGreaterThan(10)
  }
})
