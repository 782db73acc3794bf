/** PNDM without Runge-Kutta steps, which is PLMS (Liu et al., arXiv 2202.09778), as in diffusers `scheduling_pndm.py`. */

import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { NOISE_FIELDS, OFF, readConfig } from './config.ts'
import { noiseSchedule } from './noise-schedule.ts'
import { PREDICTIONS, type Prediction } from './prediction.ts'
import type { Scheduler, Step } from './scheduler.ts'
import { mixtureAt } from './sigmas.ts'
import { spacedTimesteps } from './spacing.ts'

const CLASS_NAME = 'PNDMScheduler'

const CONFIG = z.object({
  ...NOISE_FIELDS,
  // The move divides by abar, which would be 0 at the first timestep.
  rescale_betas_zero_snr: OFF,
  skip_prk_steps: z.literal(true),
  set_alpha_to_one: z.boolean().default(false),
  steps_offset: z.int().min(0).default(0),
  timestep_spacing: z.enum(['leading', 'trailing', 'linspace']).default('leading'),
})

/**
 * Weights of the newest output and of the remembered ones, newest first, by call. The second call only improves the
 * first move (`repeat`); its output stays in the history with weight 0 until it is dropped.
 */
const WEIGHTS: readonly (readonly number[])[] = [
  [1],
  [],
  [3 / 2, 0, -1 / 2],
  [23 / 12, -16 / 12, 0, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, 0, -9 / 24],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
]
const KEPT = 4

interface Transfer {
  readonly x: number
  readonly output: number
}

/** From abar to next (equation 9), the output being turned into noise after it was averaged. */
function transfer(prediction: Prediction, from: number, to: number): Transfer {
  const [a, s] = [Math.sqrt(from), Math.sqrt(1 - from)]
  const noise = prediction.noise(a, s)
  const gain = -(to - from) / (from * Math.sqrt(1 - to) + Math.sqrt(from * (1 - from) * to))
  return { x: Math.sqrt(to / from) + gain * noise.x, output: gain * noise.output }
}

/**
 * The second call takes the first interval again from its start, with the mean of both outputs: x0 is what the first
 * move made of it, undone.
 */
function repeat(first: Transfer, second: Transfer): Transfer & { readonly history: readonly number[] } {
  const x = second.x / first.x
  return { x, output: second.output / 2, history: [second.output / 2 - x * first.output] }
}

const stepOf = (timestep: number, move: Transfer & { readonly history: readonly number[] }): Step => ({
  timestep,
  inputScale: 1,
  remember: { x: 0, output: 1 },
  clip: Number.POSITIVE_INFINITY,
  move: { ...move, remembered: 0, noise: 0 },
  keep: KEPT,
})

export const pndm: Scheduler = {
  name: 'pndm',
  classNames: [CLASS_NAME],
  plan(raw, steps, { eta = 0, skip = 0 } = {}) {
    if (eta !== 0)
      throw new AppError('INPUT_INVALID', `eta ${eta} given, but pndm takes no fresh noise`, 'Leave eta at 0.')
    // A config of this class without the key means Runge-Kutta steps; one of another class says nothing of them.
    const own = raw._class_name === CLASS_NAME ? raw : { skip_prk_steps: true, ...raw }
    const config = readConfig(CLASS_NAME, CONFIG, own)
    const { alphasCumprod, prediction } = noiseSchedule(raw)
    const { timestep_spacing: spacing, steps_offset: offset } = config
    const trainTimesteps = alphasCumprod.length
    const interval = Math.floor(trainTimesteps / steps)
    const last = config.set_alpha_to_one ? 1 : alphasCumprod[0]!
    // A run that starts later repeats its own first move; diffusers then loses its place in the list.
    const spaced = spacedTimesteps({ spacing, trainTimesteps, steps, offset, surplus: 0 }).slice(skip)
    const timesteps = [...spaced.slice(0, 2), ...spaced.slice(1)]
    const transferFrom = (start: number): Transfer =>
      transfer(PREDICTIONS[prediction], alphasCumprod[start]!, alphasCumprod[start - interval] ?? last)
    const moves = timesteps.map((timestep, call) => {
      if (call === 1) return repeat(transferFrom(timesteps[0]!), transferFrom(timestep + interval))
      const { x, output } = transferFrom(timestep)
      const [newest = 1, ...history] = (WEIGHTS[call] ?? WEIGHTS.at(-1)!).map(weight => weight * output)
      return { x, output: newest, history }
    })
    return {
      scheduler: 'pndm',
      initialScale: 1,
      noised: mixtureAt(alphasCumprod[spaced[0]!]!),
      steps: moves.map((move, call) => stepOf(timesteps[call]!, move)),
    }
  },
}
