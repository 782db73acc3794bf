/** Applies one step of a plan to one row. */

import { invariant } from '../../errors.ts'
import type { Step, Vector } from './scheduler.ts'

/**
 * Moves `x` in place by `step` and returns the row's new history (see `Step` for the formula). Sums are in double
 * precision and rounded once. `output` and `noise` have the length of `x`; `noise` is needed where `step.move.noise`
 * is not 0.
 */
export function advance(
  step: Step,
  x: Vector,
  output: Vector,
  history: readonly Vector[],
  noise?: Vector,
): readonly Vector[] {
  const { remember, clip, move, keep } = step
  invariant(output.length === x.length, `a row of ${x.length} elements and an output of ${output.length}`)
  invariant(
    history.length >= move.history.length,
    `step needs ${move.history.length} past outputs, has ${history.length}`,
  )
  invariant(move.noise === 0 || noise?.length === x.length, 'step needs noise of the length of its row')
  const remembered = keep > 0 ? x.slice() : undefined
  for (let i = 0; i < x.length; i++) {
    const m = Math.min(clip, Math.max(-clip, remember.x * x[i]! + remember.output * output[i]!))
    let next = move.x * x[i]! + move.output * output[i]! + move.remembered * m
    for (let k = 0; k < move.history.length; k++) next += move.history[k]! * history[k]![i]!
    if (move.noise !== 0) next += move.noise * noise![i]!
    if (remembered) remembered[i] = m
    x[i] = next
  }
  return remembered ? [remembered, ...history.slice(0, keep - 1)] : []
}
