/** Euler and Euler ancestral (Karras et al., arXiv 2206.00364, algorithm 2; k-diffusion), as in diffusers `scheduling_euler_*.py`. */

import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { NOISE_FIELDS, OFF, readConfig } from './config.ts'
import { noiseSchedule } from './noise-schedule.ts'
import { PREDICTIONS, type Prediction } from './prediction.ts'
import type { Scheduler, Step } from './scheduler.ts'
import { karrasSigmas, mixtureOf, noiseOf, sigmaAt, sigmaTable, timestepOf } from './sigmas.ts'
import { spacedTimesteps } from './spacing.ts'

const FIELDS = {
  ...NOISE_FIELDS,
  timestep_spacing: z.enum(['leading', 'trailing', 'linspace']).default('linspace'),
  steps_offset: z.int().min(0).default(0),
}
const PLAIN = z.object({
  ...FIELDS,
  use_karras_sigmas: z.boolean().nullish(),
  interpolation_type: z.literal('linear').default('linear'),
  final_sigmas_type: z.literal('zero').default('zero'),
  timestep_type: z.literal('discrete').default('discrete'),
  sigma_min: z.null().optional(),
  sigma_max: z.null().optional(),
  use_exponential_sigmas: OFF,
  use_beta_sigmas: OFF,
})
const ANCESTRAL = z.object({ ...FIELDS, use_karras_sigmas: z.undefined() }).omit({ use_karras_sigmas: true })

/** How far a step goes down, and how much fresh noise brings it up again to `next`. */
type Landing = (sigma: number, next: number) => { readonly down: number; readonly up: number }

const straight: Landing = (_, next) => ({ down: next, up: 0 })
const ancestral: Landing = (sigma, next) => {
  const up = Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2)
  return { down: Math.sqrt(next ** 2 - up ** 2), up }
}

/** x' = x + noise (down - sigma) + up z. */
function stepOf(prediction: Prediction, timestep: number, sigma: number, { down, up }: ReturnType<Landing>): Step {
  const noise = noiseOf(prediction, sigma)
  const gain = down - sigma
  return {
    timestep,
    inputScale: mixtureOf(sigma).a,
    remember: { x: 0, output: 0 },
    clip: Number.POSITIVE_INFINITY,
    move: { x: 1 + gain * noise.x, output: gain * noise.output, remembered: 0, history: [], noise: up },
    keep: 0,
  }
}

function createEuler(
  name: string,
  className: string,
  schema: typeof PLAIN | typeof ANCESTRAL,
  landing: Landing,
): Scheduler {
  return {
    name,
    classNames: [className],
    plan(raw, steps, { eta = 0, skip = 0 } = {}) {
      if (eta !== 0) throw new AppError('INPUT_INVALID', `eta ${eta} given, but ${name} takes none`, 'Leave eta at 0.')
      const config = readConfig<typeof PLAIN | typeof ANCESTRAL>(className, schema, raw)
      const { alphasCumprod, prediction } = noiseSchedule(raw)
      const table = sigmaTable(alphasCumprod)
      const { timestep_spacing: spacing, steps_offset: offset } = config
      const request = { spacing, trainTimesteps: table.length, steps, offset, surplus: 0, whole: false } as const
      const spaced = spacedTimesteps(request)
      const plain = spaced.map(timestep => sigmaAt(table, timestep))
      const karras = 'use_karras_sigmas' in config && config.use_karras_sigmas
      const sigmas = karras ? karrasSigmas(plain.at(-1)!, plain[0]!, steps) : plain
      const timesteps = (karras ? sigmas.map(sigma => timestepOf(table, sigma)) : spaced).slice(skip)
      const used = sigmas.slice(skip)
      const largest = Math.max(...sigmas)
      return {
        scheduler: name,
        initialScale: spacing === 'leading' ? Math.hypot(largest, 1) : largest,
        noised: { signal: 1, noise: used[0]! },
        steps: used.map((sigma, i) =>
          stepOf(PREDICTIONS[prediction], timesteps[i]!, sigma, landing(sigma, used[i + 1] ?? 0)),
        ),
      }
    },
  }
}

export const euler = createEuler('euler', 'EulerDiscreteScheduler', PLAIN, straight)
export const eulerAncestral = createEuler('euler-ancestral', 'EulerAncestralDiscreteScheduler', ANCESTRAL, ancestral)
