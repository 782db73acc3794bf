/** Training on photos of several shapes: what a batch holds, stop and resume, the sessions that stay open, class images. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, test, vi } from 'vitest'
import {
  type Adapter,
  type Device,
  defaultCrop,
  loadPhoto,
  openBase,
  openDevice,
  openPipeline,
  type Photo,
  personalize,
  personalizeAll,
} from '../../../../engine/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import type { PersonalizeOptions } from '../../../../engine/personalize/personalize.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

const folder = await mkdtemp(join(tmpdir(), 'semblance-photo-shapes-'))
const device = openDevice({ threads: 1 })
const base = await openBase(await writeTinyBase(join(folder, 'base')))
const xl = await openBase(await writeTinyBase(join(folder, 'xl'), 'sdxl'))
const pipeline = openPipeline(device, base)
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const SHAPES = [
  { width: 16, height: 16 },
  { width: 12, height: 20 },
  { width: 20, height: 12 },
  { width: 12, height: 20 },
]
const photos: Photo[] = SHAPES.map((size, i) => ({
  pixels: uniforms(1, i, 3 * size.width * size.height).map(v => 2 * v - 1),
  size,
  caption: 'sks dog',
}))
const subject = { photos, subject: 'sks dog' }
const settings = (more: Partial<PersonalizeOptions> = {}): PersonalizeOptions => ({
  ...{ method: 'lora', options: { rank: 2, targets: 'cross-attention' }, steps: 8, batch: 2, learningRate: 1e-2 },
  ...more,
})
const bits = ({ tensors }: Adapter) =>
  [...tensors].map(([name, data]) => [name, Buffer.from(data.buffer).toString('hex')])

/** The device, with the shapes of the latents that each training step saw and the most step sessions that were open. */
function watched(inner: Device) {
  const seen: string[] = []
  const open = new Set<number>()
  let most = 0
  const outer: Device = {
    ...inner,
    run: runs => {
      const [first] = runs
      const sample = first?.feeds.sample
      if (sample && first.feeds.target) {
        seen.push(sample.shape.slice(2).join('x'))
        open.add(first.session)
        most = Math.max(most, open.size)
      }
      return inner.run(runs)
    },
    close: session => {
      open.delete(session)
      return inner.close(session)
    },
  }
  return { outer, seen, most: () => most }
}

test('each batch has one shape, and every photo is learned from equally often', async () => {
  const { outer, seen } = watched(device)
  const adapter = await personalize(openPipeline(outer, base), subject, settings())
  const counts = Map.groupBy(seen, shape => shape)
  expect([...counts].map(([shape, all]) => [shape, all.length]).sort()).toEqual([
    ['10x6', 4],
    ['6x10', 2],
    ['8x8', 2],
  ])
  expect(adapter.manifest.training).toMatchObject({ sizes: { '16x16': 1, '12x20': 2, '20x12': 1 } })
})

test.each([2])('stopped after step %d and resumed, it ends with the same bits', async k => {
  const straight = await personalize(pipeline, subject, settings({ accumulate: 2 }))
  const checkpoint = { path: join(folder, `stop-${k}.checkpoint`), every: 100 }
  const controller = new AbortController()
  const onStep = ({ step }: { step: number }) => step === k && controller.abort()
  const stopped = personalize(
    pipeline,
    subject,
    settings({ accumulate: 2, checkpoint, signal: controller.signal, onStep: event => void onStep(event) }),
  )
  await expect(stopped).rejects.toMatchObject({ code: 'CANCELED' })
  const resumed = await personalize(pipeline, subject, settings({ accumulate: 2, checkpoint }))
  expect(bits(resumed)).toEqual(bits(straight))
})

test('where memory is short one session at a time stays open, and the bits are the same', async () => {
  const [roomy, short] = [watched(device), watched(device)]
  const all = await personalize(openPipeline(roomy.outer, base), subject, settings())
  const few = await personalize(openPipeline(short.outer, base), subject, settings({ memory: 1e6 }))
  expect([roomy.most(), short.most()]).toEqual([3, 1])
  expect(bits(few)).toEqual(bits(all))
})

