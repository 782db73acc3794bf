/** Reductions and softmax. */
import { invariant } from '../../../errors.ts'
import { apply1, type Shape, type Value } from '../graph.ts'
import { mul, sub } from './elementwise.ts'
import { expand, reshape } from './shape.ts'
import { at, defineOp, first, onnx, side } from './types.ts'

const keepDims = (shape: Shape, axes: Shape): Shape => shape.map((n, i) => (axes.includes(i) ? 1 : n))

/** Sum over `axes`; `keep` leaves sides of 1. */
export const REDUCE_SUM = defineOp<{ axes: Shape; keep: number }>({
  name: 'reduceSum',
  infer: (inputs, { axes, keep }) => {
    const x = at({ inputs }, 0)
    invariant(
      axes.every(axis => axis >= 0 && axis < x.shape.length),
      `axes [${axes}] of [${x.shape}]`,
    )
    const shape = keep ? keepDims(x.shape, axes) : x.shape.filter((_, i) => !axes.includes(i))
    return [{ dtype: x.dtype, shape }]
  },
  build: (node, emit) =>
    emit.node({
      type: 'ReduceSum',
      inputs: [at(node, 0).name, emit.ints(node.attrs.axes)],
      outputs: node.outputs.map(value => value.name),
      attrs: { keepdims: node.attrs.keep },
    }),
  grad: (node, dy) => {
    const { shape } = at(node, 0)
    return [expand(reshape(first(dy), keepDims(shape, node.attrs.axes)), shape)]
  },
})

/** Softmax over the last axis. */
export const SOFTMAX = defineOp<Record<never, never>>({
  name: 'softmax',
  infer: inputs => [{ dtype: at({ inputs }, 0).dtype, shape: at({ inputs }, 0).shape }],
  build: onnx('Softmax', { attrs: () => ({ axis: -1 }) }),
  grad: (node, dy) => {
    const y = at({ inputs: node.outputs }, 0)
    const product = mul(first(dy), y)
    return [sub(product, mul(y, reduceSum(product, [y.shape.length - 1], true)))]
  },
})

export function reduceSum(x: Value, axes: Shape, keep = false): Value {
  return axes.length === 0 ? x : apply1(REDUCE_SUM, [x], { axes, keep: keep ? 1 : 0 })
}
export function reduceMean(x: Value, axes: Shape, keep = false): Value {
  const count = axes.reduce((product, axis) => product * side(x.shape, axis), 1)
  return mul(reduceSum(x, axes, keep), 1 / count)
}
export const softmax = (x: Value): Value => apply1(SOFTMAX, [x], {})
