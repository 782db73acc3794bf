/**
 * Which noise process a scheduler_config.json describes: its class decides, and each of its keys is read, without effect, or
 * refused by name. Classes and keys are those of diffusers 0.42.
 */
import { AppError } from '../../errors.ts'
import type { RawConfig } from './config.ts'

/** The process that all samplers here share: noise added by betas, at whole timesteps. */
type BetaDefaults = Readonly<Partial<Record<'beta_start' | 'beta_end' | 'beta_schedule', number | string>>>

/** What a class's `__init__` takes for absent keys, where it is not what most classes take. */
const KARRAS_BETAS: BetaDefaults = { beta_start: 0.00085, beta_end: 0.012 }

const BETA_CLASSES: Readonly<Record<string, BetaDefaults>> = {
  DDIMParallelScheduler: {},
  DDIMScheduler: {},
  DDPMParallelScheduler: {},
  DDPMScheduler: {},
  DEISMultistepScheduler: {},
  DPMSolverMultistepScheduler: {},
  DPMSolverSDEScheduler: KARRAS_BETAS,
  DPMSolverSinglestepScheduler: {},
  EulerAncestralDiscreteScheduler: {},
  EulerDiscreteScheduler: {},
  HeunDiscreteScheduler: KARRAS_BETAS,
  KDPM2AncestralDiscreteScheduler: KARRAS_BETAS,
  KDPM2DiscreteScheduler: KARRAS_BETAS,
  LMSDiscreteScheduler: {},
  PNDMScheduler: {},
  SASolverScheduler: {},
  UniPCMultistepScheduler: {},
}

/** The first match counts. */
const OTHER_PROCESSES: readonly (readonly [RegExp, string])[] = [
  [/FlowM|Flow|Piflow|RF|Helios/, 'its model was trained by flow matching, not to remove noise that betas added'],
  [/^EDM|^Cosine|^KarrasVe|^ScoreSde|^IPNDM/, 'its noise is continuous in sigma, not a table of betas'],
  [/^LCM|^TCD|^CMStochastic|^SCM/, 'its model is a consistency model, which jumps to the image in a few steps'],
  [/Inverse/, 'it turns an image into noise'],
  [/^CogVideoX/, 'it shifts the signal-to-noise ratio for videos'],
  [/^UnCLIP|Wuerstchen/, 'it belongs to a prior or a cascade of models'],
  [/^RePaint/, 'it fills in masked parts of an image'],
]

/** `process`: read for drawing and training. `sampler`: read by the samplers that have it. `unused`: without effect here. */
type Treatment = 'process' | 'sampler' | 'unused' | { readonly only: readonly unknown[]; readonly else: string }

const only = (reason: string, ...values: unknown[]): Treatment => ({ only: [...values, null, undefined], else: reason })

/** Every key of the classes above. */
export const SCHEDULER_KEYS: Readonly<Record<string, Treatment>> = {
  num_train_timesteps: 'process',
  beta_start: 'process',
  beta_end: 'process',
  beta_schedule: 'process',
  trained_betas: 'process',
  prediction_type: 'process',
  rescale_betas_zero_snr: 'process',
  timestep_spacing: 'sampler',
  steps_offset: 'sampler',
  set_alpha_to_one: 'sampler',
  clip_sample: 'sampler',
  clip_sample_range: 'sampler',
  thresholding: 'sampler',
  skip_prk_steps: 'sampler',
  solver_order: 'sampler',
  algorithm_type: 'sampler',
  solver_type: 'sampler',
  final_sigmas_type: 'sampler',
  lambda_min_clipped: 'sampler',
  interpolation_type: 'sampler',
  use_karras_sigmas: 'sampler',
  use_exponential_sigmas: 'sampler',
  use_beta_sigmas: 'sampler',
  use_lu_lambdas: 'sampler',
  use_flow_sigmas: only('the model was trained by flow matching', false),
  use_dynamic_shifting: only('the noise is shifted by the size of the image', false),
  timestep_type: only('the model is told the noise as a continuous number', 'discrete'),
  sigma_min: only('the noise does not end where the betas end'),
  sigma_max: only('the noise does not begin where the betas end'),
  variance_type: only(
    'the model predicts a variance',
    'fixed_small',
    'fixed_small_log',
    'fixed_large',
    'fixed_large_log',
  ),
  // Read by diffusers only beside a key that is refused above or by the samplers.
  flow_shift: 'unused',
  time_shift_type: 'unused',
  shift_terminal: 'unused',
  // The last step is of first order anyway, where the sigmas end at 0 and the order is 2 at most.
  lower_order_final: 'unused',
  euler_at_final: 'unused',
  dynamic_thresholding_ratio: 'unused',
  sample_max_value: 'unused',
  // Of samplers that are not here: another one draws, of the same process.
  predict_x0: 'unused',
  disable_corrector: 'unused',
  solver_p: 'unused',
  predictor_order: 'unused',
  corrector_order: 'unused',
  tau_func: 'unused',
  noise_sampler_seed: 'unused',
}

