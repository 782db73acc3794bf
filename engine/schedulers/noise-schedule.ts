/**
 * The noise schedule of a model: how much signal is left at each training timestep, and what training does with it.
 *
 * Betas and their products are rounded to single precision where diffusers rounds them: near t = 0, `1 - abar` is so
 * small that unrounded values would differ from its own by parts in 10^5.
 */

import { z } from 'zod'
import { AppError, invariant } from '../../errors.ts'
import { NOISE_FIELDS, type RawConfig, readConfig } from './config.ts'
import { PREDICTIONS, type PredictionType } from './prediction.ts'
import type { Vector } from './scheduler.ts'

export interface NoiseSchedule {
  /** abar_t for t = 0 .. T-1, falling; x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) e. */
  readonly alphasCumprod: Float64Array
  readonly prediction: PredictionType
}

const NOISE_CONFIG = z.object(NOISE_FIELDS)

type NoiseConfig = z.infer<typeof NOISE_CONFIG>

function evenly(start: number, end: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.fround(start + ((end - start) * i) / (count - 1)))
}

/** Share of signal of the cosine schedule (arXiv 2102.09672, equation 17) at time 0 .. 1. */
function cosineShare(time: number): number {
  return Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2
}

const BETAS: Readonly<Record<NoiseConfig['beta_schedule'], (config: NoiseConfig) => number[]>> = {
  linear: config => evenly(config.beta_start, config.beta_end, config.num_train_timesteps),
  scaled_linear: config =>
    evenly(Math.sqrt(config.beta_start), Math.sqrt(config.beta_end), config.num_train_timesteps).map(
      root => root * root,
    ),
  squaredcos_cap_v2: ({ num_train_timesteps: count }) =>
    Array.from({ length: count }, (_, i) => Math.min(1 - cosineShare((i + 1) / count) / cosineShare(i / count), 0.999)),
}

/** abar_t: products of 1 - beta, accumulated in double precision and stored in single, as torch does. */
function products(betas: readonly number[]): Float64Array {
  let product = 1
  return Float64Array.from(betas, beta => {
    product *= Math.fround(1 - Math.fround(beta))
    return Math.fround(product)
  })
}

/** Shifts and scales sqrt(abar) so that it ends at 0 and starts where it did (arXiv 2305.08891, algorithm 1). */
function endAtZero(alphasCumprod: Float64Array): Float64Array {
  const [first, last] = [Math.sqrt(alphasCumprod[0]!), Math.sqrt(alphasCumprod.at(-1)!)]
  const roots = alphasCumprod.map(value => ((Math.sqrt(value) - last) * first) / (first - last))
  return roots.map(root => root * root)
}

/**
 * The schedule in a scheduler_config.json, whatever class wrote it. Throws MODEL_UNSUPPORTED for a beta schedule or
 * prediction type that is not known, and for a zero-terminal-SNR schedule of a model that predicts noise.
 */
export function noiseSchedule(config: RawConfig): NoiseSchedule {
  const known = readConfig('the noise schedule', NOISE_CONFIG, config)
  const plain = products(known.trained_betas ?? BETAS[known.beta_schedule](known))
  if (!known.rescale_betas_zero_snr) return { alphasCumprod: plain, prediction: known.prediction_type }
  if (known.prediction_type !== 'v_prediction') {
    const message = `"rescale_betas_zero_snr" needs "prediction_type": "v_prediction", the config has "${known.prediction_type}"`
    throw new AppError('MODEL_UNSUPPORTED', message, 'Correct one of the two keys in scheduler_config.json.')
  }
  return { alphasCumprod: endAtZero(plain), prediction: known.prediction_type }
}

/** Weights of signal and noise at timestep t: sqrt(abar_t) and sqrt(1 - abar_t). */
export function mixture(
  schedule: NoiseSchedule,
  timestep: number,
): { readonly signal: number; readonly noise: number } {
  const share = schedule.alphasCumprod[timestep]
  invariant(share !== undefined, `timestep ${timestep} of a schedule of ${schedule.alphasCumprod.length}`)
  return { signal: Math.sqrt(share), noise: Math.sqrt(1 - share) }
}

function combine(a: number, x: Vector, b: number, y: Vector): Float32Array {
  invariant(x.length === y.length, `${x.length} elements of signal and ${y.length} of noise`)
  return Float32Array.from(x, (value, i) => a * value + b * y[i]!)
}

/** x_t of one row: `signal` and `noise` have the same length. */
export function addNoise(schedule: NoiseSchedule, timestep: number, signal: Vector, noise: Vector): Float32Array {
  const weights = mixture(schedule, timestep)
  return combine(weights.signal, signal, weights.noise, noise)
}

/** Weights of signal and noise in the training target at timestep t. */
export function targetWeights(
  schedule: NoiseSchedule,
  timestep: number,
): { readonly signal: number; readonly noise: number } {
  const { signal, noise } = mixture(schedule, timestep)
  return PREDICTIONS[schedule.prediction].target(signal, noise)
}

/** What the network should answer for one row: the noise, or v. */
export function trainingTarget(schedule: NoiseSchedule, timestep: number, signal: Vector, noise: Vector): Float32Array {
  const weights = targetWeights(schedule, timestep)
  return combine(weights.signal, signal, weights.noise, noise)
}

/** Signal-to-noise ratio abar_t / (1 - abar_t). */
export function signalToNoise(schedule: NoiseSchedule, timestep: number): number {
  const { signal, noise } = mixture(schedule, timestep)
  return (signal * signal) / (noise * noise)
}

/** Weight of a row's loss under Min-SNR-gamma (arXiv 2303.09556); gamma is usually 5. */
export function minSnrWeight(schedule: NoiseSchedule, timestep: number, gamma: number): number {
  return PREDICTIONS[schedule.prediction].minSnrWeight(signalToNoise(schedule, timestep), gamma)
}
