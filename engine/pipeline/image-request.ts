/** What a caller asks an image to be, with its defaults and limits, and the row of the batch that it starts as. */
import { AppError } from '../../errors.ts'
import type { Adapter, AdapterHalves } from '../adapters/adapter.ts'
import type { Base } from '../base/base.ts'
import type { PictureSize } from '../io/index.ts'
import type { Seed } from '../noise.ts'
import { findScheduler, type Row, startRow } from '../schedulers/index.ts'
import type { LongPrompt } from './prompt-chunks.ts'

/** An image to start from instead of noise. */
export interface InitImage {
  /** `[3, height, width]` in -1..1, of the size that is drawn. */
  readonly pixels: Float32Array
  /** The share of the steps that is taken, above 0 (the image stays) to 1 (all of it is drawn anew). Default 0.8. */
  readonly strength?: number | undefined
}

export interface ImageRequest {
  /** Parts may carry weights: `(word:1.2)`, `(word)`, `[word]`, brackets with a backslash before them for themselves. See `parsePrompt`. */
  readonly prompt: string
  /** What to avoid, weights as in the prompt. Empty is the same as none. */
  readonly negative?: string | undefined
  readonly seed: Seed
  /** Pixels, default the base's own size: what the VAE halves is a multiple, and more than the base's area is a request of its own. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Denoising steps, default 20. */
  readonly steps?: number | undefined
  /** Classifier-free guidance scale, default 5; 1 or less is unguided. */
  readonly guidance?: number | undefined
  /** Share of the guided output whose spread is set back to the unguided one's (arXiv 2305.08891), 0 .. 1, default 0. */
  readonly rescale?: number | undefined
  /** Scheduler by name or diffusers class, default DPM-Solver++(2M). */
  readonly scheduler?: string | undefined
  readonly init?: InitImage | undefined
  readonly adapter?: Adapter | undefined
  /** Multiplies the adapter's effect, default 1. */
  readonly adapterScale?: number | undefined
  /** The halves of guidance in which the adapter's pairs work, default as its manifest says, else both. An unguided image has one half: it has them. */
  readonly adapterIn?: AdapterHalves | undefined
  /** What is done with words beyond the text encoder's length, in both prompts; default: they are read in more chunks, and `BREAK` begins one. */
  readonly longPrompt?: LongPrompt | undefined
}

/** What a request that leaves a setting out means. `schema.graphql` states the same values. */
export const IMAGE_DEFAULTS = {
  steps: 20,
  guidance: 5,
  rescale: 0,
  scheduler: 'dpm++',
  strength: 0.8,
  adapterScale: 1,
  longPrompt: 'chunks',
} as const

/** A request whose cost is settled: steps, guidance and the strength of an image to start from are filled in. */
export interface ResolvedImage extends ImageRequest {
  readonly steps: number
  readonly guidance: number
  readonly init?: ResolvedInit | undefined
}

interface ResolvedInit extends InitImage {
  readonly strength: number
}

export function resolveImage({ init, ...request }: ImageRequest): ResolvedImage {
  const { steps = IMAGE_DEFAULTS.steps, guidance = IMAGE_DEFAULTS.guidance } = request
  const start = init && { pixels: init.pixels, strength: init.strength ?? IMAGE_DEFAULTS.strength }
  return { ...request, steps, guidance, init: start }
}

/** Denoising steps that an image takes: one that starts from another image takes `floor(steps * strength)`, as in diffusers. */
export function takenSteps(request: {
  readonly steps: number
  readonly init?: { readonly strength: number } | undefined
}): number {
  const { steps, init } = request
  return init ? Math.floor(steps * init.strength) : steps
}

/** A side that is left out is the base's own. */
export const imageSize = (base: Base, { width = base.size, height = base.size }: ImageRequest): PictureSize => ({
  width,
  height,
})

/**
 * The row of `count` latent elements at its start.
 * @param latent of the image to start from, with the scaling factor
 * @throws AppError INPUT_INVALID for numbers out of range.
 */
export function rowOf(base: Base, request: ImageRequest, count: number, latent?: Float32Array): Row {
  const { steps, guidance, init, seed, rescale = IMAGE_DEFAULTS.rescale } = resolveImage(request)
  if (!Number.isInteger(steps) || steps < 1 || steps > 1000)
    throw new AppError('INPUT_INVALID', `steps is ${steps}, allowed are 1 to 1000`, 'Give a whole number of steps.')
  if (!(rescale >= 0 && rescale <= 1))
    throw new AppError('INPUT_INVALID', `rescale is ${rescale}, allowed are 0 to 1`, 'Give a share, 0 for none.')
  const skip = init ? skippedSteps(steps, init) : 0
  const scheduler = findScheduler(request.scheduler ?? IMAGE_DEFAULTS.scheduler)
  return startRow(
    scheduler.plan(base.schedulerConfig, steps, { skip }),
    seed,
    { scale: guidance, rescale },
    count,
    latent,
  )
}

function skippedSteps(steps: number, init: ResolvedInit): number {
  const { strength } = init
  if (!(strength > 0 && strength <= 1))
    throw new AppError('INPUT_INVALID', `strength is ${strength}, allowed are numbers above 0 to 1`, 'Give a share.')
  const taken = takenSteps({ steps, init })
  if (taken >= 1) return steps - taken
  throw new AppError(
    'INPUT_INVALID',
    `strength ${strength} of ${steps} steps leaves none to take`,
    `Raise the strength or take at least ${Math.ceil(1 / strength)} steps.`,
  )
}
