/** Measures the loss of given values of an objective without training: what a distillation loses, in numbers. */

import { encode } from '../graph/onnx.ts'
import type { Device } from '../runtime/device.ts'
import { viewsOf } from '../runtime/layout.ts'
import type { Inline } from '../runtime/protocol.ts'
import { runOnce } from '../runtime/run.ts'
import { openSessions } from '../runtime/sessions.ts'
import type { Content } from './checkpoint.ts'
import type { LossGraph, Objective } from './objective.ts'

const BUFFER = 'measured'

/** Mean loss over rows and the feeds of the steps `from` to `from + count - 1`, for each of the flat buffers' contents. */
export async function measureLosses(
  device: Device,
  objective: Pick<Objective, 'losses' | 'trainables' | 'graphOf' | 'layout' | 'locate' | 'feeds'>,
  values: readonly Content[],
  { from, count }: { readonly from: number; readonly count: number },
): Promise<number[]> {
  const { layout } = objective
  await device.alloc(BUFFER, layout.total)
  try {
    const { session, close } = openSessions(device)
    const graphs = new Map<LossGraph, string>()
    const sessionOf = (feeds: Readonly<Record<string, Inline>>): Promise<number> => {
      const graph = objective.graphOf?.(feeds) ?? objective
      const key = graphs.get(graph) ?? String(graphs.size)
      graphs.set(graph, key)
      return session(key, () => encode({ losses: graph.losses }, objective.locate))
    }
    const means: number[] = []
    for (const content of values) {
      await (content instanceof Float32Array ? device.write(BUFFER, 0, content) : device.load(BUFFER, content))
      let sum = 0
      for (let step = from; step < from + count; step++) {
        const own = await objective.feeds(step, 0)
        const feeds = { ...viewsOf(layout, BUFFER), ...own }
        const losses = await runOnce(device, await sessionOf(own), feeds, 'losses')
        sum += losses.reduce((a, b) => a + b, 0) / losses.length
      }
      means.push(sum / count)
    }
    await close()
    return means
  } finally {
    await device.free(BUFFER).catch(() => undefined)
  }
}
