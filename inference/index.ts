/** The serving worker: keeps bases and adapters in memory and draws what waits, many jobs and tenants in one batch. */
import type { BlobStore } from '../adapters-store/index.ts'
import type { DeviceOptions } from '../engine/index.ts'
import { AppError, type ErrorCode } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { WorkerQueue } from '../queue/index.ts'
import { type BaseFolders, type HeldJob, openWorkLoop, type Worker } from '../workers/index.ts'
import { type CachedAdapter, openAdapterCache } from './adapter-cache.ts'
import type { DrawRows } from './batching/port.ts'
import { openBatching } from './batching/whole.ts'
import { runDrawing } from './drawing-job.ts'
import { openServing, type Serving } from './serving.ts'

interface InferenceOptions {
  readonly queue: WorkerQueue
  readonly store: BlobStore
  readonly bases: BaseFolders
  readonly device?: DeviceOptions
  /** Images that one denoising call may hold. */
  readonly maxRows: number
  /** Memory for adapters. */
  readonly cacheBytes: number
  /** Between two sweeps of deleted adapters from the cache, default 2000. */
  readonly sweepMs?: number
  readonly log: Logger
  readonly graceSeconds?: number | undefined
}

export interface Inference extends Worker {
  /** Adapters in memory. */
  cached(): readonly CachedAdapter[]
  /** Forgets adapters of a tenant now instead of at the next sweep. */
  forget(tenantId: string, sha256?: string): void
}

const SWEEP_MS = 2000

/**
 * Resolves when the bases are on the device and have drawn once. `stop` ends what is being drawn and gives the rest back.
 * The caller closes queue and store. @throws AppError for a base or device that can't be used.
 */
export async function openInference(options: InferenceOptions): Promise<Inference> {
  const { queue, store, bases, maxRows, log, device = {}, graceSeconds } = options
  const serving = openServing(bases, device)
  const cache = openAdapterCache(store, options.cacheBytes)
  const scheduler = openBatching(timed(serving.draw, log), maxRows)
  const dependencies = { store, serving, cache, scheduler }
  await warmUp(serving, Object.keys(bases), log)
  const sweeper = setInterval(() => {
    cache.sweep().catch(error => log.warn({ err: error }, 'deleted adapters are not looked for'))
  }, options.sweepMs ?? SWEEP_MS)
  const loop = openWorkLoop({
    queue,
    kinds: ['GENERATION', 'PREVIEW'],
    room: inHand => roomBeside(inHand, maxRows),
    work: (job, stopping) => runDrawing(dependencies, job, stopping),
    log,
    graceSeconds,
  })
  return {
    cached: cache.entries,
    forget: cache.drop,
    async stop() {
      clearInterval(sweeper)
      await Promise.all([loop.stop(), scheduler.close()])
      await serving.close()
    },
  }
}

/** Logs how long the engine took for each batch; the rest of a job's time is the platform's. */
const timed =
  (draw: DrawRows, log: Logger): DrawRows =>
  async (base, rows, drawing) => {
    const start = performance.now()
    const images = await draw(base, rows, drawing)
    log.debug({ base, rows: rows.length, milliseconds: performance.now() - start }, 'a batch was drawn')
    return images
  }

/** One batch is drawn while the adapters of the next are fetched; what is beyond that is left to other workers. */
function roomBeside(inHand: readonly HeldJob[], maxRows: number): number {
  const rows = inHand.reduce((sum, { claim }) => sum + rowsOf(claim.input), 0)
  return Math.max(0, 2 * maxRows - rows)
}

/** Called before the input is checked: anything without images counts as one row. */
const rowsOf = (input: unknown): number => {
  const images = (input as { images?: unknown } | null)?.images
  return Array.isArray(images) ? Math.max(1, images.length) : 1
}

/**
 * Compiles the common sessions, so that the first job doesn't wait for them, and proves that a base can be used. One that
 * can't is left to other workers. @throws AppError when none can be used; what the device throws.
 */
async function warmUp(serving: Serving, names: readonly string[], log: Logger): Promise<void> {
  const signal = new AbortController().signal
  const row = { prompt: '', seed: 0, steps: 1, guidance: 2 }
  let fault: unknown = new AppError('CONFIG_INVALID', 'this worker has no base model', 'Put one into MODELS_DIR.')
  let usable = 0
  for (const name of names) {
    try {
      await serving.draw(name, [row], { signal, onStep: () => undefined })
      usable++
    } catch (error) {
      fault = error
      if (!(error instanceof AppError) || !UNUSABLE.has(error.code)) break
      log.error({ err: error, base: name }, 'the base model cannot be used')
    }
  }
  if (usable > 0) return
  await serving.close()
  throw fault
}

const UNUSABLE: ReadonlySet<ErrorCode> = new Set([
  'MODEL_NOT_FOUND',
  'MODEL_INVALID',
  'MODEL_UNSUPPORTED',
  'WEIGHTS_MISMATCH',
  'FILE_INVALID',
])
