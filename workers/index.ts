/** The door of what all workers share: holding claimed jobs, the work loop, and the process around it. */

export { type BaseFolders, findBases, namedBases } from './bases.ts'
export type { HeldJob } from './held-job.ts'
export { openWorkLoop } from './loop.ts'
export { openParts } from './parts.ts'
export { graceIn, runWorker, type Worker } from './process.ts'
export { retryWithBackoff, storageBackoff } from './retry.ts'
export { createStall, type Stall } from './stall.ts'
export { reportWarnings } from './warnings.ts'
