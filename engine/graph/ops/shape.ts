/** Ops that move elements without computing: reshape, transpose, concat, split, slice, pad, expand, gather. */
import { invariant } from '../../../errors.ts'
import { apply, apply1, constant, elements, type Shape, sameShape, type Value } from '../graph.ts'
import { cast, equal } from './elementwise.ts'
import { matmul } from './linear.ts'
import { at, broadcast, defineOp, first, onnx, side } from './types.ts'

const names = (values: readonly Value[]): string[] => values.map(value => value.name)

export const RESHAPE = defineOp<{ shape: Shape }>({
  name: 'reshape',
  infer: (inputs, { shape }) => {
    const x = at({ inputs }, 0)
    invariant(elements(x.shape) === elements(shape), `[${x.shape}] cannot become [${shape}]`)
    return [{ dtype: x.dtype, shape }]
  },
  build: (node, emit) =>
    emit.node({
      type: 'Reshape',
      inputs: [at(node, 0).name, emit.ints(node.attrs.shape)],
      outputs: names(node.outputs),
    }),
  grad: (node, dy) => [reshape(first(dy), at(node, 0).shape)],
})

export const TRANSPOSE = defineOp<{ perm: Shape }>({
  name: 'transpose',
  infer: (inputs, { perm }) => {
    const x = at({ inputs }, 0)
    invariant(perm.length === x.shape.length, `permutation [${perm}] of rank ${x.shape.length}`)
    return [{ dtype: x.dtype, shape: perm.map(axis => side(x.shape, axis)) }]
  },
  build: onnx('Transpose', { attrs: ({ perm }) => ({ perm }) }),
  grad: (node, dy) => {
    const inverse = node.attrs.perm.map((_, i) => node.attrs.perm.indexOf(i))
    return [transpose(first(dy), inverse)]
  },
})

export const CONCAT = defineOp<{ axis: number }>({
  name: 'concat',
  infer: (inputs, { axis }) => {
    const x = at({ inputs }, 0)
    for (const value of inputs)
      invariant(
        value.shape.length === x.shape.length && value.shape.every((n, i) => i === axis || n === x.shape[i]),
        `concat on axis ${axis} of [${x.shape}] and [${value.shape}]`,
      )
    const total = inputs.reduce((sum, value) => sum + side(value.shape, axis), 0)
    return [{ dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? total : n)) }]
  },
  build: onnx('Concat', { attrs: ({ axis }) => ({ axis }) }),
  grad: (node, dy, needs) => {
    let start = 0
    return node.inputs.map((value, i) => {
      const from = start
      start += side(value.shape, node.attrs.axis)
      return needs[i] ? slice(first(dy), node.attrs.axis, from, start) : undefined
    })
  },
})

export const SPLIT = defineOp<{ axis: number; sizes: Shape }>({
  name: 'split',
  infer: (inputs, { axis, sizes }) => {
    const x = at({ inputs }, 0)
    invariant(sizes.reduce((a, b) => a + b, 0) === side(x.shape, axis), `split [${x.shape}] at ${axis} into [${sizes}]`)
    return sizes.map(size => ({ dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? size : n)) }))
  },
  build: (node, emit) =>
    emit.node({
      type: 'Split',
      inputs: [at(node, 0).name, emit.ints(node.attrs.sizes)],
      outputs: names(node.outputs),
      attrs: { axis: node.attrs.axis },
    }),
  grad: (node, dy) => [
    concat(
      node.outputs.map((value, i) => dy[i] ?? zeros(value)),
      node.attrs.axis,
    ),
  ],
})

export const SLICE = defineOp<{ axis: number; start: number; end: number; step: number }>({
  name: 'slice',
  infer: (inputs, { axis, start, end, step }) => {
    const x = at({ inputs }, 0)
    invariant(
      start >= 0 && start < end && end <= side(x.shape, axis),
      `slice ${start}:${end} at ${axis} of [${x.shape}]`,
    )
    const size = Math.ceil((end - start) / step)
    return [{ dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? size : n)) }]
  },
  build: (node, emit) => {
    const { axis, start, end, step } = node.attrs
    emit.node({
      type: 'Slice',
      inputs: [at(node, 0).name, ...[start, end, axis, step].map(value => emit.ints([value]))],
      outputs: names(node.outputs),
    })
  },
  grad: (node, dy) => {
    const { axis, start, end, step } = node.attrs
    invariant(step === 1, `slice with step ${step} has no gradient`)
    const x = at(node, 0)
    const before = x.shape.map((_, i) => (i === axis ? start : 0))
    const after = x.shape.map((n, i) => (i === axis ? n - end : 0))
    return [pad(first(dy), before, after)]
  },
})

