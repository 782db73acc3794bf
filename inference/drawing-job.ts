/** One generation or preview: adapters out of the cache, rows to the scheduler, pictures to the store. */
import { type BlobStore, readBlob } from '../adapters-store/index.ts'
import { takenSteps } from '../engine/descriptors.ts'
import {
  type Base,
  encodePng,
  type GeneratedImage,
  type ImageRequest,
  type InitImage,
  loadImage,
  promptWarnings,
  textChunks,
} from '../engine/index.ts'
import { AppError } from '../errors.ts'
import {
  type GenerationInput,
  type GenerationResult,
  type ImageJobRequest,
  parseInput,
  type StoredImage,
} from '../queue/index.ts'
import { type HeldJob, reportWarnings, retryWithBackoff, storageBackoff } from '../workers/index.ts'
import type { AdapterCache } from './adapter-cache.ts'
import type { DrawRow, Scheduler } from './batching/port.ts'
import type { Serving } from './serving.ts'

interface DrawingDependencies {
  readonly store: BlobStore
  readonly serving: Serving
  readonly cache: AdapterCache
  readonly scheduler: Scheduler
}

/** @throws AppError CANCELED when `stopping` finds it waiting; a typed failure of this job alone. */
export async function runDrawing(
  dependencies: DrawingDependencies,
  job: HeldJob,
  stopping: AbortSignal,
): Promise<GenerationResult> {
  const input: GenerationInput = parseInput(job.claim.kind === 'PREVIEW' ? 'PREVIEW' : 'GENERATION', job.claim.input)
  const base = await dependencies.serving.base(input.base)
  const waiting = storageBackoff(AbortSignal.any([job.signal, stopping]), logWait(job))
  const rows = await retryWithBackoff(
    () =>
      Promise.all(
        input.images.map(image => loadRow(dependencies, job, { base, size: input.size ?? base.size }, image)),
      ),
    waiting,
  )
  if (stopping.aborted) throw new AppError('CANCELED', 'the worker is stopping', 'Start it again.')
  await reportWarnings(
    job,
    rows.flatMap(row => promptWarnings(base, row)),
  )
  const images = await dependencies.scheduler.draw({
    base: input.base,
    rows,
    size: input.size,
    signal: job.signal,
    onSteps: progressOf(job, input),
  })
  await job.confirm()
  return { images: await Promise.all(images.map((image, position) => storeImage(dependencies, job, position, image))) }
}

const logWait = (job: HeldJob) => (error: unknown) => job.log.warn({ err: error }, 'waiting for the storage')

/** What our own images may have, which are small where the base is. */
const MIN_SIDE = 8
const MAX_INIT_BYTES = 100_000_000

async function initOf(
  { store }: DrawingDependencies,
  { claim }: HeldJob,
  size: number,
  { sha256, strength }: NonNullable<ImageJobRequest['init']>,
): Promise<InitImage> {
  const bytes = await readBlob(await store.open(claim.tenantId, sha256), MAX_INIT_BYTES)
  return { pixels: await loadImage(bytes, size, 'the image to start from', MIN_SIDE), strength }
}

async function loadRow(
  dependencies: DrawingDependencies,
  job: HeldJob,
  { base, size }: { readonly base: Base; readonly size: number },
  image: ImageJobRequest,
): Promise<DrawRow> {
  const { init, adapter, ...settings } = image
  const request: ImageRequest = {
    ...settings,
    init: init && (await initOf(dependencies, job, size, init)),
    ...(adapter
      ? {
          adapter: await dependencies.cache.get(job.claim.tenantId, adapter.sha256, base),
          adapterScale: adapter.scale,
          adapterIn: adapter.halves,
        }
      : {}),
  }
  return { ...request, chunks: textChunks(base, request) }
}

/** Steps are row-steps: a job of four images of 20 steps has 80. The first call begins the job. */
function progressOf(job: HeldJob, { images }: GenerationInput): (done: number) => void {
  const steps = images.reduce((sum, image) => sum + takenSteps(image), 0)
  let start: number | undefined
  return step => {
    if (start === undefined) {
      start = performance.now()
      // A job that is lost ends by its signal.
      job.report({ type: 'running', payload: {} }).catch(() => undefined)
    }
    if (step === 0) return
    const milliseconds = performance.now() - start
    job.progress({ step, steps, milliseconds, remaining: ((milliseconds / step) * (steps - step)) / 1000 })
  }
}

async function storeImage(
  { store }: DrawingDependencies,
  job: HeldJob,
  position: number,
  { pixels, size }: GeneratedImage,
): Promise<StoredImage> {
  const png = await encodePng(`image ${position + 1}`, pixels)
  const blob = await retryWithBackoff(
    () => store.put(job.claim.tenantId, png),
    storageBackoff(job.signal, logWait(job)),
  )
  return { position, ...blob, width: size, height: size }
}
