/** An objective's own rules on what trains, run in place after each optimizer step. */
import { createGraph, input } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import { viewsOf } from '../runtime/layout.ts'
import type { Run } from '../runtime/protocol.ts'
import type { Objective } from './objective.ts'
import type { OpenSession } from './optim/optimizer.ts'

/** The objective's own rules on its trainables, in place. */
export async function openSettle(open: OpenSession, { layout, settle }: Objective) {
  if (!settle) return { runs: () => [] }
  const graph = createGraph()
  const slots = layout.slots.filter(({ name }) => settle.has(name))
  const rate = input(graph, 'rate', 'float32', [])
  const outputs = slots.map(({ name, shape }) => {
    const value = input(graph, name, 'float32', shape)
    return [`${name}_next`, settle.get(name)?.(value, rate) ?? value] as const
  })
  const session = await open(encode(Object.fromEntries(outputs)), 'inPlace')
  const views = viewsOf({ ...layout, slots }, 'params')
  const into = Object.fromEntries(Object.entries(views).map(([name, view]) => [`${name}_next`, view]))
  const runs = (value: number): Run[] => [
    {
      session,
      feeds: { ...views, rate: { data: Float32Array.of(value), dtype: 'float32' as const, shape: [] } },
      into,
      fetch: [],
    },
  ]
  return { runs }
}
