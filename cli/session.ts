/** Session of a command on this machine: a base opened on a device and always closed again, and Ctrl-C. */
import { type Base, openBase, openDevice, openPipeline, type Pipeline } from '../engine/index.ts'
import { createOutput, type Output } from './output.ts'
import { onStop } from './stop.ts'

export interface CommonOptions {
  readonly base: string
  readonly device: 'cpu' | 'cuda' | 'webgpu'
  readonly threads?: number
  readonly json?: boolean
}

interface EngineSession {
  readonly base: Base
  readonly pipeline: Pipeline
  readonly output: Output
  /** Aborted at the first Ctrl-C; a second one half a second later or more kills the device at once. */
  readonly signal: AbortSignal
}

/** The terminal and the starter in bin/ may both pass on the same Ctrl-C. */
const SAME_PRESS_MS = 500

/** Opens, runs `body`, and always ends the device process. */
export async function withEngine<T>(options: CommonOptions, body: (session: EngineSession) => Promise<T>): Promise<T> {
  const base = await openBase(options.base)
  const device = openDevice({ provider: options.device, ...(options.threads ? { threads: options.threads } : {}) })
  const controller = new AbortController()
  let pressed = 0
  const stop = () => {
    if (!controller.signal.aborted) {
      pressed = performance.now()
      controller.abort()
    } else if (performance.now() - pressed > SAME_PRESS_MS) void device.kill()
  }
  const release = onStop(stop)
  try {
    const output = createOutput(options.json ?? false)
    return await body({ base, pipeline: openPipeline(device, base), output, signal: controller.signal })
  } finally {
    release()
    await device.kill()
  }
}

/** Says what of the base is read otherwise than its files say. */
export function warnOfBase({ base, output }: Pick<EngineSession, 'base' | 'output'>): void {
  for (const message of base.notes) output.warn({ code: 'BASE_CORRECTED', message })
}
