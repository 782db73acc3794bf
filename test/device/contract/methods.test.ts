import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { distil } from '../../../engine/adapters/distil.ts'
import { readWeights } from '../../../engine/base/weights.ts'
import {
  type Adapter,
  type Base,
  ENGINE_VERSION,
  loadAdapter,
  METHODS,
  type Method,
  openBase,
  openPipeline,
  personalize,
  saveAdapter,
} from '../../../engine/index.ts'
import type { AdapterPlan } from '../../../engine/methods/index.ts'
import { uniforms } from '../../../engine/noise.ts'
import { initialValues, planLayout } from '../../../engine/personalize/objective.ts'
import { takeRow } from '../../../engine/personalize/take-row.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { openWarmDevice } from '../../stage/warm-device.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-methods-'))
const device = openWarmDevice({ threads: 1 })
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
const WORD = '<me>'
const photosOf = (word: string) =>
  [0, 1].map(seed => ({
    pixels: uniforms(seed, 0, 3 * SIZE ** 2).map(value => 2 * value - 1),
    caption: seed ? `a ${word}` : `${word} dog`,
    frame: { original: [300, 200], crop: [50 * seed, 0], target: [SIZE, SIZE] } as const,
  }))
/** What calls the subject: a method that learns a word wants a new one and starts it from the token of "x"; others want a token. */
const wordOf = (method: Method): string => (method.token ? WORD : 'x')
const subjectOf = (method: Method): string => `${wordOf(method)} x`
const settings = { steps: 3, batch: 2, seed: 1, learningRate: 1e-2 }

type Options = Record<string, unknown>

/** Beside a method's defaults, on the family with most parts: options that take other ways through the engine. */
const VARIANTS: Record<string, readonly Options[]> = {
  lora: [
    { targets: 'attention,projections,feed-forward,text-encoder', rank: 2, alpha: 3, rslora: true, dropout: 0.3 },
    { targets: 'convolutions,cross-attention', rank: 3, convRank: 2, dropout: 0.2 },
  ],
  'textual-inversion': [{ vectors: 3, norm: 'median', templates: 'person' }],
  'pivotal-tuning': [{ vectors: 2, norm: 'pull', rank: 2, targets: 'attention,text-encoder' }],
  lidb: [{ a: 5, b: 3, rank: 2, targets: 'attention,convolutions' }],
  dreambooth: [{ textEncoder: true, rank: 3, priorWeight: 0 }],
  'dreambooth-lora': [{ priorWeight: 0.5, classImages: 3, classPrompt: 'a dog', targets: 'cross-attention' }],
}

/** The adapter before its first step, from the method's own plan and start values. */
async function startAdapter(method: Method, base: Base, given: Options): Promise<Adapter> {
  const options = method.options.parse(given) as Options
  const plan = method.plan(base, options)
  if (plan.weights) return untrainedWeights(base, plan)
  const run = { base, method, options, plan, subjects: [subjectOf(method)], examples: [[]] }
  const flat = await initialValues({ ...run, settings: { ...settings, accumulate: 1, weightDecay: 0 } })
  const word = plan.embeddings?.[0] && { placeholder: WORD, count: plan.embeddings[0].count }
  return takeRow(plan, { ...(word && { word }) } as Adapter['manifest'], { flat, row: 0, rows: 1 })
}

/** What comes of weights that did not change. */
async function untrainedWeights(base: Base, plan: AdapterPlan): Promise<Adapter> {
  const layout = planLayout(plan, 1)
  const { rank = 0 } = plan.distil ?? {}
  const { modules, tensors } = await distil({ device, base }, { layout, flat: await readWeights(base, layout) }, rank)
  return { manifest: {} as Adapter['manifest'], modules, tensors, scale: 1 }
}

/** What the prompt means to a base that knows no such word. */
function plainPrompt(method: Method, options: Options): string {
  const vectors = Array<string>(Number((method.options.parse(options) as Options).vectors ?? 1)).fill('x')
  const { prompt } = requestOf(method)
  return method.token ? prompt.replace(WORD, vectors.join(' ')) : prompt
}

const requestOf = (method: Method) => ({ prompt: `${wordOf(method)} dog`, seed: 5, steps: 3, guidance: 3 })
/** A method's defaults, but for the number of class images: drawing dozens of them shows nothing more. */
const defaultsOf = ({ options }: Method): Options =>
  'classImages' in (options.parse({}) as Options) ? { classImages: 3 } : {}
