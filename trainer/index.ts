/** The training worker: claims one training at a time and works on it in a device process. */
import type { BlobStore } from '../adapters-store/index.ts'
import { type DeviceOptions, openBase } from '../engine/index.ts'
import type { Logger } from '../log.ts'
import type { WorkerQueue } from '../queue/index.ts'
import { type BaseFolders, namedBases, openWorkLoop, type Worker } from '../workers/index.ts'
import { runTraining } from './training-job.ts'
import { sweepWorkFolders } from './work-folder.ts'

interface TrainerOptions {
  readonly queue: WorkerQueue
  readonly store: BlobStore
  readonly bases: BaseFolders
  readonly device?: DeviceOptions
  /** For scratch files. Trainers of several machines must not share one. */
  readonly folder: string
  readonly log: Logger
  readonly graceSeconds?: number | undefined
}

/** `stop` gives a running training back at the end of its step, with a checkpoint. The caller closes queue and store. */
export async function openTrainer(options: TrainerOptions): Promise<Worker> {
  const { queue, store, folder, log, device = {}, graceSeconds } = options
  await sweepWorkFolders(folder)
  const dependencies = { store, folder, device, base: namedBases(options.bases, openBase) }
  return openWorkLoop({
    queue,
    kinds: ['TRAINING'],
    room: inHand => (inHand.length === 0 ? 1 : 0),
    work: (job, stopping) => runTraining(dependencies, job, stopping),
    log,
    graceSeconds,
  })
}
