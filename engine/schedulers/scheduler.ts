/**
 * The port of a sampling scheduler: it turns a scheduler config and a number of steps into a plan, and a plan is data.
 *
 * Every scheduler here is linear in what it sees, so a step is a record of coefficients that `advance` applies to one
 * row. A scheduler holds no state and knows nothing of batches, guidance or networks; a row (`rows.ts`) holds its own.
 */

import type { RawConfig } from './config.ts'

/** Elements of one row, in any shape. Latents are Float32Array; doubles serve exact checks. */
export type Vector = Float32Array | Float64Array

/**
 * One network call and the move that follows it. With x the row and o the network's output (guidance applied):
 *
 *     m  = clamp(remember.x * x + remember.output * o, -clip, clip)
 *     x' = move.x * x + move.output * o + move.remembered * m + sum_k move.history[k] * history[k] + move.noise * z
 *
 * `history` holds the m of earlier steps, the newest first; afterwards it is [m, ...history], cut to `keep` entries.
 */
export interface Step {
  /** What the network is told; not always whole. */
  readonly timestep: number
  /** The network sees x times this. */
  readonly inputScale: number
  readonly remember: { readonly x: number; readonly output: number }
  /** Infinity: m is not clamped. */
  readonly clip: number
  readonly move: {
    readonly x: number
    readonly output: number
    readonly remembered: number
    readonly history: readonly number[]
    readonly noise: number
  }
  readonly keep: number
}

/** A whole sampling run, shared by all rows that have the same config, scheduler and number of steps. */
export interface Plan {
  readonly scheduler: string
  /** A row starts as standard normal noise times this. */
  readonly initialScale: number
  /** An image x0 enters the first step as signal x0 + noise z, with z standard normal. */
  readonly noised: { readonly signal: number; readonly noise: number }
  /** One entry per network call; their number can exceed the steps asked for. */
  readonly steps: readonly Step[]
}

export interface PlanOptions {
  /** Share of fresh noise per step, 0 (none) to 1, for schedulers that take it. Default 0. */
  readonly eta?: number
  /** How many of the first timesteps are left out: a run that starts from an image is short of them. Default 0. */
  readonly skip?: number
}

export interface Scheduler {
  /** Short name, the key in the registry. */
  readonly name: string
  /** `_class_name`s of scheduler_config.json that mean this scheduler. */
  readonly classNames: readonly string[]
  /**
   * Keys absent from `config` take the defaults of this scheduler's diffusers class, whatever class wrote the config.
   * Throws MODEL_UNSUPPORTED for an option of that class that is not supported here, INPUT_INVALID for `steps` that the
   * schedule cannot give.
   */
  plan(config: RawConfig, steps: number, options?: PlanOptions): Plan
}
