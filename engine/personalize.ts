/** Learns subjects from photos: any method's adapter, one or several subjects in one batch, through the generic loop. */
import { createHash } from 'node:crypto'
import { AppError, invariant } from '../errors.ts'
import type { Adapter, Manifest } from './adapter.ts'
import { type Base, latentShape } from './base.ts'
import type { Frame } from './families/index.ts'
import type { Pipeline } from './generate.ts'
import { createGraph, elements, type Value } from './graph.ts'
import { layoutOf, tensorsOf } from './layout.ts'
import { type AdapterPlan, findMethod, type Method } from './methods/index.ts'
import { diffusionFeeds, diffusionInputs, type Example, rowLosses } from './objectives/diffusion.ts'
import { ADAMW_DEFAULTS } from './optim/adamw.ts'
import { readOptions, readSettings, type Settings } from './personalize-settings.ts'
import { lowRankHook, lowRankTensors } from './rows.ts'
import type { Inline, Profile } from './runtime/protocol.ts'
import { type CheckpointPlan, type Objective, type StepEvent, train } from './train.ts'
import { ENGINE_VERSION } from './version.ts'

export interface Photo {
  /** `[3, size, size]` in -1..1. */
  readonly pixels: Float32Array
  /** Names the subject and whatever else is in the photo. */
  readonly caption: string
  /** Where the pixels come from, for families that are told; without it they count as the whole picture. */
  readonly frame?: Frame
}

export interface Subject {
  readonly photos: readonly Photo[]
  /** The words that mean the subject, e.g. "sks person"; kept in the manifest. */
  readonly subject: string
}

export interface PersonalizeOptions {
  readonly method: string
  /** The method's own options, checked by its schema. */
  readonly options?: unknown
  readonly seed?: number
  readonly steps?: number
  readonly batch?: number
  readonly learningRate?: number
  readonly accumulate?: number
  readonly profile?: Profile
  /** Min-SNR gamma, 0 for plain loss. */
  readonly minSnrGamma?: number
  readonly checkpoint?: CheckpointPlan
  /** Called after every so many steps with what the training would return now, one adapter a subject; training waits for it. */
  readonly snapshot?: { readonly every: number; take(step: number, adapters: readonly Adapter[]): Promise<void> }
  readonly signal?: AbortSignal
  readonly onStep?: (event: StepEvent) => void
}

/** Learns one subject. See `personalizeAll`. */
export async function personalize(pipeline: Pipeline, subject: Subject, options: PersonalizeOptions): Promise<Adapter> {
  const [adapter] = await personalizeAll(pipeline, [subject], options)
  invariant(adapter, 'training gave no adapter')
  return adapter
}

/**
 * Learns several subjects in one batch, each with its own adapter row, gradient norm and random numbers.
 * @throws AppError INPUT_INVALID for unknown methods, options or missing photos; CANCELED; MEMORY_EXCEEDED.
 */
export async function personalizeAll(
  pipeline: Pipeline,
  subjects: readonly Subject[],
  request: PersonalizeOptions,
): Promise<Adapter[]> {
  const { base, device } = pipeline
  const method = findMethod(request.method)
  const options = readOptions(method, request.options ?? {})
  const plan = method.plan(base, options)
  const settings = readSettings(method.defaults(base), request)
  const examples = await Promise.all(subjects.map(subject => prepare(pipeline, subject)))
  const objective = adapterObjective(base, method, plan, examples, settings)
  const identity = identityOf(await base.fingerprint(), method.name, options, settings, subjects)
  const manifest = { base: await base.fingerprint(), method: method.name, options, settings, identity }
  const adaptersOf = (flat: Float32Array) =>
    subjects.map((subject, row) => takeRow(plan, flat, row, subjects.length, describe(manifest, subject, plan)))
  const { snapshot } = request
  const flat = await train(device, objective, {
    steps: settings.steps,
    learningRate: settings.learningRate,
    schedule: 'cosine',
    warmup: Math.min(10, settings.steps >> 2),
    adamw: { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay },
    clip: 1,
    accumulate: settings.accumulate,
    profile: request.profile ?? 'fast',
    identity,
    ...(request.checkpoint ? { checkpoint: request.checkpoint } : {}),
    ...(snapshot
      ? { snapshot: { every: snapshot.every, take: (step, flat) => snapshot.take(step, adaptersOf(flat)) } }
      : {}),
    ...(request.signal ? { signal: request.signal } : {}),
    ...(request.onStep ? { onStep: request.onStep } : {}),
  })
  return adaptersOf(flat)
}

/** Latents and texts are computed once: neither the VAE nor the text encoder trains. */
async function prepare(pipeline: Pipeline, { photos }: Subject): Promise<Example[]> {
  if (photos.length === 0) throw new AppError('INPUT_INVALID', 'no photos to learn from', 'Give at least one photo.')
  const { size } = pipeline.base
  const moments = await pipeline.encodeImages(
    photos.map(photo => photo.pixels),
    size,
  )
  const texts = await pipeline.encodeText(photos.map(photo => photo.caption))
  const whole: Frame = { original: [size, size], crop: [0, 0], target: [size, size] }
  return moments.map((moment, i) => ({
    ...moment,
    conditioning: { ...texts[i], ...pipeline.base.family.describeFrame(photos[i]?.frame ?? whole) },
  }))
}

