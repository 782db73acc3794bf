/** The resident bases: one device process, a pipeline for each base, opened again when the device is lost. */
import {
  type Base,
  type Device,
  type DeviceOptions,
  openBase,
  openDevice,
  openPipeline,
  type Pipeline,
} from '../engine/index.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import { type BaseFolders, namedBases } from '../workers/index.ts'
import type { DrawRows } from './batching/port.ts'

export interface Serving {
  /** @throws AppError MODEL_NOT_FOUND for a base that this worker doesn't serve. */
  base(name: string): Promise<Base>
  readonly draw: DrawRows
  /** Kills the device in the middle of whatever it does. */
  close(): Promise<void>
}

/** After these the device is not used again. */
const FATAL: readonly ErrorCode[] = ['DEVICE_LOST', 'DEVICE_UNAVAILABLE', 'MEMORY_EXCEEDED']

export function openServing(folders: BaseFolders, options: DeviceOptions): Serving {
  const base = namedBases(folders, openBase)
  let device: Device | undefined
  const pipelines = new Map<string, Pipeline>()
  const retire = async (): Promise<void> => {
    const retired = device
    device = undefined
    pipelines.clear()
    await retired?.kill()
  }
  const pipeline = async (name: string): Promise<Pipeline> => {
    const opened = await base(name)
    device ??= openDevice(options)
    const known = pipelines.get(name) ?? openPipeline(device, opened)
    pipelines.set(name, known)
    return known
  }
  return {
    base,
    async draw(name, rows, drawing) {
      try {
        return await (await pipeline(name)).generate(rows, drawing)
      } catch (error) {
        if (error instanceof AppError && FATAL.includes(error.code)) await retire()
        throw error
      }
    },
    close: retire,
  }
}
