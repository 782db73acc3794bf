/** The sessions and buffers that a training has opened on a device, given back together. */
import type { Model } from '../graph/onnx.ts'
import type { Device } from '../runtime/device.ts'
import type { Profile } from '../runtime/protocol.ts'

export interface Allocations {
  open(model: Model, profile: Profile): Promise<number>
  close(session: number): Promise<void>
  alloc(buffer: string, elements: number): Promise<void>
  /** Gives everything back, but for one buffer where that is named. */
  release(except?: string): Promise<void>
}

export function trackAllocations(device: Device): Allocations {
  const sessions: number[] = []
  const buffers = new Set<string>()
  return {
    async open(model, profile) {
      const session = await device.open(model, profile)
      sessions.push(session)
      return session
    },
    async close(session) {
      sessions.splice(sessions.indexOf(session), 1)
      await device.close(session)
    },
    async alloc(buffer, elements) {
      await device.alloc(buffer, elements)
      buffers.add(buffer)
    },
    // Sessions first: they point into the buffers.
    async release(except) {
      for (let session = sessions.pop(); session !== undefined; session = sessions.pop()) await device.close(session)
      for (const buffer of [...buffers].filter(name => name !== except)) {
        buffers.delete(buffer)
        await device.free(buffer)
      }
    },
  }
}
