/** What conditions the UNet of a family beside the timestep, in generation and in training. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { latentShape, openBase, openDevice, openPipeline, square } from '../../../../engine/index.ts'
import { diffusionFeeds } from '../../../../engine/training/diffusion.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-conditioning-'))
const device = openDevice({ threads: 1 })
const base = await openBase(await writeTinyBase(join(folder, 'sdxl'), 'sdxl'))
const pipeline = openPipeline(device, base)
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

test('SDXL is told the sizes in the order original, crop, target, height before width', () => {
  const frame = { original: [600, 400], crop: [7, 3], target: [16, 16] } as const
  expect([...base.family.describeFrame(frame).time_ids!]).toEqual([600, 400, 7, 3, 16, 16])
})

test('a training batch carries the sizes and pooled texts of its own photos', async () => {
  const [text] = await pipeline.encodeText(['a dog'])
  const shape = latentShape(base, 2, square(16))
  const [mean, logVariance] = [new Float32Array(4 * 8 * 8), new Float32Array(4 * 8 * 8)]
  const examples = [1, 2].map(n => ({
    mean,
    logVariance,
    conditioning: { ...text, ...base.family.describeFrame({ original: [n, n], crop: [0, 0], target: [16, 16] }) },
  }))
  const feeds = diffusionFeeds({ base, shape, seed: 3 }, examples, 0)
  const ids = feeds.time_ids!
  expect(ids.shape).toEqual([2, 6])
  expect([ids.data[0], ids.data[6]].map(Number).sort()).toEqual([1, 2])
  expect(feeds.pooled!.data.subarray(0, 20)).toEqual(text!.pooled)
  expect(Object.keys(feeds)).toEqual(expect.arrayContaining(['sample', 'timesteps', 'context', 'target', 'weights']))
})

test('without a negative prompt the unconditional half of SDXL sees zeros, not an empty text', async () => {
  const request = { prompt: 'a dog', seed: 1, steps: 2, guidance: 4 }
  const [none, empty, other] = await pipeline.generate([
    request,
    { ...request, negative: '' },
    { ...request, negative: 'b' },
  ])
  expect(empty?.pixels).toEqual(none?.pixels)
  expect(other?.pixels).not.toEqual(none?.pixels)
})
