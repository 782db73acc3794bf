/** Test material: a real device that keeps its sessions, for files that train with the same few graphs again and again. */
import { createHash } from 'node:crypto'
import { type Device, type DeviceOptions, openDevice } from '../../engine/runtime/device.ts'

/**
 * Opening a training's session takes more than its three steps. Here a session stays when it is closed, and the same model
 * with the same profile gets it back; `unit/training-resume.test.ts` opens one for each training.
 */
export function openWarmDevice(options: DeviceOptions): Device {
  const device = openDevice(options)
  const kept = new Map<string, Promise<number>>()
  return {
    ...device,
    open(model, profile) {
      const key = `${profile} ${createHash('sha256').update(model.bytes).digest('hex')}`
      const session = kept.get(key) ?? device.open(model, profile)
      kept.set(key, session)
      session.catch(() => kept.delete(key))
      return session
    },
    close: async () => undefined,
  }
}
