import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGraph, input } from '../../../../engine/graph/graph.ts'
import { encode } from '../../../../engine/graph/onnx.ts'
import {
  type Adapter,
  type Device,
  METHODS,
  openBase,
  openDevice,
  openPipeline,
  type Pipeline,
  personalize,
  personalizeAll,
} from '../../../../engine/index.ts'
import { NORMS } from '../../../../engine/methods/token-norms.ts'
import { normals, uniforms } from '../../../../engine/noise.ts'
import { parsePrompt } from '../../../../engine/pipeline/prompt.ts'
import { cutRow } from '../../../../engine/pipeline/prompt-chunks.ts'
import { runOnce } from '../../../../engine/runtime/run.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'
import type { Warning } from '../../../../warnings.ts'

let folder: string
let device: Device
let pipeline: Pipeline
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-inversion-'))
  device = openDevice({ threads: 1 })
  pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'), 'sd2')))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const photosOf = (seed: number) =>
  [0, 1].map(i => ({ pixels: uniforms(seed, i, 3 * 16 * 16).map(v => 2 * v - 1), caption: 'a photo of <me>' }))
const request = (options: object = {}) => ({
  method: 'textual-inversion',
  options: { vectors: 2, ...options },
  ...{ steps: 3, batch: 2, seed: 1, learningRate: 0.05 },
})

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? Number.NaN))), 0)

test('two subjects of one name learn in one run what each learns alone, and draw side by side', async () => {
  const subjects = [1, 2].map(seed => ({ photos: photosOf(seed), subject: '<me> dog' }))
  const together = await personalizeAll(pipeline, subjects, request())
  const [first, second] = together as [Adapter, Adapter]
  for (const [row, adapter] of together.entries()) {
    const alone = await personalize(pipeline, subjects[row]!, { ...request(), seed: 1 + row })
    for (const [name, values] of adapter.tensors)
      expect(distance(values, alone.tensors.get(name) ?? [])).toBeLessThan(1e-5)
  }
  const draw = { prompt: 'a <me> b', seed: 4, steps: 3, guidance: 3 }
  const [a] = await pipeline.generate([{ ...draw, adapter: first }])
  const [b] = await pipeline.generate([{ ...draw, adapter: second }])
  const both = await pipeline.generate([
    { ...draw, adapter: first },
    { ...draw, adapter: second },
  ])
  expect(distance(a!.pixels, b!.pixels)).toBeGreaterThan(1e-3)
  expect(distance(both[0]!.pixels, a!.pixels)).toBeLessThanOrEqual(2e-5)
  expect(distance(both[1]!.pixels, b!.pixels)).toBeLessThanOrEqual(2e-5)
  expect(first.manifest).toMatchObject({ subject: '<me>', word: { placeholder: '<me>', count: 2 } })
})

test('a word stands in prompts wherever it is a word by itself, with the weight of its place', () => {
  const { tokenizer } = pipeline.base
  const plain = cutRow(tokenizer, parsePrompt('a dog'))
  const row = cutRow(tokenizer, parsePrompt('a (<me>:1.5) dog'), { placeholder: '<me>', count: 2 })
  expect([...row.places.slice(0, 6)]).toEqual([0, 0, 1, 2, 0, 0])
  expect([...row.weights.slice(0, 5)]).toEqual([1, 1, 1.5, 1.5, 1])
  expect([row.ids[1], row.ids[4], row.ids[5]]).toEqual([...plain.ids.slice(1, 4)])
  const inside = cutRow(tokenizer, parsePrompt('abmec me'), { placeholder: 'me', count: 1 })
  expect(inside.places.filter(place => place > 0)).toHaveLength(1)
})

test('captions that are not used, or not whole, are told once', async () => {
  const warned = async (captions: readonly string[], options: object) => {
    const [photo] = photosOf(1)
    const photos = captions.map(caption => ({ ...photo!, caption }))
    const warnings: Warning[] = []
    const more = { steps: 1, onWarning: (warning: Warning) => void warnings.push(warning) }
    await personalize(pipeline, { photos, subject: '<me> dog' }, { ...request(options), ...more })
    return warnings
  }
  expect(await warned(['a photo of <me> dog'], {})).toEqual([])
  expect(await warned(['<me> at sea', 'a photo of <me> dog'], {})).toEqual([
    { code: 'CAPTION_UNUSED', message: expect.stringContaining('the captions of 1 photos are not used') },
  ])
  const long = `<me> ${'a '.repeat(73)}`
  expect(await warned([`${long}b`, `${long}b c`], { templates: 'captions', vectors: 1 })).toEqual([
    { code: 'PROMPT_CUT', message: expect.stringMatching(/has 76 tokens .*: "c" has no effect$/) },
  ])
  const [cut] = await warned([`${long}b`, `${long}b c`], { templates: 'captions', vectors: 2 })
  expect(cut?.message).toMatch(/has 76 tokens .*: "b" has no effect; so it is with 1 other captions$/)
})

