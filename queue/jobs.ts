/** Inputs, results and events of each kind of job: zod schemas shared by the API, the drivers and the workers. */
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { Warning } from '../warnings.ts'

const JOB_KINDS = ['TRAINING', 'GENERATION', 'PREVIEW'] as const
export type JobKind = (typeof JOB_KINDS)[number]

const JOB_STATES = ['QUEUED', 'PREPARING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'] as const
export type JobState = (typeof JOB_STATES)[number]
export const FINAL_STATES: readonly JobState[] = ['SUCCEEDED', 'FAILED', 'CANCELED']

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const seed = z.int().nonnegative()
const bytes = z.int().nonnegative()

/** An image to start from instead of noise: which blob, and which row it was taken from. */
const initImage = z.strictObject({
  sha256,
  strength: z.number().positive().max(1),
  photoId: z.uuid().optional(),
  imageId: z.uuid().optional(),
})

/** In which halves of guidance the adapter works; absent: as its manifest says. */
const halves = z.enum(['both', 'conditional']).optional()

/** One image to draw. `adapter.versionId` is absent for a preview: its adapter is not a version yet. */
const imageRequest = z.strictObject({
  prompt: z.string(),
  negative: z.string().optional(),
  seed,
  /** Pixels. */
  width: z.int().positive(),
  height: z.int().positive(),
  steps: z.int().positive(),
  guidance: z.number(),
  rescale: z.number().min(0).max(1).optional(),
  scheduler: z.string().optional(),
  longPrompt: z.enum(['chunks', 'cut']).optional(),
  init: initImage.optional(),
  adapter: z
    .strictObject({
      versionId: z.uuid().optional(),
      /** The name by which the version was chosen, if it was not named itself. */
      alias: z.string().optional(),
      sha256,
      scale: z.number(),
      halves,
    })
    .optional(),
})
export type ImageJobRequest = z.output<typeof imageRequest>

const trainingInput = z.strictObject({
  /** Name of the base model. */
  base: z.string(),
  /** The words prompts use for the subject, such as "sks person". */
  subject: z.string(),
  classNoun: z.string(),
  /** Name of the adapter this training adds a version to when the job names none. */
  adapterName: z.string(),
  method: z.string(),
  /** The method's own options, checked by the method. */
  options: z.record(z.string(), z.json()),
  steps: z.int().positive(),
  batch: z.int().positive().optional(),
  learningRate: z.number().positive().optional(),
  seed,
  /** Steps between two checkpoints. */
  checkpointEvery: z.int().positive(),
  photos: z.array(z.strictObject({ sha256, caption: z.string() })).min(1),
  /** How photos are cut; a job without it was stored when all were squares. */
  crop: z.enum(['aspect', 'square']).default('square'),
  /** Drawn every `previewEvery` steps through the serving path; none when empty. */
  previewPrompts: z.array(z.string()),
  previewEvery: z.int().positive(),
  /** Denoising steps of a preview, default those of PREVIEW_SETTINGS. */
  previewSteps: z.int().positive().optional(),
})
export type TrainingInput = z.output<typeof trainingInput>

/** What can be said of a training before it starts. */
export function plannedWarnings({ previewPrompts, previewEvery, steps }: TrainingInput): Warning[] {
  if (previewPrompts.length === 0 || previewEvery <= steps) return []
  const message = `no preview is drawn: there is one every ${previewEvery} steps, and the training has ${steps}; lower previewEvery`
  return [{ code: 'PREVIEW_NONE', message }]
}

const generationInput = z.strictObject({
  base: z.string(),
  images: z.array(imageRequest).min(1),
  /** Subjects that the images which are started from may show: deleting one deletes what was drawn from it. */
  from: z.array(z.uuid()).optional(),
})
export type GenerationInput = z.output<typeof generationInput>

/** What every preview is drawn with, and what a training pays for it. */
export const PREVIEW_SETTINGS = { steps: 20, guidance: 3 } as const

/** A preview is a generation that belongs to a step of a training job. */
const previewInput = generationInput.extend({ step: z.int().nonnegative() })
export type PreviewInput = z.output<typeof previewInput>

export const JOB_INPUTS = { TRAINING: trainingInput, GENERATION: generationInput, PREVIEW: previewInput } as const
type JobInput<K extends JobKind> = z.output<(typeof JOB_INPUTS)[K]>

const storedImage = z.strictObject({
  position: z.int().nonnegative(),
  sha256,
  bytes,
  width: z.int().positive(),
  height: z.int().positive(),
})
export type StoredImage = z.output<typeof storedImage>

const trainingResult = z.strictObject({
  adapter: z.strictObject({ sha256, bytes, manifest: z.record(z.string(), z.json()) }),
  /** Loss of the last step. */
  loss: z.number().optional(),
})
export type TrainingResult = z.output<typeof trainingResult>

const generationResult = z.strictObject({ images: z.array(storedImage).min(1) })
export type GenerationResult = z.output<typeof generationResult>

export const JOB_RESULTS = {
  TRAINING: trainingResult,
  GENERATION: generationResult,
  PREVIEW: generationResult,
} as const

const progress = z.strictObject({
  step: z.int().nonnegative(),
  steps: z.int().positive(),
  loss: z.number().optional(),
  learningRate: z.number().optional(),
  milliseconds: z.number().optional(),
  /** Estimated seconds to the end. */
  remaining: z.number().optional(),
})
const warning = z.strictObject({ code: z.string(), message: z.string() })
const checkpoint = z.strictObject({ step: z.int().nonnegative(), sha256, bytes })
export type Checkpoint = z.output<typeof checkpoint>

/**
 * What a worker may report itself. `running` moves the job from PREPARING to RUNNING; `message` is a remark for people; `warning` says
 * what was left out or done otherwise than asked (`warnings.ts`).
 */
export const WORKER_EVENTS = {
  running: z.strictObject({}),
  progress,
  message: z.strictObject({ text: z.string() }),
  /** The job stands still for this reason; without one it goes on, from `step`. */
  stalled: z.strictObject({ reason: z.string().nullable(), step: z.int().nonnegative().optional() }),
  warning,
} as const
export type WorkerEvent = {
  [T in keyof typeof WORKER_EVENTS]: { type: T; payload: z.output<(typeof WORKER_EVENTS)[T]> }
}[keyof typeof WORKER_EVENTS]

/** Payload of every event a client can read, by type. `state` comes from the database itself at each transition. */
export const EVENTS = {
  ...WORKER_EVENTS,
  state: z.strictObject({
    from: z.enum(JOB_STATES).nullable(),
    to: z.enum(JOB_STATES),
    reason: z.string().nullable(),
    attempt: z.int(),
  }),
  checkpoint,
  preview: z.strictObject({ step: z.int(), jobId: z.uuid(), images: z.array(storedImage) }),
  /** What stays of an event when its subject is deleted: the number, so that the log has no gap. */
  deleted: z.strictObject({}),
} as const
type EventType = keyof typeof EVENTS
export type EventPayload<T extends EventType> = z.output<(typeof EVENTS)[T]>

/** @throws AppError JOB_INVALID naming the field; such a job can't succeed on any attempt. */
export function parseInput<K extends JobKind>(kind: K, input: unknown): JobInput<K> {
  const parsed = JOB_INPUTS[kind].safeParse(input)
  if (parsed.success) return parsed.data as JobInput<K>
  throw new AppError(
    'JOB_INVALID',
    `the input of this ${kind} job doesn't fit: ${z.prettifyError(parsed.error)}`,
    'Run API and workers of the same version.',
  )
}