const NEXT = 'Use a model whose scheduler adds noise by betas, such as Stable Diffusion 1.x, 2.x or XL.'

/** Why models of this scheduler class are not loaded, or undefined for those that are. */
export function reasonAgainstProcess(className: string): string | undefined {
  if (Object.hasOwn(BETA_CLASSES, className)) return undefined
  const reason = OTHER_PROCESSES.find(([pattern]) => pattern.test(className))?.[1]
  return reason ?? 'this engine does not know which noise its model was trained to remove'
}

/** Whether the key with this value is read, without effect or refused; undefined for a key that no class has. */
export function treatmentOf(key: string, value: unknown): 'read' | 'unused' | 'refused' | undefined {
  const treatment = Object.hasOwn(SCHEDULER_KEYS, key) ? SCHEDULER_KEYS[key] : undefined
  if (treatment === undefined) return key.startsWith('_') ? 'unused' : undefined
  if (typeof treatment === 'object') return treatment.only.includes(value) ? 'unused' : 'refused'
  return treatment === 'unused' ? 'unused' : 'read'
}

/**
 * The config with the class's own defaults for the keys of the process, so that any sampler sees the process that the model was
 * trained with.
 * @param named the class in model_index.json, which is the one that diffusers loads; default that of the config
 * @throws AppError MODEL_UNSUPPORTED naming the class or every key that asks for another process
 */
export function readProcess(config: RawConfig, named?: string): RawConfig {
  if (named !== undefined && named !== config._class_name) {
    const reason = reasonAgainstProcess(named)
    if (reason !== undefined)
      throw new AppError('MODEL_UNSUPPORTED', `model_index.json names the scheduler ${named}: ${reason}`, NEXT)
    readProcess(config)
    return readProcess({ ...config, _class_name: named })
  }
  const className = String(config._class_name)
  const reason = reasonAgainstProcess(className)
  if (reason !== undefined)
    throw new AppError('MODEL_UNSUPPORTED', `scheduler_config.json is of the class ${className}: ${reason}`, NEXT)
  const refused = Object.entries(config).flatMap(([key, value]) => {
    const treatment = treatmentOf(key, value)
    if (treatment === 'refused') return [`"${key}" is ${JSON.stringify(value)} (${elseOf(key)})`]
    const isSet = value !== null && value !== false
    return treatment === undefined && isSet ? [`"${key}" is ${JSON.stringify(value)} (a key that is not known)`] : []
  })
  if (refused.length === 0) return { ...BETA_CLASSES[className], ...config }
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `scheduler_config.json (${className}) asks for what this engine does not do: ${refused.join('; ')}`,
    NEXT,
  )
}

function elseOf(key: string): string {
  const treatment = SCHEDULER_KEYS[key]
  return typeof treatment === 'object' ? treatment.else : ''
}
