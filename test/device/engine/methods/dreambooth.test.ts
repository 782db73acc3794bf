import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readWeight } from '../../../../engine/base/weights.ts'
import {
  type Adapter,
  deltaHash,
  loadAdapter,
  mergeAdapter,
  openBase,
  openPipeline,
  type PersonalizeOptions,
  personalize,
  personalizeAll,
  saveAdapter,
  saveDelta,
} from '../../../../engine/index.ts'
import { findMethod } from '../../../../engine/methods/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import type { Inline } from '../../../../engine/runtime/protocol.ts'
import { diffusionFeeds, type Example } from '../../../../engine/training/diffusion.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'
import { openWarmDevice } from '../../../stage/warm-device.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-dreambooth-'))
const device = openWarmDevice({ threads: 1 })
const base = await openBase(await writeTinyBase(join(folder, 'base'), 'sd1'))
const pipeline = openPipeline(device, base)
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const photos = [0, 1].map(seed => ({
  pixels: uniforms(seed, 0, 3 * 16 ** 2).map(value => 2 * value - 1),
  caption: 'a photo of x dog',
}))
const subject = { photos, subject: 'x dog' }
const learn = (more: Partial<PersonalizeOptions> = {}) =>
  personalize(pipeline, subject, {
    ...{
      method: 'dreambooth',
      options: { classImages: 5, rank: 128, textEncoder: false },
      steps: 4,
      batch: 2,
      learningRate: 3e-3,
    },
    ...more,
  })
let known: Promise<Adapter> | undefined
const trained = () => {
  known ??= learn()
  return known
}
const request = { prompt: 'x dog', seed: 3, steps: 3, guidance: 3 }
const worst = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)

const floats = (feed: Inline | undefined) => (feed?.data ?? new Float32Array()) as Float32Array

describe('class images', () => {
  const cache = join(folder, 'cache')
  const files = async () => {
    const [own = ''] = await readdir(join(cache, 'class-images'))
    const environment = join(cache, 'class-images', own)
    return { environment, names: (await readdir(environment)).sort() }
  }

  test('are drawn once for a prompt, and give the training that none kept would give', async () => {
    const seen: number[] = []
    const first = await learn({ cache, onClassImage: ({ done }) => seen.push(done) })
    const { names, environment } = await files()
    expect(names).toEqual(Array.from({ length: 5 }, (_, i) => `${i}.safetensors`))
    expect(seen).toEqual([4, 5])
    expect(first.tensors).toEqual((await trained()).tensors)
    await writeFile(join(environment, '3.safetensors'), 'cut off')
    const again = await learn({ cache })
    expect(again.tensors).toEqual(first.tensors)
    expect((await readdir(join(cache, 'class-images'))).length).toBe(1)
  })
  test('are not drawn for a weight of 0', async () => {
    const seen: number[] = []
    await learn({ options: { priorWeight: 0, textEncoder: false }, onClassImage: ({ done }) => seen.push(done) })
    expect(seen).toEqual([])
  })
  test('stop at a cancel, and those that are done are kept', async () => {
    const controller = new AbortController()
    const other = join(folder, 'other')
    const options = { classImages: 9, classPrompt: 'a dog' }
    const onClassImage = () => controller.abort()
    await expect(learn({ cache: other, options, signal: controller.signal, onClassImage })).rejects.toMatchObject({
      code: 'CANCELED',
    })
    const [own = ''] = await readdir(join(other, 'class-images'))
    expect((await readdir(join(other, 'class-images', own))).length).toBe(4)
  })
  test('fill the second half of a batch in turn, with noise and times of their own', () => {
    const example = (value: number): Example => ({
      mean: new Float32Array(4 * 64).fill(value),
      logVariance: new Float32Array(4 * 64).fill(-60),
      conditioning: { context: new Float32Array(77 * base.configs.unet.contextWidth).fill(value) },
    })
    const prior = { examples: [10, 20, 30].map(example), weight: 0.5 }
    const options = { base, shape: [4, 4, 8, 8], seed: 1, prior }
    const [first, second] = [0, 1].map(draw => diffusionFeeds(options, [example(1)], draw))
    const rows = (feeds: typeof first, count: number) =>
      Array.from({ length: 4 }, (_, row) => floats(feeds?.context)[row * count])
    const width = 77 * base.configs.unet.contextWidth
    expect(rows(first, width)).toEqual([1, 1, 10, 20])
    expect(rows(second, width)).toEqual([1, 1, 30, 10])
    expect([...floats(first?.weights)]).toEqual([2, 2, 1, 1])
    expect(new Set(floats(first?.timesteps)).size).toBe(4)
    const alone = diffusionFeeds({ base, shape: [2, 4, 8, 8], seed: 1 }, [example(1)], 0)
    const photoPart = floats(first?.sample).subarray(0, 2 * 4 * 64)
    expect(photoPart).toEqual(alone.sample?.data)
  })
})