/** Micro-batches of `batch` images for each subject, subject after subject. */
function adapterObjective(
  base: Base,
  method: Method,
  plan: AdapterPlan,
  examples: readonly (readonly Example[])[],
  settings: Settings,
): Objective {
  const rows = examples.length
  const graph = createGraph()
  const shape = latentShape(base, settings.batch * rows, base.size)
  const inputs = diffusionInputs(graph, shape, base.slots)
  const tokens = (shape[2] ?? 0) * (shape[3] ?? 0)
  const prediction = base.family.denoise(graph, base.configs, inputs, {
    adapt: lowRankHook(graph, plan.modules, rows, plan.scale),
    keepAttention: tokens < KEEP_BELOW_TOKENS,
  })
  const layout = layoutOf(lowRankTensors(plan.modules, rows), 1)
  const byName = new Map(graph.inputs.map(value => [value.name, value]))
  const feedOptions = (row: number) => ({
    base,
    shape: [settings.batch, ...shape.slice(1)],
    seed: settings.seed + row,
    minSnrGamma: settings.minSnrGamma,
  })
  return {
    losses: rowLosses(prediction, inputs.target, inputs.weights, rows),
    trainables: layout.slots.map(slot => byName.get(slot.name) as Value),
    layout,
    locate: base.locate,
    initialize: async () => initialValues(method, plan, rows, settings.seed),
    feeds: (step, micro) =>
      joinRows(examples.map((own, row) => diffusionFeeds(feedOptions(row), own, step * settings.accumulate + micro))),
  }
}

/** From this many tokens on attention probabilities cost more memory than they save time (engine notes). */
const KEEP_BELOW_TOKENS = 4096

/** Stacks the feeds of several subjects along the batch axis. */
function joinRows(rows: readonly Record<string, Inline>[]): Record<string, Inline> {
  const [first] = rows
  if (!first || rows.length === 1) return first ?? {}
  return Object.fromEntries(
    Object.entries(first).map(([name, { dtype, shape }]) => {
      const parts = rows.map(row => row[name]?.data as Float32Array)
      const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
      parts.reduce((offset, part) => {
        data.set(part, offset)
        return offset + part.length
      }, 0)
      return [name, { data, dtype, shape: [(shape[0] ?? 0) * rows.length, ...shape.slice(1)] }]
    }),
  )
}

/** Every row starts as a lone training with the seed `seed + row` would. */
function initialValues(method: Method, plan: AdapterPlan, rows: number, seed: number): Float32Array {
  const layout = layoutOf(lowRankTensors(plan.modules, rows), 1)
  const flat = new Float32Array(layout.total)
  layout.slots.forEach(({ name, shape, offset }, index) => {
    const module = plan.modules[index >> 1]
    invariant(module, `slot ${name} has no module`)
    const count = elements(shape) / rows
    for (let row = 0; row < rows; row++) {
      const tensor = { name, count, module, side: index % 2 === 0 ? ('down' as const) : ('up' as const) }
      flat.set(method.initialize(tensor, seed + row, index), offset + row * count)
    }
  })
  return flat
}

function takeRow(plan: AdapterPlan, flat: Float32Array, row: number, rows: number, manifest: Manifest): Adapter {
  const layout = layoutOf(lowRankTensors(plan.modules, rows), 1)
  const tensors = new Map(
    [...tensorsOf(layout, flat)].map(([name, { data }]) => {
      const count = data.length / rows
      return [name, data.slice(row * count, (row + 1) * count)]
    }),
  )
  return { manifest, modules: plan.modules, scale: plan.scale, tensors }
}

interface Described {
  readonly base: string
  readonly method: string
  readonly options: Record<string, unknown>
  readonly settings: Settings
  readonly identity: string
}

const describe = (
  { base, method, options, settings, identity }: Described,
  subject: Subject,
  plan: AdapterPlan,
): Manifest => ({
  format: 'semblance-adapter-1',
  engine: ENGINE_VERSION,
  method,
  base,
  subject: subject.subject,
  scale: plan.scale,
  options,
  training: { ...settings, photos: photosHash([subject]), identity },
})

function photosHash(subjects: readonly Subject[]): string {
  const hash = createHash('sha256')
  for (const { photos } of subjects)
    for (const { pixels, caption, frame } of photos)
      hash
        .update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength))
        .update(`\0${caption}\0${frame ? JSON.stringify([frame.original, frame.crop, frame.target]) : ''}`)
  return hash.digest('hex')
}

/** Everything that must be equal for a checkpoint to continue a run. */
function identityOf(
  base: string,
  method: string,
  options: unknown,
  settings: Settings,
  subjects: readonly Subject[],
): string {
  const text = JSON.stringify([ENGINE_VERSION, base, method, options, settings, photosHash(subjects)])
  return createHash('sha256').update(text).digest('hex')
}
