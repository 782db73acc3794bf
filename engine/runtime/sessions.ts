/** A device's sessions by key: compiled at first use and kept; beyond a limit the least recently used is closed. */
import type { Model } from '../graph/onnx.ts'
import type { Device } from './device.ts'

/** A session by key, compiled at first use. */
export type Sessions = (key: string, build: () => Model) => Promise<number>

/**
 * Far more than one batch uses, so none goes while it is in use; a server that draws any mix of adapters and batch sizes for
 * weeks would otherwise keep them all.
 */
const KEPT_SESSIONS = 64

export function openSessions(device: Device, kept = KEPT_SESSIONS): { session: Sessions; close(): Promise<void> } {
  const open = new Map<string, Promise<number>>()
  const drop = (key: string): void => {
    const dropped = open.get(key)
    open.delete(key)
    // A device that is gone took its sessions along.
    dropped?.then(id => device.close(id)).catch(() => undefined)
  }
  return {
    session(key, build) {
      const opening = open.get(key) ?? device.open(build(), 'inference')
      open.delete(key)
      open.set(key, opening)
      opening.catch(() => open.get(key) === opening && open.delete(key))
      const [oldest] = open.keys()
      if (open.size > kept && oldest !== undefined) drop(oldest)
      return opening
    },
    async close() {
      for (const one of open.values()) await device.close(await one)
      open.clear()
    },
  }
}