test('vectors start from the words of the initializer in turn, or at random', async () => {
  const start = async (options: object) => {
    const method = { ...request(options), steps: 1, learningRate: 1e-12 }
    const adapter = await personalize(pipeline, { photos: photosOf(1), subject: '<me> dog' }, method)
    const values = [...adapter.tensors.values()][0]!
    return [0, 1, 2].map(i => values.slice(i * 32, (i + 1) * 32))
  }
  const [first, second, third] = await start({ vectors: 3, initializer: 'dog a' })
  expect(first).toEqual(third)
  expect(first).not.toEqual(second)
  expect((await start({ vectors: 3 }))[1]).toEqual(first)
  expect((await start({ vectors: 3, initializer: 'random' }))[0]).not.toEqual(first)
})

test.each([
  ['dog', {}, 'is a token of the base already'],
  ['', {}, 'must be one word'],
  ['(me)', {}, 'brackets'],
  ['<me> dog', { placeholder: 'two words' }, 'must be one word'],
  ['<you>', { templates: 'captions' }, 'does not name <you>'],
])('the word "%s" with %j is refused', async (subject, options, message) => {
  const run = personalize(pipeline, { photos: photosOf(1), subject }, request(options))
  await expect(run).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(message) })
})

test.each([
  ['pull', (norm: number, rate: number) => norm + 100 * rate * (0.4 - norm)],
  ['median', () => 0.7],
] as const)('the rule "%s" sets the lengths of the vectors and keeps their directions', async (name, lengthOf) => {
  const vectors = normals(1, 0, 2 * 3 * 8)
  const projected = await project(name, vectors, 0.002)
  for (let row = 0; row < 6; row++) {
    const [before, after] = [vectors, projected].map(all => all.subarray(row * 8, (row + 1) * 8)) as [
      Float32Array,
      Float32Array,
    ]
    const [from, to] = [Math.hypot(...before), Math.hypot(...after)]
    expect(to).toBeCloseTo(lengthOf(from, 0.002), 5)
    expect(
      distance(
        before.map(value => (value / from) * to),
        after,
      ),
    ).toBeLessThan(1e-6)
  }
})

test('the rule "spread" moves the spread of each subject by the tenth power of what it lacks', async () => {
  const vectors = normals(1, 0, 2 * 3 * 8)
  const projected = await project('spread', vectors, 0.002)
  for (const row of [0, 1]) {
    const own = vectors.subarray(row * 24, (row + 1) * 24)
    const mean = own.reduce((a, b) => a + b, 0) / 24
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 23)
    const expected = own.map(value => value * (0.05 / deviation) ** 0.1)
    expect(distance(projected.subarray(row * 24, (row + 1) * 24), expected)).toBeLessThan(1e-6)
  }
})

async function project(name: 'pull' | 'median' | 'spread', data: Float32Array, rate: number): Promise<Float32Array> {
  const graph = createGraph()
  const [value, factor] = [input(graph, 'x', 'float32', [2, 3, 8]), input(graph, 'rate', 'float32', [])]
  const y = NORMS[name]!({ median: 0.7, spread: 0.05 })(value, factor)
  const session = await device.open(encode({ y }, pipeline.base.locate), 'inference')
  const feeds = {
    x: { data, dtype: 'float32' as const, shape: [2, 3, 8] },
    rate: { data: Float32Array.of(rate), dtype: 'float32' as const, shape: [] },
  }
  return runOnce(device, session, feeds, 'y')
}

test('photos are described as what their subject is', () => {
  const { token, options } = METHODS['textual-inversion']!
  const of = (subject: string, given: object = {}) =>
    token!.prompts({ placeholder: '<me>', subject, caption: 'my <me>' }, options.parse(given))
  expect(of('<me> woman')).toContain('a portrait of <me>')
  expect(of('<me> cat')).toContain('a photo of my <me>')
  expect(of('<me> teapot')).toContain('one <me> on a table')
  expect(of('<me> woman', { templates: 'style' })).toContain('a painting in the style of <me>')
  expect(of('<me> woman', { templates: 'captions' })).toEqual(['my <me>'])
})
