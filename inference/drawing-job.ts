/** One generation or preview: adapters out of the cache, rows to the scheduler, pictures to the store. */
import { type BlobStore, readBlob } from '../adapters-store/index.ts'
import { takenSteps } from '../engine/descriptors.ts'
import {
  type Base,
  cropWarnings,
  encodePng,
  type GeneratedImage,
  type InitImage,
  loadFramed,
  type PictureSize,
  promptWarnings,
  sizeRule,
  sizeWarnings,
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
import type { Warning } from '../warnings.ts'
import {
  createStall,
  type HeldJob,
  reportWarnings,
  retryWithBackoff,
  type Stall,
  storageBackoff,
} from '../workers/index.ts'
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
  const stall = createStall(job)
  const waiting = storageBackoff(AbortSignal.any([job.signal, stopping]), stall.wait)
  const rows = await retryWithBackoff(
    () => Promise.all(input.images.map(image => loadRow(dependencies, job, base, image))),
    waiting,
  )
  await stall.goOn()
  if (stopping.aborted) throw new AppError('CANCELED', 'the worker is stopping', 'Start it again.')
  await reportWarnings(
    job,
    rows.flatMap(row => [...promptWarnings(base, row), ...sizeWarnings(row, sizeRule(base)), ...row.cropped]),
  )
  const images = await dependencies.scheduler.draw({
    tenant: job.claim.tenantId,
    base: input.base,
    rows,
    area: base.size ** 2,
    signal: job.signal,
    onSteps: progressOf(job, input),
  })
  await job.confirm()
  const stored = images.map((image, position) => storeImage(dependencies, { job, stall }, position, image))
  const result = { images: await Promise.all(stored) }
  await stall.goOn()
  return result
}

/** What our own images may have, which are small where the base is. */
const MIN_SIDE = 8
const INIT = 'the image to start from'
const MAX_INIT_BYTES = 100_000_000

async function initOf(
  { store }: DrawingDependencies,
  { claim }: HeldJob,
  size: PictureSize,
  { sha256, strength }: NonNullable<ImageJobRequest['init']>,
): Promise<{ readonly init: InitImage; readonly cropped: readonly Warning[] }> {
  const bytes = await readBlob(await store.open(claim.tenantId, sha256), MAX_INIT_BYTES)
  const { pixels, frame } = await loadFramed(bytes, size, INIT, MIN_SIDE)
  const [height, width] = frame.original
  return { init: { pixels, strength }, cropped: cropWarnings(INIT, { height, width }, size) }
}

interface LoadedRow extends DrawRow {
  /** What of the image to start from is left out. */
  readonly cropped: readonly Warning[]
}

async function loadRow(
  dependencies: DrawingDependencies,
  job: HeldJob,
  base: Base,
  image: ImageJobRequest,
): Promise<LoadedRow> {
  const { init: named, adapter, ...settings } = image
  const { init, cropped = [] } = named ? await initOf(dependencies, job, image, named) : {}
  const request = {
    ...settings,
    init,
    ...(adapter
      ? {
          adapter: await dependencies.cache.get(job.claim.tenantId, adapter.sha256, base),
          adapterScale: adapter.scale,
          adapterIn: adapter.halves,
        }
      : {}),
  }
  return { ...request, chunks: textChunks(base, request), cropped }
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
  { job, stall }: { readonly job: HeldJob; readonly stall: Stall },
  position: number,
  { pixels, width, height }: GeneratedImage,
): Promise<StoredImage> {
  const png = await encodePng(`image ${position + 1}`, pixels, { width, height })
  const blob = await retryWithBackoff(() => store.put(job.claim.tenantId, png), storageBackoff(job.signal, stall.wait))
  return { position, ...blob, width, height }
}
