/**
 * A tour of the engine in one file: open a base, learn a subject, keep what was learned, draw it. Read it from top to bottom;
 * the base is a real one in everything but size (a UNet of three blocks, pictures of 16 x 16), so all of it takes seconds.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Adapter,
  type Base,
  type Device,
  loadAdapter,
  openBase,
  openDevice,
  openPipeline,
  type Photo,
  type Pipeline,
  personalize,
  saveAdapter,
} from '../../engine/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { writeTinyBase } from '../../measures/stage/tiny-base.ts'

let folder: string
let base: Base
let device: Device
let pipeline: Pipeline
let adapter: Adapter

// A base is a folder in diffusers' layout. Opening it reads headers alone: the runtime maps the weights from their files.
// A device is a child process that runs sessions; killing it is the hard cancel. A pipeline is a base on a device.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-tour-'))
  base = await openBase(await writeTinyBase(join(folder, 'base')))
  device = openDevice({ threads: 1 })
  pipeline = openPipeline(device, base)
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

// Pixels are [3, size, size] from -1 to 1, here noise of the size that the base draws.
const photo = (seed: number): Photo => ({
  pixels: uniforms(seed, 0, 3 * base.size ** 2).map(value => 2 * value - 1),
  caption: 'a photo of sks dog',
})

test('a base says what it is and what an adapter may change', () => {
  expect(base.family.name).toBe('stable-diffusion')
  expect(base.size).toBe(16)
  expect(base.layers.adaptable.map(({ component, key }) => `${component}.${key}`)).toContain(
    'unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q',
  )
})

// Every random number is a function of the seed and a place: who draws beside you, and when, changes nothing.
test('the same seed draws the same picture', async () => {
  const request = { prompt: 'a dog', seed: 7, steps: 2 }
  const [alone] = await pipeline.generate([request])
  const [, beside] = await pipeline.generate([{ ...request, seed: 8 }, request])
  const differences = alone?.pixels.map((value, i) => Math.abs(value - (beside?.pixels[i] ?? Number.NaN)))
  expect(Math.max(...(differences ?? [Number.NaN]))).toBeLessThan(1e-3)
})

// A method says what trains (here low-rank pairs beside frozen layers); the loop knows no method's name.
test('a subject is learned from photos', async () => {
  const losses: number[] = []
  const onStep = ({ loss }: { loss: number }) => losses.push(loss)
  const subject = { photos: [photo(1), photo(2)], subject: 'sks dog' }
  adapter = await personalize(pipeline, subject, { method: 'lora', steps: 30, learningRate: 0.01, seed: 1, onStep })
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(losses.slice(-10))).toBeLessThan(mean(losses.slice(0, 10)))
})

// The file is safetensors: the pairs and a manifest that says how they were made, and for which base.
test('what was learned is a small file', async () => {
  const path = join(folder, 'dog.safetensors')
  await saveAdapter(path, adapter)
  const loaded = await loadAdapter(path, base)
  expect(loaded.tensors).toEqual(adapter.tensors)
  expect(loaded.manifest).toMatchObject({ method: 'lora', subject: 'sks dog', base: await base.fingerprint() })
})

// Rows of one batch may have adapters of their own, or none: one denoising call serves them all.
test('the subject is drawn beside a picture without it', async () => {
  const request = { prompt: 'a photo of sks dog', seed: 7, steps: 2 }
  const [plain, personal] = await pipeline.generate([request, { ...request, adapter }])
  expect(personal?.pixels).toHaveLength(3 * base.size ** 2)
  expect(personal?.pixels).not.toEqual(plain?.pixels)
})
