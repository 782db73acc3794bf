/** Images that are not square: seeds, batches, what they start from. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type ImageRequest, openBase, openDevice, openPipeline } from '../../../../engine/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-shapes-'))
const device = openDevice({ threads: 1 })
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

describe.each(['sd1', 'sdxl'] as const)('%s', async kind => {
  const pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, kind), kind)))
  const draw = async (...requests: Partial<ImageRequest>[]) =>
    pipeline.generate(requests.map(one => ({ prompt: 'a dog', seed: 0, steps: 3, guidance: 3, ...one })))
  const difference = (a: Float32Array | undefined, b: Float32Array | undefined): number =>
    a?.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b?.[i] ?? 9))), 0) ?? 9

  test.each([
    [12, 20],
    [20, 12],
    // Latents of an odd side: what is halved inside the network comes back by the skip's own size.
    [6, 30],
  ])('image i of a batch from seed n is that of seed n + i alone, at %d x %d', async (width, height) => {
    const together = await draw(...[7, 8, 9].map(seed => ({ seed, width, height })))
    for (const [i, image] of together.entries()) {
      const [alone] = await draw({ seed: 7 + i, width, height })
      expect(image).toMatchObject({ width, height })
      expect(image.pixels).toHaveLength(3 * width * height)
      expect(difference(image.pixels, alone?.pixels)).toBeLessThanOrEqual(2e-5)
    }
  })

  test('width and height are not each other: turned sizes give other images', async () => {
    const [tall] = await draw({ width: 12, height: 20 })
    const [wide] = await draw({ width: 20, height: 12 })
    expect(difference(tall?.pixels, wide?.pixels)).toBeGreaterThan(0.01)
  })

  test("a side that is left out is the base's own", async () => {
    expect(await draw({ height: 24 })).toMatchObject([{ width: 16, height: 24 }])
    expect(await draw({})).toMatchObject([{ width: 16, height: 16 }])
  })

  test('images of several sizes come in the order of their requests, each as it is alone', async () => {
    const requests = [{ width: 12 }, { seed: 2 }, { width: 12, seed: 3 }, { width: 16, height: 16, seed: 4 }]
    const together = await draw(...requests)
    for (const [i, request] of requests.entries())
      expect(difference(together[i]?.pixels, (await draw(request))[0]?.pixels)).toBeLessThanOrEqual(2e-5)
    expect(together.map(({ width }) => width)).toEqual([12, 16, 12, 16])
  })

  test('an image to start from has the shape that is drawn', async () => {
    const pixels = uniforms(1, 0, 3 * 12 * 20).map(value => 2 * value - 1)
    const [image] = await draw({ width: 12, height: 20, init: { pixels, strength: 0.7 } })
    expect(image).toMatchObject({ width: 12, height: 20 })
    await expect(draw({ init: { pixels, strength: 0.7 } })).rejects.toMatchObject({
      message: 'the image to start from has 720 values, 16 x 16 pixels have 768',
    })
  })
})
