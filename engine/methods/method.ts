/**
 * What a personalization method is to the rest of the engine: which layers it changes, how it starts, and its defaults.
 * A method is a value in its own file; the loops know none of its names.
 */
import type { z } from 'zod'
import type { Base } from '../base.ts'
import type { LowRankModule } from '../rows.ts'

/** Training settings a method proposes; the caller may override each. */
export interface MethodDefaults {
  readonly steps: number
  readonly learningRate: number
  readonly batch: number
  readonly weightDecay: number
}

/** The form in which every method serves: low-rank pairs with one scale. */
export interface AdapterPlan {
  readonly modules: readonly LowRankModule[]
  readonly scale: number
}

export interface Method<S extends z.ZodType = z.ZodType> {
  readonly name: string
  /** Options with their defaults; also what the command line and the manifest list. */
  readonly options: S
  /** Defaults for this base: they depend on its size. */
  defaults(base: Base): MethodDefaults
  /** The layers of this base that train. */
  plan(base: Base, options: z.output<S>): AdapterPlan
  /** Initial values of one tensor of the plan, `seed` and `index` (the tensor's place) being all they depend on. */
  initialize(
    tensor: { name: string; count: number; module: LowRankModule; side: 'down' | 'up' },
    seed: number,
    index: number,
  ): Float32Array
}
