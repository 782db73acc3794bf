/** Learns subjects from photos: any method's adapter, one or several subjects in one batch, through the generic loop. */
import { createHash } from 'node:crypto'
import { AppError, invariant } from '../errors.ts'
import type { Adapter, Manifest } from './adapter.ts'
import type { Base } from './base.ts'
import type { Frame } from './families/index.ts'
import type { Pipeline } from './generate.ts'
import { layoutOf, tensorsOf } from './layout.ts'
import { type AdapterPlan, findMethod, type Method } from './methods/index.ts'
import { adapterObjective, planTensors, trainsText } from './objectives/adapter.ts'
import type { Example } from './objectives/diffusion.ts'
import { ADAMW_DEFAULTS } from './optim/adamw.ts'
import { readOptions, readSettings, type Settings } from './personalize-settings.ts'
import { readPrompt } from './prompt-feeds.ts'
import type { Profile } from './runtime/protocol.ts'
import { type CheckpointPlan, type StepEvent, train } from './train.ts'
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
  /** Noise offset: what is added to all of a channel's pixels alike, as a share of the noise; 0 for none. */
  readonly noiseOffset?: number
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
  const run: Run = { base, method, options, settings }
  const learned = subjects.map(({ subject }) => subject)
  const examples = await Promise.all(subjects.map(subject => prepare(pipeline, subject, plan, run)))
  const objective = await adapterObjective({ ...run, plan, subjects: learned, examples })
  const identity = await identityOf(run, subjects)
  const manifests = await Promise.all(subjects.map(subject => describe(run, subject, plan, identity)))
  const adaptersOf = (flat: Float32Array) =>
    manifests.map((manifest, row) => takeRow(plan, flat, row, subjects.length, manifest))
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

/** What does not train is computed once: latents always, texts where the text encoders are not part of the graph. */
async function prepare(
  pipeline: Pipeline,
  { photos, subject }: Subject,
  plan: AdapterPlan,
  { base, method, options }: Run,
): Promise<Example[]> {
  if (photos.length === 0) throw new AppError('INPUT_INVALID', 'no photos to learn from', 'Give at least one photo.')
  const { size } = base
  const placeholder = method.words?.placeholder(base, subject, options)
  const word = placeholder === undefined ? undefined : { placeholder, count: plan.tables?.[0]?.count ?? 0 }
  const promptsOf = (caption: string) =>
    (word && method.words?.prompts({ ...word, subject, caption }, options)) ?? [caption]
  const inGraph = trainsText(plan)
  const prompts = photos.map(({ caption }) =>
    inGraph ? promptsOf(caption).map(text => readPrompt(base, [{ text, weight: 1 }], word)) : [],
  )
  const moments = await pipeline.encodeImages(
    photos.map(photo => photo.pixels),
    size,
  )
  const texts = inGraph ? [] : await pipeline.encodeText(photos.map(photo => photo.caption))
  const whole: Frame = { original: [size, size], crop: [0, 0], target: [size, size] }
  return moments.map((moment, i) => ({
    ...moment,
    conditioning: { ...texts[i], ...base.family.describeFrame(photos[i]?.frame ?? whole) },
    ...(inGraph && { prompts: prompts[i] ?? [] }),
  }))
}

interface Run {
  readonly base: Base
  readonly method: Method
  readonly options: Record<string, unknown>
  readonly settings: Settings
}

function takeRow(plan: AdapterPlan, flat: Float32Array, row: number, rows: number, manifest: Manifest): Adapter {
  const layout = layoutOf(planTensors(plan, rows), 1)
  const tensors = new Map(
    [...tensorsOf(layout, flat)].map(([name, { data }]) => {
      const count = data.length / rows
      return [name, data.slice(row * count, (row + 1) * count)]
    }),
  )
  const { modules, scale, tables } = plan
  const { word } = manifest
  return {
    manifest,
    modules,
    scale,
    ...(word && tables && { tokens: { placeholder: word.placeholder, tables } }),
    tensors,
  }
}

async function describe(
  { base, method, options, settings }: Run,
  subject: Subject,
  plan: AdapterPlan,
  identity: string,
): Promise<Manifest> {
  const [table] = plan.tables ?? []
  const placeholder = method.words?.placeholder(base, subject.subject, options)
  return {
    format: 'semblance-adapter-1',
    engine: ENGINE_VERSION,
    method: method.name,
    base: await base.fingerprint(),
    subject: placeholder ?? subject.subject,
    scale: plan.scale,
    ...(placeholder && table && { word: { placeholder, count: table.count } }),
    options,
    training: {
      ...settings,
      ...(placeholder && { subject: subject.subject }),
      photos: photosHash([subject]),
      identity,
    },
  }
}

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
async function identityOf({ base, method, options, settings }: Run, subjects: readonly Subject[]): Promise<string> {
  const words = method.words ? subjects.map(({ subject }) => subject) : []
  const text = [
    ENGINE_VERSION,
    await base.fingerprint(),
    method.name,
    options,
    settings,
    photosHash(subjects),
    ...words,
  ]
  return createHash('sha256').update(JSON.stringify(text)).digest('hex')
}
