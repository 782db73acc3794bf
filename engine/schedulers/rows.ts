/**
 * A row: one image on its way from noise, with its own plan, place in it, history, guidance and seed.
 *
 * A batch is any set of rows at any place of any plan; rows join and leave it between steps without touching others.
 */

import { invariant } from '../../errors.ts'
import { normals, type Seed } from '../noise.ts'
import { type Guidance, guide, isGuided } from './guidance.ts'
import type { Plan, Step, Vector } from './scheduler.ts'
import { advance } from './step.ts'

/** Streams of a row's seed: 0 is its first noise, 1 + i the fresh noise of step i. */
const FIRST_STREAM = 0

export interface Row {
  readonly plan: Plan
  readonly seed: Seed
  readonly guidance: Guidance
  /** The next step to take. */
  readonly index: number
  /** The latent, changed in place by `stepRow`. */
  readonly x: Vector
  readonly history: readonly Vector[]
}

/**
 * A row of `count` elements at the start of its plan: noise, or the latent of an image `from` with noise on it. Throws
 * INPUT_INVALID for an impossible seed.
 */
export function startRow(plan: Plan, seed: Seed, guidance: Guidance, count: number, from?: Vector): Row {
  const noise = normals(seed, FIRST_STREAM, count)
  const { initialScale, noised } = plan
  invariant(!from || from.length === count, `a row of ${count} elements from an image of ${from?.length}`)
  const x = from
    ? noise.map((value, i) => noised.signal * from[i]! + noised.noise * value)
    : noise.map(value => value * initialScale)
  return { plan, seed, guidance, index: 0, x, history: [] }
}

/** Whether the row has taken all its steps. */
export function isDone(row: Row): boolean {
  return row.index >= row.plan.steps.length
}

function nextStep(row: Row): Step {
  const step = row.plan.steps[row.index]
  invariant(step, `step ${row.index} of a plan of ${row.plan.steps.length}`)
  return step
}

/** Writes what the network is to see of the row at `offset` of the batch `into`, and returns the row's timestep. */
export function writeInput(row: Row, into: Float32Array, offset: number): number {
  const { inputScale, timestep } = nextStep(row)
  for (let i = 0; i < row.x.length; i++) into[offset + i] = row.x[i]! * inputScale
  return timestep
}

/** The row after its next step. `unconditional` is needed when the row is guided; both have the row's length. */
export function stepRow(row: Row, conditional: Vector, unconditional?: Vector): Row {
  const step = nextStep(row)
  invariant(unconditional || !isGuided(row.guidance), 'a guided row needs an unconditional output')
  const output = isGuided(row.guidance) ? guide(row.guidance, conditional, unconditional!) : conditional
  const noise = step.move.noise === 0 ? undefined : normals(row.seed, FIRST_STREAM + 1 + row.index, row.x.length)
  return { ...row, index: row.index + 1, history: advance(step, row.x, output, row.history, noise) }
}
