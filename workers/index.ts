/** The door of what all workers share: holding claimed jobs, the work loop, and the process around it. */

export { type BaseFolders, findBases, namedBases } from './bases.ts'
export { type Failure, failureOf } from './failure.ts'
export { type End, type HeldJob, holdJob } from './held-job.ts'
export { openWorkLoop, type WorkLoop, type WorkLoopOptions } from './loop.ts'
export { openParts, type WorkerParts, type WorkerSettings } from './parts.ts'
export { graceIn, runWorker, type Worker } from './process.ts'
export { type Backoff, retryWithBackoff, storageBackoff } from './retry.ts'
