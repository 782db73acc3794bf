/** DPM-Solver++(2M) (Lu et al., arXiv 2211.01095, algorithm 2), as in diffusers `scheduling_dpmsolver_multistep.py`. */

import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { NOISE_FIELDS, OFF, readConfig } from './config.ts'
import { noiseSchedule } from './noise-schedule.ts'
import { PREDICTIONS, type Prediction } from './prediction.ts'
import type { Scheduler, Step } from './scheduler.ts'
import { karrasSigmas, mixtureOf, sigmaTable, timestepOf } from './sigmas.ts'
import { roundHalfEven, spacedTimesteps } from './spacing.ts'

const CLASS_NAME = 'DPMSolverMultistepScheduler'

const CONFIG = z.object({
  ...NOISE_FIELDS,
  solver_order: z.literal([1, 2]).default(2),
  // The last one or three are other classes' settings, which diffusers reads as the first.
  algorithm_type: z.literal(['dpmsolver++', 'deis']).default('dpmsolver++'),
  solver_type: z.literal(['midpoint', 'logrho', 'bh1', 'bh2']).default('midpoint'),
  lower_order_final: z.boolean().default(true),
  euler_at_final: z.boolean().default(false),
  final_sigmas_type: z.literal('zero').default('zero'),
  timestep_spacing: z.enum(['leading', 'trailing', 'linspace']).default('linspace'),
  steps_offset: z.int().min(0).default(0),
  lambda_min_clipped: z.literal('-Infinity').nullish(),
  variance_type: z.null().optional(),
  thresholding: OFF,
  use_karras_sigmas: z.boolean().nullish(),
  use_exponential_sigmas: OFF,
  use_beta_sigmas: OFF,
  use_lu_lambdas: OFF,
  use_flow_sigmas: OFF,
  use_dynamic_shifting: OFF,
})

/**
 * Lambda of the paper is -ln sigma. From sigma to next, where e^-h = next / sigma. First order: x' = (s'/s) x + a' (1 - e^-h) x0. Second order adds the
 * slope (x0 - previous x0) / 2r, with r the ratio of the last interval of lambda to this one (midpoint rule).
 */
function stepOf(prediction: Prediction, timestep: number, sigma: number, next: number, previous?: number): Step {
  const [{ a, s }, { a: aNext }] = [mixtureOf(sigma), mixtureOf(next)]
  const gain = aNext * (1 - next / sigma)
  const slope = previous === undefined ? 0 : Math.log(sigma / next) / Math.log(previous / sigma) / 2
  return {
    timestep,
    inputScale: 1,
    remember: prediction.signal(a, s),
    clip: Number.POSITIVE_INFINITY,
    move: {
      x: (next * aNext) / s,
      output: 0,
      remembered: gain * (1 + slope),
      history: previous === undefined ? [] : [-gain * slope],
      noise: 0,
    },
    keep: 1,
  }
}

/** The timesteps, and the sigmas with a last one of 0. */
function pointsOf(config: z.infer<typeof CONFIG>, table: Float64Array, steps: number) {
  const { timestep_spacing: spacing, steps_offset: offset } = config
  const spaced = spacedTimesteps({ spacing, trainTimesteps: table.length, steps, offset, surplus: 1 })
  if (!config.use_karras_sigmas) return { timesteps: spaced, sigmas: [...spaced.map(t => table[t]!), 0] }
  const sigmas = karrasSigmas(table[0]!, table.at(-1)!, steps)
  const exact = sigmas.map(sigma => timestepOf(table, sigma))
  const timesteps = config.beta_schedule === 'squaredcos_cap_v2' ? exact : exact.map(roundHalfEven)
  return { timesteps, sigmas: [...sigmas, 0] }
}

export const dpmSolver: Scheduler = {
  name: 'dpm++',
  classNames: [CLASS_NAME],
  plan(raw, steps, { eta = 0, skip = 0 } = {}) {
    if (eta !== 0)
      throw new AppError(
        'INPUT_INVALID',
        `eta ${eta} given, but dpm++ takes no fresh noise`,
        'Leave eta at 0, or use ddim.',
      )
    const config = readConfig(CLASS_NAME, CONFIG, raw)
    const { alphasCumprod, prediction } = noiseSchedule(raw)
    const points = pointsOf(config, sigmaTable(alphasCumprod), steps)
    const [timesteps, sigmas] = [points.timesteps.slice(skip), points.sigmas.slice(skip)]
    const { a, s } = mixtureOf(sigmas[0]!)
    return {
      scheduler: 'dpm++',
      initialScale: 1,
      noised: { signal: a, noise: s },
      steps: timesteps.map((timestep, i) => {
        // The last step ends at sigma 0 and is first order whatever lower_order_final and euler_at_final say; the rule
        // for fewer than 15 steps lowers an order of three only.
        const secondOrder = config.solver_order === 2 && i > 0 && i < timesteps.length - 1
        return stepOf(
          PREDICTIONS[prediction],
          timestep,
          sigmas[i]!,
          sigmas[i + 1]!,
          secondOrder ? sigmas[i - 1] : undefined,
        )
      }),
    }
  },
}
