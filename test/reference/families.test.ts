/** Whole tiny models of SD2 and SDXL against diffusers (tools/goldens/families.py). */
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { imageErrors, networksError, promptsError } from '../../bench/figures/family-parity.ts'
import { openDevice } from '../../engine/runtime/device.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())
const folder = (name: string) => fileURLToPath(new URL(`../fixtures/tiny/${name}`, import.meta.url))

describe.each(['sd2', 'sdxl'])('%s', kind => {
  test('every network answers as in diffusers', async () => {
    expect(await networksError(device, kind, folder(kind))).toBeLessThan(1e-4)
  })
  test('prompts condition the UNet as in diffusers, the empty and the overlong one too', async () => {
    expect(await promptsError(device, folder(kind))).toBeLessThan(1e-4)
  })
  test('whole images are those of diffusers to one level of 255', async () => {
    const errors = await imageErrors(device, folder(kind), ({ strength }) => strength === undefined)
    expect(errors.length).toBeGreaterThan(4)
    for (const { request, error } of errors) expect(error, JSON.stringify(request)).toBeLessThanOrEqual(1)
  })
})