describe('what all weights learned', () => {
  test('is told with the share that the pairs carry and the losses on the same batches', async () => {
    const { manifest, modules, delta } = await trained()
    const { energy = 0, loss, rank } = manifest.distilled ?? {}
    expect(rank).toBe(128)
    expect(energy).toBeGreaterThan(0.5)
    expect(energy).toBeLessThan(1)
    expect(loss?.full).toBeLessThan(loss?.base ?? 0)
    expect(loss?.distilled).toBeLessThan(loss?.base ?? 0)
    expect(modules.length).toBe(base.layers.adaptable.filter(({ component }) => component === 'unet').length)
    expect(manifest.parents).toEqual([deltaHash(delta ?? new Map())])
    expect([...(delta?.keys() ?? [])]).toEqual(base.layers.read.filter(name => name.startsWith('unet.')))
  })
  test('makes a base of its own when the delta is merged, to half precision', async () => {
    const adapter = await trained()
    const [path, out] = [join(folder, 'me.delta.safetensors'), join(folder, 'merged')]
    await saveDelta(path, adapter)
    await mergeAdapter(base, path, out)
    const merged = await openBase(out)
    for (const name of [
      'unet.conv_in.weight',
      'unet.mid_block.resnets.0.norm1.bias',
      'text_encoder.text_model.final_layer_norm.bias',
    ]) {
      const [before, after] = [await readWeight(base, name), await readWeight(merged, name)]
      const change = adapter.delta?.get(name)?.data ?? new Float32Array(before.length)
      expect(after, name).toEqual(before.map((value, i) => value + (change[i] ?? 0)))
    }
    const own = openPipeline(device, merged)
    const [exact] = await own.generate([request])
    const [plain] = await pipeline.generate([request])
    await own.close()
    expect(worst(exact?.pixels ?? new Float32Array(), plain?.pixels ?? new Float32Array())).toBeGreaterThan(1e-3)
  })
  test('draws the same from merged pairs as from the adapter', async () => {
    const adapter = await trained()
    const [path, out] = [join(folder, 'me.safetensors'), join(folder, 'merged-pairs')]
    await saveAdapter(path, adapter)
    await mergeAdapter(base, path, out)
    const own = openPipeline(device, await openBase(out))
    const [merged] = await own.generate([request])
    const [served] = await pipeline.generate([{ ...request, adapter }])
    await own.close()
    expect(worst(merged?.pixels ?? new Float32Array(), served?.pixels ?? new Float32Array())).toBeLessThan(1e-3)
  })
  test('cannot be merged into a folder in use, nor drawn with as an adapter', async () => {
    const path = join(folder, 'again.delta.safetensors')
    await saveDelta(path, await trained())
    await expect(mergeAdapter(base, path, folder)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(mergeAdapter(base, path, join(base.folder, 'in'))).rejects.toMatchObject({ code: 'INPUT_INVALID' })
    await expect(loadAdapter(path, base)).rejects.toMatchObject({
      code: 'ADAPTER_INVALID',
      next: expect.stringContaining('merge'),
    })
  })
})

describe('a training of all weights is refused up front', () => {
  test('where it cannot fit, with the computed bytes', async () => {
    const values = base.layers.parameters
    await expect(learn({ memory: 20 * values - 1 })).rejects.toMatchObject({
      code: 'MEMORY_EXCEEDED',
      message: expect.stringContaining(`trains ${values} values`),
      next: expect.stringContaining('lora'),
    })
    await expect(learn({ memory: 20 * values, steps: 1 })).resolves.toBeTruthy()
  })
  test('for a word of several tokens', async () => {
    const words = { ...subject, subject: 'unheardof dog' }
    await expect(personalize(pipeline, words, { method: 'dreambooth' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/"unheardof" is \d+ tokens/),
    })
  })
  test('for several subjects at once', async () => {
    await expect(personalizeAll(pipeline, [subject, subject], { method: 'dreambooth' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })
})

test('a combination has the options of both and trains what the last one trains', () => {
  const combined = findMethod('dreambooth-lora')
  const options = combined.options.parse({ classImages: 3, rank: 2 }) as Record<string, unknown>
  expect(options).toMatchObject({
    classImages: 3,
    priorWeight: 1,
    rank: 2,
    targets: 'attention,text-encoder,text-feed-forward',
  })
  const plan = combined.plan(base, options)
  expect(plan.weights).toBeUndefined()
  expect(plan.modules).toEqual(findMethod('lora').plan(base, { ...options }).modules)
  expect(combined.prior?.of('x dog', options)).toEqual({ weight: 1, images: 3, prompt: 'a photo of a dog' })
})
