/** Whole tiny models of SD2 and SDXL against diffusers (tools/goldens/families.py). */
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { openDevice } from '../../../engine/runtime/device.ts'
import { imageErrors, networksError, promptsError } from '../../../measures/engine/family-parity.ts'
import { countDifferences } from '../../../measures/engine/full-size-counts.ts'
import { openGoldenModel } from '../../../measures/engine/golden-model.ts'
import { loraGradientError } from '../../../measures/engine/gradients.ts'
import { SHAPED_FAMILIES, shapeErrors } from '../../../measures/engine/shapes.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())
const folder = (name: string) => fileURLToPath(new URL(`../../fixtures/tiny/${name}`, import.meta.url))

describe.each(['sd2', 'sdxl'])('%s', kind => {
  test('every network answers as in diffusers', async () => {
    expect(await networksError(device, kind, folder(kind))).toBeLessThan(1e-4)
  })
  test('prompts condition the UNet as in diffusers, the empty and the overlong one too', async () => {
    expect(await promptsError(device, folder(kind))).toBeLessThan(1e-4)
  })
  test.each([
    ['from noise', false],
    ['from an image', true],
  ])('whole images %s are those of diffusers to one level of 255', async (_, init) => {
    const errors = await imageErrors(device, folder(kind), ({ strength }) => (strength !== undefined) === init)
    expect(errors.length).toBeGreaterThan(2)
    for (const { request, error } of errors) expect(error, JSON.stringify(request)).toBeLessThanOrEqual(1)
  })
})

test.each(SHAPED_FAMILIES)(
  'images of %s that are not square are those of diffusers to one level of 255',
  async kind => {
    const errors = await shapeErrors(device, kind)
    expect(new Set(errors.map(({ request }) => `${request.width}x${request.height}`)).size).toBe(4)
    for (const { request, error } of errors) expect(error, JSON.stringify(request)).toBeLessThanOrEqual(1)
  },
)

test('the gradients of all LoRA factors of an SDXL UNet are those of torch', async () => {
  expect(await loraGradientError(device, await openGoldenModel(folder('sdxl')))).toBeLessThan(1e-4)
})

test('the networks of the published models have the tensors and parameters of their checkpoints', () => {
  expect(countDifferences()).toEqual([])
})
