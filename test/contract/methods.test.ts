import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { elements } from '../../engine/graph.ts'
import {
  type Adapter,
  type Base,
  loadAdapter,
  METHODS,
  type Method,
  openBase,
  openDevice,
  openPipeline,
  type Pipeline,
  personalize,
  saveAdapter,
} from '../../engine/index.ts'
import { uniforms } from '../../engine/noise.ts'
import { lowRankTensors } from '../../engine/rows.ts'
import { writeTinyBase } from '../tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-methods-'))
const device = openDevice({ threads: 1 })
const KINDS = ['sd1', 'sd2', 'sdxl'] as const
const openTiny = async (kind: (typeof KINDS)[number]) => {
  const base = await openBase(await writeTinyBase(join(folder, kind), kind))
  return { kind, base, pipeline: openPipeline(device, base) }
}
const bases = await Promise.all(KINDS.map(openTiny))
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const SIZE = 16
const photos = [0, 1].map(seed => ({
  pixels: uniforms(seed, 0, 3 * SIZE ** 2).map(value => 2 * value - 1),
  caption: seed ? 'a dog' : 'sks dog',
  frame: { original: [300, 200], crop: [50 * seed, 0], target: [SIZE, SIZE] } as const,
}))

/** The adapter before its first step, from the method's own plan and start values. */
function startAdapter(method: Method, of: Base): Adapter {
  const options = method.options.parse({})
  const plan = method.plan(of, options)
  const tensors = lowRankTensors(plan.modules, 1).map(({ name, shape }, index) => {
    const module = plan.modules[index >> 1]!
    const side = index % 2 === 0 ? ('down' as const) : ('up' as const)
    return [name, method.initialize({ name, count: elements(shape), module, side }, 3, index)] as const
  })
  return { manifest: {} as Adapter['manifest'], modules: plan.modules, scale: plan.scale, tensors: new Map(tensors) }
}

const request = { prompt: 'sks dog', seed: 5, steps: 3, guidance: 3 }
const trainOn = (pipeline: Pipeline, method: Method, steps = 3) =>
  personalize(pipeline, { photos, subject: 'sks dog' }, { method: method.name, steps, batch: 2, seed: 1 })

const cases = Object.entries(METHODS).flatMap(([name, method]) =>
  bases.map(({ kind, ...on }) => [name, kind, method, on] as const),
)

describe.each(cases)('method %s on %s', (name, kind, method, { base, pipeline }) => {
  const train = (of: Method) => trainOn(pipeline, of)
  test('is registered under its own name, and every option has a default and a description', () => {
    expect(method.name).toBe(name)
    expect(method.options.safeParse({}).success).toBe(true)
  })
  test('leaves the base unchanged at step 0, bit for bit', async () => {
    const [plain] = await pipeline.generate([request])
    const [adapted] = await pipeline.generate([{ ...request, adapter: startAdapter(method, base) }])
    expect(adapted?.pixels).toEqual(plain?.pixels)
  })
  test('changes the image once trained, and gives the same adapter for the same seed', async () => {
    const [first, second] = [await train(method), await train(method)]
    expect(second.tensors).toEqual(first.tensors)
    const [plain] = await pipeline.generate([request])
    const [adapted] = await pipeline.generate([{ ...request, adapter: first }])
    expect(adapted?.pixels).not.toEqual(plain?.pixels)
  })
  test('is saved and loaded exactly', async () => {
    const adapter = await train(method)
    const [once, twice] = [
      join(folder, `${name}-${kind}.safetensors`),
      join(folder, `${name}-${kind}-again.safetensors`),
    ]
    await saveAdapter(once, adapter)
    const loaded = await loadAdapter(once, base)
    expect(loaded.tensors).toEqual(adapter.tensors)
    expect(loaded.scale).toBe(adapter.scale)
    await saveAdapter(twice, loaded)
    expect(await readFile(twice)).toEqual(await readFile(once))
  })
  test('draws the same image alone and as one row of a mixed batch', async () => {
    const adapter = await train(method)
    const [alone] = await pipeline.generate([{ ...request, adapter }])
    const mixed = await pipeline.generate([
      { ...request, seed: 9 },
      { ...request, adapter },
      { ...request, seed: 10, adapter: startAdapter(method, base) },
    ])
    const own = alone!.pixels
    const error = mixed[1]!.pixels.reduce((worst, value, i) => Math.max(worst, Math.abs(value - own[i]!)), 0)
    expect(error).toBeLessThanOrEqual(2e-5)
  })
})
