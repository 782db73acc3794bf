/** The process edge of a worker: signals, a parent that is gone, faults nobody caught. */
import type { Logger } from '../log.ts'

/** What a started worker is, for its process. */
export interface Worker {
  stop(): Promise<void>
}

/** A parent that is gone was killed; the next one may already be starting its own workers. */
const ORPHAN_MS = 5000

/**
 * Opens the worker, tells a parent that it is ready, and ends the process when it is told to (SIGTERM, SIGINT), or soon after
 * the parent is gone. A second signal ends it at once. Whatever the process computes in child processes ends with it.
 */
export async function runWorker(open: () => Promise<Worker>, log: Logger): Promise<void> {
  const die = (error: unknown, what: string): void => {
    log.error({ err: error }, what)
    process.exit(1)
  }
  process.on('uncaughtException', error => die(error, 'a fault that nothing caught'))
  process.on('unhandledRejection', error => die(error, 'a fault that nothing caught'))
  let end = (_why: string): void => process.exit(0)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(signal))
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), ORPHAN_MS).unref()
    end('the parent process is gone')
  })
  try {
    const worker = await open()
    end = why => {
      end = () => process.exit(1)
      log.info({ why }, 'stopping')
      worker.stop().then(
        () => process.exit(0),
        error => die(error, 'the worker did not stop well'),
      )
    }
    process.send?.('ready')
    log.info({}, 'ready')
  } catch (error) {
    die(error, 'the worker did not start')
  }
}
