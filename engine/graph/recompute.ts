/**
 * Recomputation (gradient checkpointing, arXiv 1604.06174): the values inside a segment are not kept for the backward
 * pass, which computes them again from the segment's inputs when it gets there. Same operations on the same numbers: the
 * gradients are the plain ones, bit for bit.
 */
import type { Replay } from './grad.ts'
import { apply, type Node, reachable, scoped, type Value } from './graph.ts'
import { after, signal } from './ops/order.ts'

/** How the gradients of `loss` find the values of marked segments: in copies that wait for the gradient that needs them. */
export function recompute(loss: Value): Replay {
  const kept = boundary(loss)
  const parts = new Map<number, Part>()
  return (node, dy) => {
    const { segment } = node
    if (segment === undefined) return node
    const part = parts.get(segment) ?? openPart(dy.find(value => value !== undefined) as Value, kept)
    parts.set(segment, part)
    return part.copyOf(node)
  }
}

/** What is read outside of the segment that makes it: kept from the forward pass. */
function boundary(loss: Value): ReadonlySet<Value> {
  const kept = new Set([loss])
  for (const node of reachable([loss]))
    for (const value of node.inputs)
      if (value.source.kind === 'node' && value.source.node.segment !== node.segment) kept.add(value)
  return kept
}

interface Part {
  copyOf(node: Node): Node
}

/**
 * The copy of one segment. All that enters it waits for `incoming`, the first gradient that reaches the segment: without
 * that the copies could run in the forward pass, or be merged with the originals as common subexpressions.
 */
function openPart(incoming: Value, kept: ReadonlySet<Value>): Part {
  const { graph } = incoming
  const ready = scoped(graph, 'again', () => signal(incoming))
  const copies = new Map<Node, Node>()
  const entries = new Map<Value, Value>()
  const enter = (value: Value): Value => {
    const entry = entries.get(value) ?? after(value, ready)
    entries.set(value, entry)
    return entry
  }
  const read = (value: Value, segment: number | undefined): Value => {
    const { source } = value
    if (source.kind === 'parameter' || source.kind === 'constant') return value
    if (source.kind === 'input' || source.node.segment !== segment || kept.has(value)) return enter(value)
    return copyOf(source.node).outputs[source.index] as Value
  }
  const copyOf = (node: Node): Node => {
    const known = copies.get(node)
    if (known) return known
    const inputs = node.inputs.map(value => read(value, node.segment))
    const outputs = scoped(graph, `again/${node.name}`, () => apply(node.op, inputs, node.attrs))
    const copy = { ...node, inputs, outputs: node.outputs.map((value, i) => (kept.has(value) ? value : outputs[i])) }
    copies.set(node, copy as Node)
    return copy as Node
  }
  return { copyOf }
}