const cases = Object.entries(METHODS).flatMap(([name, method]) =>
  [defaultsOf(method), ...(VARIANTS[name] ?? [])].flatMap((options: Options, variant) =>
    bases
      .slice(variant === 0 ? 0 : -1)
      .map(({ kind, ...on }) => [name, JSON.stringify(options), kind, { method, options, ...on }] as const),
  ),
)

test.each(Object.entries(METHODS))(
  'method %s is registered under its own name, with defaults for all options',
  (name, method) => {
    expect(method.name).toBe(name)
    expect(method.options.safeParse({}).success).toBe(true)
  },
)

describe.each(cases)('method %s %s on %s', (name, _, kind, { method, options, base, pipeline }) => {
  const train = (more: object = {}) =>
    personalize(
      pipeline,
      { photos: photosOf(wordOf(method)), subject: subjectOf(method) },
      { method: name, options, cache: join(folder, 'cache'), ...settings, ...more },
    )
  const request = requestOf(method)
  let once: Promise<Adapter> | undefined
  const trained = () => {
    once ??= train()
    return once
  }
  const draw = async (more: object) => (await pipeline.generate([{ ...request, ...more }]))[0]?.pixels

  test('leaves the base unchanged at step 0, bit for bit', async () => {
    const plain = await draw({ prompt: plainPrompt(method, options) })
    expect(await draw({ adapter: await startAdapter(method, base, options) })).toEqual(plain)
  })
  test('changes the image once trained, and gives the same adapter when its manifest is run again', async () => {
    const first = await trained()
    const { method: known, options: chosen, base: fingerprint, engine, training } = first.manifest
    const second = await train({ method: known, options: chosen, ...training })
    expect(second.tensors).toEqual(first.tensors)
    expect(second.manifest).toEqual(first.manifest)
    expect({ fingerprint, engine }).toEqual({ fingerprint: await base.fingerprint(), engine: ENGINE_VERSION })
    expect(training).toMatchObject({ ...settings, photos: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await draw({ adapter: first })).not.toEqual(await draw({}))
  })
  test('changes its own tensors, all of them, and nothing else', async () => {
    const start = await startAdapter(method, base, options)
    const plain = await draw({})
    const { tensors } = await trained()
    expect([...tensors.keys()]).toEqual([...start.tensors.keys()])
    for (const [tensor, values] of tensors) expect(values, tensor).not.toEqual(start.tensors.get(tensor))
    expect(await draw({})).toEqual(plain)
  })
  test('stopped and resumed gives the same bits as straight through', async () => {
    const controller = new AbortController()
    const checkpoint = { path: join(folder, `${name}-${kind}.checkpoint`), every: 100 }
    const onStep = ({ step }: { step: number }) => step === 2 && controller.abort()
    await expect(train({ checkpoint, onStep, signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELED' })
    const resumed = await train({ checkpoint })
    await rm(checkpoint.path)
    expect(resumed.tensors).toEqual((await trained()).tensors)
  })
  test('is saved and loaded exactly', async () => {
    const adapter = await trained()
    const [path, again] = [join(folder, `${name}-${kind}.safetensors`), join(folder, 'again.safetensors')]
    await saveAdapter(path, adapter)
    const loaded = await loadAdapter(path, base)
    const { delta: _, ...served } = adapter
    expect(loaded).toEqual({ ...served, modules: expect.arrayContaining([...adapter.modules]) })
    await saveAdapter(again, loaded)
    expect(await readFile(again)).toEqual(await readFile(path))
  })
  test('draws the same image alone and as one row of a mixed batch', async () => {
    const adapter = await trained()
    const own = await draw({ adapter })
    const mixed = await pipeline.generate([
      { ...request, seed: 9 },
      { ...request, adapter },
      { ...request, seed: 10, adapter: await startAdapter(method, base, options) },
      { ...request, seed: 11, adapter: await startAdapter(METHODS.lora as Method, base, {}) },
    ])
    const error = mixed[1]!.pixels.reduce((worst, value, i) => Math.max(worst, Math.abs(value - own![i]!)), 0)
    expect(error).toBeLessThanOrEqual(2e-5)
  })
})
