/** Trains all weights of one part of a base through the generic loop, and writes the base with the result. */
import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, invariant } from '../../errors.ts'
import { type Base, openBase } from '../base/base.ts'
import { changeConfig, type ReadWeight, writeBase } from '../base/folder.ts'
import { readWeights } from '../base/weights.ts'
import { type Dataset, openDataset } from '../io/images/dataset.ts'
import { saveGrid } from '../io/images/image.ts'
import { square } from '../io/images/size.ts'
import { openPipeline, type Pipeline } from '../pipeline/generate.ts'
import { type Layout, tensorsOf } from '../runtime/layout.ts'
import { type StepEvent, type TrainOptions, train } from '../training/train.ts'
import { ENGINE_VERSION } from '../version.ts'
import { CHECKPOINT, claimFolder, writeRecord } from './folder.ts'
import { initialTensor } from './init.ts'
import { holdThenCosine, type PartSettings, type PretrainPart } from './part.ts'
import { textPart } from './text.ts'
import { unetPart } from './unet.ts'
import { vaePart } from './vae.ts'

/** What can be trained: a part is one value here. */
export const PRETRAIN_PARTS = { unet: unetPart, vae: vaePart, text: textPart } satisfies Record<string, PretrainPart>

export interface PretrainOptions {
  readonly part: string
  /** The training set. */
  readonly data: string
  /** The folder to write; the same call with the same folder goes on where it stopped. */
  readonly out: string
  readonly steps?: number | undefined
  readonly batch?: number | undefined
  readonly learningRate?: number | undefined
  readonly seed?: number | undefined
  /** `base` goes on from the base's weights, `scratch` draws new ones in its architecture. */
  readonly init?: 'scratch' | 'base' | undefined
  /** Steps between checkpoints, default 200. */
  readonly checkpointEvery?: number | undefined
  /** Steps between sample sheets, 0 for none. */
  readonly samplesEvery?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((event: StepEvent) => void) | undefined
  readonly onSample?: ((event: { step: number; path: string }) => void) | undefined
}

export interface PretrainResult {
  readonly out: string
  readonly parameters: number
  /** False where the folder held the finished training already. */
  readonly trained: boolean
}

interface Pretraining {
  readonly part: PretrainPart
  readonly pipeline: Pipeline
  readonly dataset: Dataset
  readonly settings: PartSettings
  readonly options: PretrainOptions
  readonly identity: string
}

/** A part by name. Throws INPUT_INVALID naming the known ones. */
function findPart(name: string): PretrainPart {
  if (Object.hasOwn(PRETRAIN_PARTS, name)) return PRETRAIN_PARTS[name as keyof typeof PRETRAIN_PARTS]
  const known = Object.keys(PRETRAIN_PARTS).join(', ')
  throw new AppError('INPUT_INVALID', `a base has no part "${name}"`, `Choose one of ${known}.`)
}

/**
 * Runs or resumes a pre-training and writes the base with the new weights to `options.out`.
 * @throws AppError INPUT_INVALID for data, folders or settings that do not fit; CANCELED between steps, with a
 * checkpoint kept; STORAGE_FAILED; MEMORY_EXCEEDED.
 */
export async function pretrain(pipeline: Pipeline, options: PretrainOptions): Promise<PretrainResult> {
  const part = findPart(options.part)
  const { base } = pipeline
  assertOneTextEncoder(base)
  const dataset = await openDataset(options.data, { size: base.size, captions: part.captions })
  const settings = settingsOf(part, options)
  const identity = pretrainingIdentity(await base.fingerprint(), dataset, settings, options)
  const finished = await claimFolder(options.out, { base: base.folder, data: options.data }, identity)
  const parameters = [...base.shapes].reduce((sum, [name, shape]) => {
    const own = part.components.some(component => name.startsWith(`${component}.`))
    return sum + (own ? shape.reduce((a, b) => a * b, 1) : 0)
  }, 0)
  if (!finished) await runPart({ part, pipeline, dataset, settings, options, identity })
  return { out: options.out, parameters, trained: !finished }
}

function assertOneTextEncoder({ folder, family, configs: { texts } }: Base): void {
  if (texts.length === 1) return
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `${folder} is a ${family.name} with ${texts.length} text encoders; pre-training supports bases with one`,
    'Pre-train a base with one text encoder; subjects can be learned on any base.',
  )
}

function settingsOf({ settings }: PretrainPart, options: PretrainOptions): PartSettings {
  const { steps = settings.steps, batch = settings.batch, learningRate = settings.learningRate } = options
  for (const [name, value] of Object.entries({ steps, batch }))
    if (!Number.isInteger(value) || value < 1)
      throw new AppError('INPUT_INVALID', `${name} is ${value}`, `Give ${name} as a whole number, 1 or more.`)
  return { ...settings, steps, batch, learningRate }
}

