/** Reads scheduler_config.json: defaults of the class that is to use it, and a plain refusal of what is not supported. */

import { z } from 'zod'
import { AppError } from '../../errors.ts'

/** A scheduler_config.json as parsed. */
export type RawConfig = Readonly<Record<string, unknown>>

/** The keys every scheduler class shares, with the defaults of most; `readProcess` fills in those of the others. */
export const NOISE_FIELDS = {
  num_train_timesteps: z.int().min(2).default(1000),
  beta_start: z.number().positive().default(0.0001),
  beta_end: z.number().positive().lt(1).default(0.02),
  beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
  trained_betas: z.array(z.number()).min(2).nullish(),
  prediction_type: z.enum(['epsilon', 'v_prediction']).default('epsilon'),
  rescale_betas_zero_snr: z.boolean().default(false),
}

/** A switch that must be off, or absent. */
export const OFF = z.literal(false).nullish()

/**
 * The config as `schema` has it. As in diffusers, keys absent take the default of the class `className`, and keys of
 * other classes are left aside. Throws MODEL_UNSUPPORTED naming the key, its value and what it may be.
 */
export function readConfig<T extends z.ZodType>(className: string, schema: T, config: RawConfig): z.infer<T> {
  const result = schema.safeParse(config)
  if (result.success) return result.data
  const refused = result.error.issues.map(issue => {
    const value = JSON.stringify(config[String(issue.path[0])])
    const allowed =
      issue.code === 'invalid_value' ? `only ${issue.values.map(v => JSON.stringify(v)).join(', ')}` : issue.message
    return `"${issue.path.join('.')}" is ${value} (${allowed})`
  })
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `the scheduler config is not supported for ${className}: ${refused.join('; ')}`,
    'Choose another scheduler, or change these keys in scheduler_config.json.',
  )
}
