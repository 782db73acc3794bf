/** Every sampler step by step against recorded runs of diffusers' schedulers with a fixed model. */
import { findScheduler } from '../../engine/schedulers/index.ts'
import type { Plan, Vector } from '../../engine/schedulers/scheduler.ts'
import { advance } from '../../engine/schedulers/step.ts'

/** One run of tools/goldens/schedulers.py. */
export interface Trajectory {
  readonly scheduler: string
  readonly config: Readonly<Record<string, unknown>>
  readonly steps: number
  readonly eta: number
  readonly initialScale: number
  readonly timesteps: readonly number[]
  readonly states: readonly (readonly number[])[]
}

/** Largest difference over the range of the expected values, or of a wider `scale`. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[], scale = expected): number {
  const range = Math.max(...scale) - Math.min(...scale)
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value))) / range
}

function fixed(count: number, shift: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 1.5 * Math.sin(1.7 * i + shift))
}

/** The states of a run with the goldens' model, 0.5 sin x + t / 1000. */
function sample(plan: Plan, count: number): Float32Array[] {
  const x = fixed(count, 0.3).map(value => value * plan.initialScale)
  let history: readonly Vector[] = []
  return plan.steps.map((step, i) => {
    const output = x.map(value => 0.5 * Math.sin(value * step.inputScale) + step.timestep / 1000)
    history = advance(step, x, output, history, fixed(count, i))
    return x.slice()
  })
}

export function planOf({ scheduler, config, steps, eta }: Trajectory): Plan {
  return findScheduler(scheduler).plan(config, steps, eta > 0 ? { eta } : {})
}

/**
 * The worst state of a run. Errors count over the range of the whole run: clamped states lie so close together that single
 * precision alone costs diffusers 3e-6 of their own range.
 */
export function trajectoryError(golden: Trajectory): number {
  const count = golden.states[0]!.length
  const scale = [...fixed(count, 0.3), ...golden.states.flat()]
  const errors = sample(planOf(golden), count).map((x, i) => relativeError(x, golden.states[i]!, scale))
  return errors.length === golden.states.length ? Math.max(...errors) : Number.POSITIVE_INFINITY
}