async function runPart(run: Pretraining): Promise<void> {
  const { part, pipeline, dataset, settings, options, identity } = run
  const { base, device } = pipeline
  const { seed = 0, out } = options
  const built = part.build({ base, pipeline, dataset, batch: settings.batch, seed })
  const objective = { ...built, locate: base.locate, initialize: () => initialize(run, built.layout) }
  const flat = await train(device, objective, {
    steps: settings.steps,
    learningRate: settings.learningRate,
    schedule: holdThenCosine(settings.decay),
    warmup: Math.min(settings.warmup, settings.steps >> 2),
    adamw: { beta1: 0.9, beta2: settings.beta2, epsilon: 1e-8, weightDecay: settings.weightDecay },
    clip: 1,
    accumulate: 1,
    profile: 'fast',
    identity,
    checkpoint: { path: join(out, CHECKPOINT), every: options.checkpointEvery ?? 200 },
    ema: settings.ema,
    signal: options.signal,
    onStep: options.onStep,
    snapshot: sheetPlan(run, built.layout),
  })
  await writeBase(base, part.components, out, valuesOf(built.layout, flat))
  await configure(run)
  const { part: name, data, init = 'base' } = options
  const from = { base: await base.fingerprint(), data: dataset.hash, pictures: dataset.count }
  await writeRecord(out, {
    identity,
    finished: true,
    engine: ENGINE_VERSION,
    part: name,
    init,
    seed,
    settings,
    from,
    folder: data,
  })
  await rm(join(out, CHECKPOINT), { force: true })
}

function sheetPlan(run: Pretraining, layout: Layout): TrainOptions['snapshot'] {
  const every = run.options.samplesEvery
  if (!run.part.samples || !every) return undefined
  return { every, take: (step, flat) => drawSheet(run, layout, step, flat) }
}

/** The base's values, or new ones; tensors that no base has (a head for training alone) are always new. */
async function initialize({ pipeline, options }: Pretraining, layout: Layout): Promise<Float32Array> {
  const { base } = pipeline
  const flat = await readWeights(base, layout)
  const shapes = new Map(layout.slots.map(({ name, shape }) => [name, shape]))
  const { num_hidden_layers: layers, hidden_size: width } = base.configs.texts[0].config
  layout.slots.forEach(({ name, shape, offset }, index) => {
    if (options.init !== 'scratch' && base.shapes.has(name)) return
    const weight = shapes.get(name.replace(/bias$/, 'weight')) ?? shape
    flat.set(initialTensor({ name, shape, weight, text: { layers, width } }, options.seed ?? 0, index), offset)
  })
  return flat
}

function valuesOf(layout: Layout, flat: Float32Array): ReadWeight {
  const tensors = tensorsOf(layout, flat)
  return async name => {
    const tensor = tensors.get(name)
    invariant(tensor, `${name} was not trained`)
    return tensor.data
  }
}

/** Runs `use` on the base as last written to the training's folder. */
async function withWritten<T>({ pipeline, options }: Pretraining, use: (now: Pipeline) => Promise<T>): Promise<T> {
  const now = openPipeline(pipeline.device, await openBase(options.out))
  try {
    return await use(now)
  } finally {
    await now.close()
  }
}

async function configure(run: Pretraining): Promise<void> {
  const { part, dataset, options } = run
  const changes = await withWritten(run, async now => (await part.configure?.(now, dataset)) ?? {})
  for (const [component, keys] of Object.entries(changes)) await changeConfig(options.out, component, keys)
}

/** Writes the base as it is now and draws with it, the way any base is drawn with. */
async function drawSheet(run: Pretraining, layout: Layout, step: number, flat: Float32Array): Promise<void> {
  const { part, pipeline, dataset, options } = run
  await writeBase(pipeline.base, part.components, options.out, valuesOf(layout, flat))
  const sheet = await withWritten(run, async now => part.samples?.(now, dataset))
  if (!sheet) return
  const folder = join(options.out, 'samples')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `step-${String(step).padStart(6, '0')}.png`)
  await saveGrid(path, sheet.images, sheet.columns, square(pipeline.base.size))
  options.onSample?.({ step, path })
}

/** Everything that must be equal for a folder to be continued. */
function pretrainingIdentity(
  base: Awaited<ReturnType<Base['fingerprint']>>,
  dataset: Dataset,
  settings: PartSettings,
  options: PretrainOptions,
) {
  const { part, seed = 0, init = 'base' } = options
  const text = JSON.stringify([ENGINE_VERSION, base, dataset.hash, part, seed, init, settings])
  return createHash('sha256').update(text).digest('hex')
}
