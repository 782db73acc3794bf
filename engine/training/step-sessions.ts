/**
 * The sessions that compute a step, one for each graph of an objective. Each keeps memory of its own for activations and, in some
 * profiles, a copy of the weights: so all stay open only while that fits, and beyond it the least recently used is closed.
 */
import type { Device } from '../runtime/device.ts'
import type { Allocations } from './allocations.ts'
import type { LossGraph } from './objective.ts'

/** Share of the machine that the device may hold before a session is closed for another. */
const SHARE = 0.6

export type StepSessions = (graph: LossGraph) => Promise<number>

/** @param memory bytes of the machine */
export function openStepSessions(
  device: Device,
  { close }: Pick<Allocations, 'close'>,
  memory: number,
  build: (graph: LossGraph) => Promise<number>,
): StepSessions {
  const open = new Map<LossGraph, number>()
  /** One more takes about as much as each of those that are open. */
  const isFull = (): boolean => device.memory().resident * (1 + 1 / open.size) > memory * SHARE
  return async graph => {
    const known = open.get(graph)
    while (known === undefined && open.size > 0 && isFull()) {
      const [oldest, session] = [...open][0] as [LossGraph, number]
      open.delete(oldest)
      await close(session)
      await device.info()
    }
    const session = known ?? (await build(graph))
    open.delete(graph)
    open.set(graph, session)
    return session
  }
}
