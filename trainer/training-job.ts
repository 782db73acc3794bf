/**
 * One training: photos and checkpoint from the store, the engine's steps in a device process of its own, checkpoints, previews
 * and the adapter back to the store. It may be cut off at any line and started again, here or on another machine: it goes on
 * from the last checkpoint and ends with the same bytes.
 */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobInfo, BlobStore } from '../adapters-store/index.ts'
import {
  type Adapter,
  type Base,
  type DeviceOptions,
  openDevice,
  openPipeline,
  type Photo,
  personalize,
  type StepEvent,
  saveAdapter,
} from '../engine/index.ts'
import { AppError } from '../errors.ts'
import {
  type EventPayload,
  parseInput,
  plannedWarnings,
  type TrainingInput,
  type TrainingResult,
} from '../queue/index.ts'
import {
  createStall,
  type HeldJob,
  reportWarnings,
  retryWithBackoff,
  type Stall,
  storageBackoff,
} from '../workers/index.ts'
import { fetchPhotos, restoreCheckpoint } from './inputs.ts'
import { previewInput } from './previews.ts'
import { makeWorkFolder, removeWorkFolder } from './work-folder.ts'

interface TrainerDependencies {
  readonly store: BlobStore
  base(name: string): Promise<Base>
  readonly device: DeviceOptions
  /** For scratch files; each training has its own folder in it. */
  readonly folder: string
}

/** What the parts of one attempt share. */
interface Attempt extends TrainerDependencies {
  readonly job: HeldJob
  readonly input: TrainingInput
  readonly scratch: string
  readonly stopping: AbortSignal
  readonly stall: Stall
  /** Reports, once, that the steps begin. */
  begin(): Promise<void>
}

/** @throws AppError CANCELED when `stopping` or the job's signal aborts; what fetching, training and storing throw. */
export async function runTraining(
  dependencies: TrainerDependencies,
  job: HeldJob,
  stopping: AbortSignal,
): Promise<TrainingResult> {
  const input = parseInput('TRAINING', job.claim.input)
  const scratch = await makeWorkFolder(dependencies.folder)
  try {
    let running: Promise<void> | undefined
    const begin = () => (running ??= job.report({ type: 'running', payload: {} }))
    const stall = createStall(job)
    const attempt = { ...dependencies, job, input, scratch, stopping, begin, stall }
    const either = AbortSignal.any([job.signal, stopping])
    const adapter = await retryWithBackoff(() => trainAndStore(attempt), storageBackoff(either, stall.wait))
    await stall.goOn()
    return adapter
  } finally {
    await removeWorkFolder(scratch)
  }
}

/** From what the scratch folder or the store holds to the stored adapter. May be called again after it failed. */
async function trainAndStore(attempt: Attempt): Promise<TrainingResult> {
  const { job, input, store } = attempt
  const { claim } = job
  const base = await attempt.base(input.base)
  const { photos, warnings } = await fetchPhotos(store, claim.tenantId, input, base)
  await reportWarnings(job, warnings)
  const path = checkpointPath(attempt)
  const resumes = await restoreCheckpoint(store, claim.tenantId, claim.checkpoint, path)
  if (claim.checkpoint && !resumes) await remark(job, 'the last checkpoint cannot be read: the training starts over')
  let last: StepEvent | undefined
  const onStep = (event: StepEvent): void => {
    last = event
    // After a wait it goes on from a checkpoint: the step before this one, however far it had come.
    void attempt.stall.goOn(event.step - 1).then(() => job.progress(progressOf(event)))
  }
  const adapter = await train(attempt, base, photos, onStep).catch(async error => {
    if (!isForeign(error)) throw error
    await rm(path)
    await remark(job, 'the last checkpoint is damaged or from another version of the engine: the training starts over')
    return train(attempt, base, photos, onStep)
  })
  const { sha256, bytes } = await storeAdapter(attempt, adapter)
  const manifest = JSON.parse(JSON.stringify(adapter.manifest)) as TrainingResult['adapter']['manifest']
  const loss = last && Number.isFinite(last.loss) ? { loss: last.loss } : {}
  return { adapter: { sha256, bytes, manifest }, ...loss }
}

