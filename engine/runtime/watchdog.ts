/**
 * A thread of the device process that ends it soon after its parent has died. The main thread notices that too, but
 * not while a run blocks it, and a run may take minutes.
 */
import { workerData } from 'node:worker_threads'

const parent = workerData as number
const PERIOD_MS = 500

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, PERIOD_MS)
