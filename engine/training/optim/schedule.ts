/**
 * Learning-rate schedules: pure functions from the optimizer step to a factor on the base learning rate.
 *
 * Mirrors diffusers `optimization.py`. Steps count from 0, so with a warm-up the first step has factor 0.
 */

import { AppError } from '../../../errors.ts'

export interface LearningRateOptions {
  /** Optimizer steps of the linear rise from 0 to 1. Default 0. */
  readonly warmup?: number
  /** Optimizer steps of the whole training, the warm-up included. */
  readonly total: number
  /** `cosine_with_restarts`: number of falls from 1 to 0. Default 1. */
  readonly cycles?: number
  /** `polynomial`: exponent of the fall. Default 1. */
  readonly power?: number
  /** `polynomial`: factor at and after `total`. Default 0. diffusers states it as a rate, `lr_end` = 1e-7. */
  readonly end?: number
}

export type LearningRateFactor = (step: number, options: LearningRateOptions) => number

/** Share of the time after the warm-up that is over, from 0; above 1 past the end. */
function progress(step: number, { warmup = 0, total }: LearningRateOptions): number {
  return (step - warmup) / Math.max(1, total - warmup)
}

function afterWarmup(factor: LearningRateFactor): LearningRateFactor {
  return (step, options) => (step < (options.warmup ?? 0) ? step / options.warmup! : factor(step, options))
}

/** The schedules by the name diffusers gives them. Past `total` each keeps its last value. */
export const LEARNING_RATES = {
  constant: () => 1,
  constant_with_warmup: afterWarmup(() => 1),
  linear: afterWarmup((step, options) => Math.max(0, 1 - progress(step, options))),
  // diffusers lets the cosine rise again past `total`; here it stays at 0.
  cosine: afterWarmup((step, options) => 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress(step, options))))),
  cosine_with_restarts: afterWarmup((step, options) => {
    const done = progress(step, options)
    return done >= 1 ? 0 : 0.5 * (1 + Math.cos(Math.PI * (((options.cycles ?? 1) * done) % 1)))
  }),
  polynomial: afterWarmup((step, options) => {
    const end = options.end ?? 0
    return (1 - end) * Math.max(0, 1 - progress(step, options)) ** (options.power ?? 1) + end
  }),
} as const satisfies Record<string, LearningRateFactor>

export type LearningRateName = keyof typeof LEARNING_RATES

/** The schedule of that name. Throws INPUT_INVALID naming the known ones. */
export function findLearningRate(name: string): LearningRateFactor {
  if (Object.hasOwn(LEARNING_RATES, name)) return LEARNING_RATES[name as LearningRateName]
  const known = Object.keys(LEARNING_RATES).join(', ')
  throw new AppError('INPUT_INVALID', `unknown learning-rate schedule "${name}"`, `Choose one of ${known}.`)
}
