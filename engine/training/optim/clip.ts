/** Global-norm clipping of gradients, per independent row of the layout. */
import { createGraph, elements, type Graph, input, type Value } from '../../graph/graph.ts'
import { encode, type Model } from '../../graph/onnx.ts'
import * as op from '../../graph/ops/index.ts'
import { type Layout, rowCount } from '../../runtime/layout.ts'

/** As torch's clip_grad_norm_. */
const EPSILON = 1e-6

/** Inputs: every gradient by its slot's name, and the scalar `limit`. Outputs `[rows]`: `norm`, and what to multiply by, `factor`. */
export function buildNorm(layout: Layout): Model {
  const graph = createGraph()
  const limit = input(graph, 'limit', 'float32', [])
  const rows = rowCount(layout)
  const squares = gradientsOf(graph, layout).map(gradient => {
    const flat = op.reshape(gradient, [rows, elements(gradient.shape) / rows])
    return op.reduceSum(op.mul(flat, flat), [1])
  })
  const norm = op.sqrt(balancedSum(squares))
  return encode({ norm, factor: op.min(op.div(limit, op.add(norm, EPSILON)), 1) })
}

/** Inputs: every gradient and `factor` `[rows]`. Outputs: `<slot>_clipped`, which may be the memory of the input. */
export function buildScale(layout: Layout): Model {
  const graph = createGraph()
  const rows = rowCount(layout)
  const factor = input(graph, 'factor', 'float32', [rows])
  const outputs = gradientsOf(graph, layout).map(gradient => {
    const wide = op.reshape(factor, [rows, ...gradient.shape.slice(1).map(() => 1)])
    return [`${gradient.name}_clipped`, op.mul(gradient, wide)] as const
  })
  return encode(Object.fromEntries(outputs))
}

const gradientsOf = (graph: Graph, { slots }: Layout): Value[] =>
  slots.map(({ name, shape }) => input(graph, name, 'float32', shape))

/** Pairwise sums keep the rounding error small and the same for every count of modules. */
function balancedSum(values: readonly Value[]): Value {
  if (values.length === 1) return values[0] as Value
  const middle = Math.ceil(values.length / 2)
  return op.add(balancedSum(values.slice(0, middle)), balancedSum(values.slice(middle)))
}
