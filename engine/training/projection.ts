/** Projections of what trains, such as a norm to hold, run in place after each optimizer step. */
import { createGraph, input } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import { viewsOf } from '../runtime/layout.ts'
import type { Run } from '../runtime/protocol.ts'
import type { Objective } from './objective.ts'
import type { OpenSession } from './optim/optimizer.ts'

export async function openProjections(open: OpenSession, { layout, projections }: Objective) {
  if (!projections) return { runs: () => [] }
  const graph = createGraph()
  const slots = layout.slots.filter(({ name }) => projections.has(name))
  const rate = input(graph, 'rate', 'float32', [])
  const outputs = slots.map(({ name, shape }) => {
    const value = input(graph, name, 'float32', shape)
    return [`${name}_next`, projections.get(name)?.(value, rate) ?? value] as const
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