/** Class images between two remarks. */
const REMARK_EVERY = 16

const checkpointPath = ({ scratch }: Attempt): string => join(scratch, 'checkpoint.safetensors')
const remark = (job: HeldJob, text: string) => job.report({ type: 'message', payload: { text } })

const isForeign = (error: unknown): boolean => error instanceof AppError && error.code === 'CHECKPOINT_FOREIGN'

/** The steps, on a device process of this training alone: a cancel or a lost lease kills it in the middle of a step. */
async function train(
  attempt: Attempt,
  base: Base,
  photos: readonly Photo[],
  onStep: (event: StepEvent) => void,
): Promise<Adapter> {
  const { job, input, stopping } = attempt
  const { method, options, steps, batch, learningRate, seed } = input
  const device = openDevice(attempt.device)
  const kill = () => void device.kill(new AppError('CANCELED', `job ${job.claim.jobId} was ended`, 'Start it again.'))
  if (job.signal.aborted) kill()
  job.signal.addEventListener('abort', kill)
  try {
    await attempt.begin()
    await reportWarnings(job, plannedWarnings(input))
    return await personalize(
      openPipeline(device, base),
      { photos, subject: input.subject },
      {
        ...{ method, options, steps, seed, signal: stopping, onStep },
        ...{ batch, learningRate },
        cache: join(attempt.folder, 'cache'),
        onClassImage: classImageRemarks(attempt),
        // A lost lease is noticed by the next report that somebody waits for.
        onWarning: warning => void reportWarnings(job, [warning]).catch(() => undefined),
        checkpoint: {
          path: checkpointPath(attempt),
          every: input.checkpointEvery,
          written: step => storeCheckpoint(attempt, step),
        },
        ...(input.previewPrompts.length > 0 ? { snapshot: previewPlan(attempt, base.size) } : {}),
      },
    )
  } finally {
    job.signal.removeEventListener('abort', kill)
    await device.kill()
  }
}

/** Class images may take longer than the steps: a remark now and then says that it goes on. */
function classImageRemarks({ job }: Attempt): (event: { done: number; images: number }) => void {
  let reported = 0
  return ({ done, images }) => {
    if (done < images && done < reported + REMARK_EVERY) return
    reported = done
    // A lost lease is noticed by the next report that somebody waits for.
    remark(job, `class image ${done} of ${images}`).catch(() => undefined)
  }
}

async function storeCheckpoint(attempt: Attempt, step: number): Promise<void> {
  const blob = await storeFile(attempt, checkpointPath(attempt))
  await attempt.job.checkpoint({ step, ...blob })
}

const previewPlan = (attempt: Attempt, side: number) => ({
  every: attempt.input.previewEvery,
  take: async (step: number, [adapter]: readonly Adapter[]) => {
    if (!adapter) return
    const { sha256 } = await storeAdapter(attempt, adapter)
    await attempt.job.preview(previewInput(attempt.input, side, step, sha256))
  },
})

async function storeAdapter(attempt: Attempt, adapter: Adapter): Promise<BlobInfo> {
  const path = join(attempt.scratch, 'adapter.safetensors')
  await saveAdapter(path, adapter)
  return storeFile(attempt, path)
}

async function storeFile({ store, job }: Attempt, path: string): Promise<BlobInfo> {
  await job.confirm()
  return store.put(job.claim.tenantId, createReadStream(path, { highWaterMark: 2 ** 20 }))
}

/** A loss that is not a number ends the training; the event before that omits it. */
function progressOf({ step, steps, loss, learningRate, milliseconds, remaining }: StepEvent): EventPayload<'progress'> {
  return { step, steps, ...(Number.isFinite(loss) ? { loss } : {}), learningRate, milliseconds, remaining }
}
