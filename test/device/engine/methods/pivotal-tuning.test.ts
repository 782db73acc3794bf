/** Pivotal tuning: a word and LoRA's pairs, trained in one run, one adapter of both. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { convertAdapter, openAdapter } from '../../../../adapters-store/index.ts'
import {
  type Adapter,
  type Device,
  loadAdapter,
  openBase,
  openDevice,
  openPipeline,
  type Pipeline,
  personalize,
  saveAdapter,
} from '../../../../engine/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

let folder: string
let device: Device
let pipeline: Pipeline

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-pivotal-'))
  device = openDevice({ threads: 1 })
  pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'), 'sdxl')))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const photos = [0, 1].map(i => ({
  pixels: uniforms(1, i, 3 * 16 * 16).map(v => 2 * v - 1),
  caption: 'a <me>',
  frame: { original: [16, 16], crop: [0, 0], target: [16, 16] } as const,
}))
const train = (steps: number, learningRate: number): Promise<Adapter> =>
  personalize(
    pipeline,
    { photos, subject: '<me> dog' },
    { method: 'pivotal-tuning', options: { rank: 2, vectors: 2 }, steps, batch: 1, learningRate },
  )

const isWord = (name: string): boolean => name.endsWith('token_rows')

/** The largest change of any value, by the word's rows and by the pairs' `up` sides, which start at zero. */
function changes(before: Adapter, after: Adapter) {
  const largest = (fits: (name: string) => boolean) =>
    Math.max(
      ...[...after.tensors].flatMap(([name, values]) =>
        fits(name) ? [...values].map((value, i) => Math.abs(value - (before.tensors.get(name)?.[i] ?? 0))) : [],
      ),
    )
  return { word: largest(isWord), pairs: largest(name => name.includes('lora_B')) }
}

test('both learn, each at the rate of its own method', async () => {
  const { word, pairs } = changes(await train(1, 1e-12), await train(1, 1e-3))
  expect(pairs).toBeGreaterThan(1e-4)
  // Textual Inversion's 1e-2 on small bases over LoRA's 4e-3; the first step of AdamW is the rate itself.
  expect(word / pairs).toBeCloseTo(2.5, 2)
})

test('the adapter is one file of both, draws with both, and is split into files that mean the same', async () => {
  const adapter = await train(3, 3e-2)
  const path = join(folder, 'me.safetensors')
  await saveAdapter(path, adapter)
  const read = await loadAdapter(path, pipeline.base)
  expect(read.tokens?.placeholder).toBe('<me>')
  expect(read.modules.length).toBeGreaterThan(0)
  const draw = async (one: Adapter | undefined) => {
    const request = { prompt: 'a <me> dog', seed: 1, steps: 3, guidance: 3, scheduler: 'ddim' }
    const [image] = await pipeline.generate([{ ...request, ...(one && { adapter: one }) }])
    return image?.pixels ?? new Float32Array()
  }
  const { tokens: _, ...pairs } = read
  const whole = await draw(read)
  expect(whole).not.toEqual(await draw(pairs))
  expect(whole).not.toEqual(await draw({ ...read, modules: [] }))
  expect(whole).not.toEqual(await draw(undefined))

  const out = join(folder, 'split')
  const { files } = await convertAdapter(path, { to: 'diffusers', out, base: pipeline.base, split: true })
  expect(files).toHaveLength(3)
  const { adapter: again } = await openAdapter(out, pipeline.base)
  expect(await draw(again)).toEqual(whole)
  expect(
    (await convertAdapter(path, { to: 'kohya', out: join(folder, 'one'), base: pipeline.base })).files,
  ).toHaveLength(1)
  const { adapter: bundled } = await openAdapter(join(folder, 'one'), pipeline.base)
  expect(await draw(bundled)).toEqual(whole)
})
