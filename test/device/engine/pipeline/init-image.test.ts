/** Images that start from an image: what is refused, what strength does, and rows of both kinds in one batch. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openBase, openDevice, openPipeline, SCHEDULERS, square } from '../../../../engine/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-init-'))
const device = openDevice({ threads: 1 })
const pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'), 'sdxl')))
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const pixels = uniforms(4, 0, 3 * 16 * 16).map(value => 2 * value - 1)
const request = { prompt: 'a dog', seed: 1, steps: 10, guidance: 3, scheduler: 'ddim' }
const from = (strength: number) => ({ ...request, init: { pixels, strength } })

test.each([
  ['strength 0', { strength: 0 }, 'strength is 0'],
  ['a strength above 1', { strength: 1.1 }, 'strength is 1.1'],
  ['a strength that leaves no step', { strength: 0.05 }, 'leaves none'],
  ['an image of another size', { pixels: new Float32Array(3) }, '16 x 16'],
])('%s is refused', async (_, init, message) => {
  const wrong = { ...request, init: { pixels, ...init } }
  await expect(pipeline.generate([wrong])).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(message),
  })
})

test.each([-0.1, 1.5, Number.NaN])('rescale %s is refused', async rescale => {
  await expect(pipeline.generate([{ ...request, rescale }])).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

test.each(Object.keys(SCHEDULERS))('%s takes the last steps only, and ends at a picture', async scheduler => {
  const counted: number[] = []
  const [image] = await pipeline.generate([{ ...from(0.5), scheduler }], { onStep: ({ steps }) => counted.push(steps) })
  expect(counted[0]).toBe(scheduler === 'pndm' ? 6 : 5)
  expect(image?.pixels.every(value => Math.abs(value) <= 1)).toBe(true)
})

test('a lower strength stays nearer to the image', async () => {
  const [kept] = await pipeline.decode(
    (await pipeline.encodeImages([pixels], square(16))).map(({ mean }) =>
      mean.map(value => value * pipeline.base.configs.vae.scaling_factor),
    ),
    square(16),
  )
  const distance = async (strength: number) => {
    const [image] = await pipeline.generate([from(strength)])
    return image!.pixels.reduce((sum, value, i) => sum + Math.abs(value - kept!.pixels[i]!), 0)
  }
  expect(await distance(0.1)).toBeLessThan(await distance(0.9))
})

test('rows from noise and from images share a batch without a change', async () => {
  const plain = { ...request, seed: 2 }
  const [alone] = await pipeline.generate([from(0.6)])
  const [mixed] = await pipeline.generate([from(0.6), plain])
  const error = mixed!.pixels.reduce((worst, value, i) => Math.max(worst, Math.abs(value - alone!.pixels[i]!)), 0)
  expect(error).toBeLessThanOrEqual(2e-5)
})
