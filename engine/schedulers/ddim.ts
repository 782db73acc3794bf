/** DDIM (Song et al., arXiv 2010.02502), as in diffusers `scheduling_ddim.py`. */

import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { NOISE_FIELDS, OFF, readConfig } from './config.ts'
import { noiseSchedule } from './noise-schedule.ts'
import { PREDICTIONS, type Prediction } from './prediction.ts'
import type { Scheduler, Step } from './scheduler.ts'
import { mixtureAt } from './sigmas.ts'
import { spacedTimesteps } from './spacing.ts'

const CLASS_NAME = 'DDIMScheduler'

const CONFIG = z.object({
  ...NOISE_FIELDS,
  clip_sample: z.boolean().default(true),
  clip_sample_range: z.number().positive().default(1),
  set_alpha_to_one: z.boolean().default(true),
  steps_offset: z.int().min(0).default(0),
  timestep_spacing: z.enum(['leading', 'trailing', 'linspace']).default('leading'),
  thresholding: OFF,
})

interface Move {
  readonly timestep: number
  /** abar at the timestep and at the one it moves to. */
  readonly from: number
  readonly to: number
  readonly eta: number
  readonly clip: number
}

/** Equations 12 and 16: the clean estimate and the noise estimate are mixed anew for the next timestep. */
function stepOf(prediction: Prediction, { timestep, from, to, eta, clip }: Move): Step {
  const [a, s] = [Math.sqrt(from), Math.sqrt(1 - from)]
  const fresh = eta * Math.sqrt(((1 - to) / (1 - from)) * (1 - from / to))
  const noise = prediction.noise(a, s)
  const direction = Math.sqrt(Math.max(0, 1 - to - fresh * fresh))
  return {
    timestep,
    inputScale: 1,
    remember: prediction.signal(a, s),
    clip,
    move: {
      x: direction * noise.x,
      output: direction * noise.output,
      remembered: Math.sqrt(to),
      history: [],
      noise: fresh,
    },
    keep: 0,
  }
}

export const ddim: Scheduler = {
  name: 'ddim',
  classNames: [CLASS_NAME],
  plan(raw, steps, { eta = 0, skip = 0 } = {}) {
    if (!(eta >= 0 && eta <= 1))
      throw new AppError('INPUT_INVALID', `eta is ${eta}; it must be from 0 to 1`, 'Use 0 for no fresh noise.')
    const config = readConfig(CLASS_NAME, CONFIG, raw)
    const { alphasCumprod, prediction } = noiseSchedule(raw)
    const { timestep_spacing: spacing, steps_offset: offset } = config
    const trainTimesteps = alphasCumprod.length
    // As in diffusers the interval is fixed, but for `trailing`: there a number of steps that does not divide the timesteps would leave each
    // row at a noise level that the next call does not have (13 of 1000: at 923, where 922 comes next).
    const interval = Math.floor(trainTimesteps / steps)
    const last = config.set_alpha_to_one ? 1 : alphasCumprod[0]!
    const nextOf = (place: number, timestep: number) =>
      spacing === 'trailing' ? (spaced[place + 1] ?? -1) : timestep - interval
    const spaced = spacedTimesteps({ spacing, trainTimesteps, steps, offset, surplus: 0 }).slice(skip)
    const moves = spaced.map((timestep, place) => ({
      timestep,
      from: alphasCumprod[timestep]!,
      to: alphasCumprod[nextOf(place, timestep)] ?? last,
      eta,
      clip: config.clip_sample ? config.clip_sample_range : Number.POSITIVE_INFINITY,
    }))
    return {
      scheduler: 'ddim',
      initialScale: 1,
      noised: mixtureAt(moves[0]?.from ?? 1),
      steps: moves.map(move => stepOf(PREDICTIONS[prediction], move)),
    }
  },
}
