/**
 * Reverse-mode differentiation: gradients are nodes of the same graph, made by the rules of the op records.
 * The walk keeps only nodes between the wanted values and the loss, and undoes broadcasting in one place.
 */
import { invariant } from '../../errors.ts'
import { constant, elements, type Node, reachable, sameShape, scoped, type Value } from './graph.ts'
import { add } from './ops/elementwise.ts'
import { reduceSum } from './ops/reduce.ts'
import { expand, reshape } from './ops/shape.ts'

/** Gives the node whose values a gradient rule reads in place of `node`'s: itself, or one that computes the same again. */
export type Replay = (node: Node, dy: readonly (Value | undefined)[]) => Node

/**
 * d(loss)/d(value) for each of `wanted`, in order.
 * @param loss a value of one element.
 * @param replay where the rules find the forward values, by default in the forward pass itself.
 * @returns values of the wanted shapes; a value that the loss does not depend on is a bug and throws.
 */
export function gradients(loss: Value, wanted: readonly Value[], replay: Replay = node => node): Value[] {
  invariant(elements(loss.shape) === 1, `the loss has shape [${loss.shape}]`)
  const nodes = reachable([loss])
  const active = activeValues(nodes, wanted)
  const known = new Map<Value, Value>()
  const seed = constant(loss.graph, [], Float32Array.of(1))
  known.set(loss, loss.shape.length === 0 ? seed : reshape(seed, loss.shape))
  for (const node of nodes.reverse()) walk(node, active, known, replay)
  return wanted.map(value => {
    const gradient = known.get(value)
    invariant(gradient, `the loss does not depend on ${value.name}`)
    return sameShape(gradient.shape, value.shape) ? gradient : expand(gradient, value.shape)
  })
}

/** The wanted values and everything computed from them: only these carry gradients. */
function activeValues(nodes: readonly Node[], wanted: readonly Value[]): Set<Value> {
  const active = new Set(wanted)
  for (const node of nodes) {
    if (node.inputs.some(value => active.has(value))) for (const output of node.outputs) active.add(output)
  }
  return active
}

function walk(node: Node, active: ReadonlySet<Value>, known: Map<Value, Value>, replay: Replay): void {
  const dy = node.outputs.map(output => known.get(output))
  const needs = node.inputs.map(value => active.has(value))
  if (!needs.includes(true) || dy.every(value => value === undefined)) return
  const { grad } = node.op
  invariant(grad, `op ${node.op.name} has no gradient rule, needed at ${node.name}`)
  const source = replay(node, dy)
  const parts = scoped(node.inputs[0]?.graph as Value['graph'], `grad/${node.name}`, () => grad(source, dy, needs))
  node.inputs.forEach((value, i) => {
    const part = parts[i]
    if (needs[i]) {
      invariant(part, `op ${node.op.name} gave no gradient for input ${i} at ${node.name}`)
      accumulate(known, value, part, node.name)
    }
  })
}

function accumulate(known: Map<Value, Value>, value: Value, part: Value, at: string): void {
  scoped(value.graph, `grad/${at}`, () => {
    const fitted = unbroadcast(part, value)
    const sum = known.get(value)
    known.set(value, sum ? add(sum, fitted) : fitted)
  })
}

/** Sums a gradient over the axes along which `value` was broadcast. */
function unbroadcast(gradient: Value, value: Value): Value {
  if (sameShape(gradient.shape, value.shape)) return gradient
  const lead = gradient.shape.length - value.shape.length
  const axes = gradient.shape.flatMap((n, i) => (i < lead || (value.shape[i - lead] === 1 && n > 1) ? [i] : []))
  return reshape(reduceSum(gradient, axes), value.shape)
}
