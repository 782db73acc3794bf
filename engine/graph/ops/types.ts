/** What the op files share: broadcasting, dense ONNX emission, and records of one output. */
import { invariant } from '../../../errors.ts'
import type { Attrs, Emitter, Node, Op, Shape, Value } from '../graph.ts'

/** NumPy broadcasting of two shapes; fails when a pair of sides differs and neither is 1. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    invariant(x === y || x === 1 || y === 1, `shapes [${a}] and [${b}] do not broadcast`)
    return Math.max(x, y)
  })
}

/** The usual `build`: one ONNX node of `type` with the IR node's own inputs, outputs and (renamed) attributes. */
export function onnx<A extends Attrs>(type: string, options: { domain?: string; attrs?: (attrs: A) => Attrs } = {}) {
  return (node: Node<A>, emit: Emitter): void =>
    emit.node({
      type,
      domain: options.domain,
      inputs: node.inputs.map(value => value.name),
      outputs: node.outputs.map(value => value.name),
      attrs: options.attrs ? options.attrs(node.attrs) : {},
    })
}

export const MICROSOFT = 'com.microsoft'

/** The gradient of a node's first output, which the reverse walk guarantees for ops with one output. */
export function first(dy: readonly (Value | undefined)[]): Value {
  const [value] = dy
  invariant(value, 'gradient rule called without a gradient')
  return value
}

/** The i-th input of a node. */
export function at(node: { readonly inputs: readonly Value[] }, index: number): Value {
  const value = node.inputs[index]
  invariant(value, `node has no input ${index}`)
  return value
}

export const defineOp = <A extends Attrs>(op: Op<A>): Op<A> => op
export const side = (shape: Shape, axis: number): number => {
  const value = shape[axis < 0 ? shape.length + axis : axis]
  invariant(value !== undefined, `shape [${shape}] has no axis ${axis}`)
  return value
}
