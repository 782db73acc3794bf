/** Global-norm clipping of gradients, in place and per independent row of the layout. */
import { createGraph, elements, input, type Value } from '../graph.ts'
import type { Layout } from '../layout.ts'
import { encode, type Model } from '../onnx.ts'
import * as op from '../ops/index.ts'

/** As torch's clip_grad_norm_. */
const EPSILON = 1e-6

/**
 * Inputs: every gradient by its slot's name, and the scalar `limit`. Outputs: `norm` (`[rows]`, or `[1]`) before clipping
 * and `<slot>_clipped`, which may be the memory of the input: all norms are taken before the first product.
 */
export function buildClip(layout: Layout): Model {
  const graph = createGraph()
  const limit = input(graph, 'limit', 'float32', [])
  const rows = layout.rowAxes === 1 ? (layout.slots[0]?.shape[0] ?? 1) : 1
  const gradients = layout.slots.map(slot => input(graph, slot.name, 'float32', slot.shape))
  const squares = gradients.map(gradient => {
    const flat = op.reshape(gradient, [rows, elements(gradient.shape) / rows])
    return op.reduceSum(op.mul(flat, flat), [1])
  })
  const norm = op.sqrt(balancedSum(squares))
  const factor = op.min(op.div(limit, op.add(norm, EPSILON)), 1)
  const outputs: Record<string, Value> = { norm }
  gradients.forEach((gradient, i) => {
    const wide = op.reshape(factor, layout.rowAxes ? [rows, ...gradient.shape.slice(1).map(() => 1)] : [1])
    outputs[`${layout.slots[i]?.name}_clipped`] = op.mul(gradient, wide)
  })
  return encode(outputs, key => {
    throw new Error(`internal error: clip graph asks for parameter ${key}`)
  })
}

/** Pairwise sums keep the rounding error small and the same for every count of modules. */
function balancedSum(values: readonly Value[]): Value {
  if (values.length === 1) return values[0] as Value
  const middle = Math.ceil(values.length / 2)
  return op.add(balancedSum(values.slice(0, middle)), balancedSum(values.slice(middle)))
}