export const PAD = defineOp<{ before: Shape; after: Shape }>({
  name: 'pad',
  infer: (inputs, { before, after }) => {
    const x = at({ inputs }, 0)
    return [{ dtype: x.dtype, shape: x.shape.map((n, i) => n + (before[i] ?? 0) + (after[i] ?? 0)) }]
  },
  build: (node, emit) =>
    emit.node({
      type: 'Pad',
      inputs: [at(node, 0).name, emit.ints([...node.attrs.before, ...node.attrs.after])],
      outputs: names(node.outputs),
    }),
  grad: (node, dy) => {
    const { before } = node.attrs
    return [at(node, 0).shape.reduce((x, n, i) => slice(x, i, before[i] ?? 0, (before[i] ?? 0) + n), first(dy))]
  },
})

/** Broadcasts to a shape; the reverse walk sums the gradient back. */
export const EXPAND = defineOp<{ shape: Shape }>({
  name: 'expand',
  infer: (inputs, { shape }) => {
    const x = at({ inputs }, 0)
    invariant(sameShape(broadcast(x.shape, shape), shape), `[${x.shape}] does not expand to [${shape}]`)
    return [{ dtype: x.dtype, shape }]
  },
  build: (node, emit) =>
    emit.node({
      type: 'Expand',
      inputs: [at(node, 0).name, emit.ints(node.attrs.shape)],
      outputs: names(node.outputs),
    }),
  grad: (_node, dy) => [first(dy)],
})

/** Rows of a table `[V, h]` by ids of any shape. The table's gradient is a product with the one-hot rows. */
export const GATHER = defineOp<Record<never, never>>({
  name: 'gather',
  infer: inputs => {
    const [table, ids] = [at({ inputs }, 0), at({ inputs }, 1)]
    return [{ dtype: table.dtype, shape: [...ids.shape, ...table.shape.slice(1)] }]
  },
  build: onnx('Gather', { attrs: () => ({ axis: 0 }) }),
  grad: (node, dy) => {
    const [table, ids] = [at(node, 0), at(node, 1)]
    const rows = side(table.shape, 0)
    const count = elements(ids.shape)
    const range = constant(
      table.graph,
      [1, rows],
      BigInt64Array.from({ length: rows }, (_, i) => BigInt(i)),
    )
    const oneHot = cast(equal(reshape(ids, [count, 1]), range), 'float32')
    return [matmul(oneHot, reshape(first(dy), [count, elements(table.shape) / rows]), { transA: true }), undefined]
  },
})

export function reshape(x: Value, shape: Shape): Value {
  return sameShape(x.shape, shape) ? x : apply1(RESHAPE, [x], { shape })
}
export const transpose = (x: Value, perm: Shape): Value => apply1(TRANSPOSE, [x], { perm })
export const concat = (values: readonly Value[], axis: number): Value => apply1(CONCAT, values, { axis })
export const split = (x: Value, axis: number, sizes: Shape): readonly Value[] => apply(SPLIT, [x], { axis, sizes })
export function slice(x: Value, axis: number, start: number, end: number, step = 1): Value {
  if (start === 0 && end === side(x.shape, axis) && step === 1) return x
  return apply1(SLICE, [x], { axis, start, end, step })
}
export function pad(x: Value, before: Shape, after: Shape): Value {
  return [...before, ...after].every(n => n === 0) ? x : apply1(PAD, [x], { before, after })
}
export const expand = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply1(EXPAND, [x], { shape })
export const gather = (table: Value, ids: Value): Value => apply1(GATHER, [table, ids], {})
export const zeros = (like: Value): Value => expand(constant(like.graph, [], Float32Array.of(0)), like.shape)