test('the loss falls on photos of every shape', async () => {
  const losses: number[] = []
  const onStep = ({ loss }: { loss: number }) => void losses.push(loss)
  await personalize(pipeline, subject, settings({ steps: 120, onStep }))
  const mean = (part: number[]) => part.reduce((a, b) => a + b, 0) / part.length
  expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)))
})

test.each(['dreambooth-lora'])('%s draws class images of each shape beside the photos', async method => {
  const drawn: string[] = []
  const pipe = openPipeline(device, base)
  const spying = {
    ...pipe,
    generate: (requests: Parameters<typeof pipe.generate>[0], options: Parameters<typeof pipe.generate>[1]) => {
      drawn.push(...requests.map(({ width, height }) => `${width}x${height}`))
      return pipe.generate(requests, options)
    },
  }
  const options = { classImages: 4 }
  await personalize(spying, subject, settings({ method, options, steps: 3, batch: 1 }))
  expect(drawn.sort()).toEqual(['12x20', '12x20', '16x16', '20x12'])
})

test('SDXL is told the frame of each photo in its own shape', async () => {
  const { outer } = watched(device)
  const told: number[][] = []
  const spying: Device = {
    ...outer,
    run: runs => {
      const ids = runs[0]?.feeds.time_ids
      if (ids && 'data' in ids && runs[0]?.feeds.target) told.push(Array.from(ids.data as Float32Array))
      return outer.run(runs)
    },
  }
  const source = await sharp({ create: { width: 90, height: 150, channels: 3, background: '#336699' } })
    .png()
    .toBuffer()
  const { warnings, ...photo } = await loadPhoto(source, xl, 'aspect')
  expect([warnings, photo.size]).toEqual([[], { width: 12, height: 20 }])
  const one = { photos: [{ ...photo, caption: 'sks dog' }], subject: 'sks dog' }
  await personalize(openPipeline(spying, xl), one, settings({ steps: 1, batch: 1 }))
  expect(told).toEqual([[150, 90, 0, 0, 20, 12]])
})

describe('what cannot be is refused by name', () => {
  test('several subjects in one batch with photos of several shapes', async () => {
    await expect(personalizeAll(pipeline, [subject, subject], settings())).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('16 x 16, 12 x 20, 20 x 12'),
    })
  })
  test('pixels that are not of the size that is said', async () => {
    const wrong = { ...subject, photos: [{ ...photos[1], size: undefined } as Photo] }
    await expect(personalize(pipeline, wrong, settings())).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })
})

describe('a photo is cropped, never stretched', () => {
  const striped = () =>
    sharp({ create: { width: 400, height: 100, channels: 3, background: '#00ff00' } })
      .composite(
        [0, 375].map(left => ({
          left,
          top: 0,
          input: { create: { width: 25, height: 100, channels: 3, background: '#ff0000' } },
        })),
      )
      .png()
      .toBuffer()
  test('in the shape nearest to its own, with a warning where that still loses much', async () => {
    const { size, frame, warnings } = await loadPhoto(await striped(), base, 'aspect', 'wide.png')
    expect(size).toEqual({ width: 32, height: 8 })
    expect([frame?.original, frame?.crop, warnings]).toEqual([[100, 400], [0, 0], []])
    const panorama = await sharp({ create: { width: 1000, height: 100, channels: 3, background: '#00ff00' } })
      .png()
      .toBuffer()
    const cut = await loadPhoto(panorama, base, 'aspect', 'panorama.png')
    expect(cut.warnings).toMatchObject([{ code: 'PHOTO_CROPPED', message: expect.stringContaining('panorama.png') }])
  })
  test('by default in its own shape for a full-size base, as a square for a small one', () => {
    const of = (parameters: number) => defaultCrop({ layers: { ...base.layers, parameters } })
    expect([of(8e6), of(860e6)]).toEqual(['square', 'aspect'])
  })
  test('or to a square, as it was asked for', async () => {
    const { size, pixels, warnings } = await loadPhoto(await striped(), base, 'square', 'the photo')
    expect(size).toEqual({ width: 16, height: 16 })
    expect(warnings).toMatchObject([{ code: 'PHOTO_CROPPED', message: expect.stringContaining('75 % of the photo') }])
    // The red ends are gone, and the middle has not been squeezed.
    expect(Math.max(...pixels.subarray(0, 256))).toBeLessThan(-0.9)
  })
})
