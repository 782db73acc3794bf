/** Classifier-free guidance (arXiv 2207.12598) of one row, and its rescaling (arXiv 2305.08891, section 3.4). */

import { invariant } from '../../errors.ts'
import type { Vector } from './scheduler.ts'

export interface Guidance {
  /** At 1 or below the row is not guided and needs no unconditional output. */
  readonly scale: number
  /** Share of the output whose spread is set back to that of the conditional one, 0 .. 1. */
  readonly rescale: number
}

/** Whether the row needs the network's unconditional output. */
export function isGuided(guidance: Guidance): boolean {
  return guidance.scale > 1
}

/** Sum of squared distances to the mean. */
function spread(values: Vector): number {
  let mean = 0
  for (const value of values) mean += value / values.length
  let sum = 0
  for (const value of values) sum += (value - mean) ** 2
  return sum
}

/** `unconditional + scale (conditional - unconditional)`, rescaled; the three have the length of the row. */
export function guide(guidance: Guidance, conditional: Vector, unconditional: Vector): Vector {
  invariant(
    conditional.length === unconditional.length,
    `guidance of ${conditional.length} and ${unconditional.length} elements`,
  )
  const out = conditional.slice()
  for (let i = 0; i < out.length; i++)
    out[i] = unconditional[i]! + guidance.scale * (conditional[i]! - unconditional[i]!)
  const spreadOut = guidance.rescale === 0 ? 0 : spread(out)
  if (spreadOut === 0) return out
  const factor = guidance.rescale * Math.sqrt(spread(conditional) / spreadOut) + 1 - guidance.rescale
  for (let i = 0; i < out.length; i++) out[i]! *= factor
  return out
}
