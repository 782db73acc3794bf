/** The process edge of a worker: configuration, signals, a lost parent process, uncaught errors. */
import { AppError, ERROR_CODES } from '../errors.ts'
import { createLog, type Logger, type LogLevel } from '../log.ts'

/** What a started worker is, for its process. */
export interface Worker {
  stop(): Promise<void>
}

/** Share of the stop time that a worker gives its jobs; the rest is for closing, before the supervisor kills it. */
export const graceIn = (stopSeconds: number): number => 0.8 * stopSeconds

/** A parent that is gone was killed; the next one may already be starting its own workers. */
const ORPHAN_MS = 5000

/**
 * Reads the configuration, opens the worker, reports to the parent that it is ready, and ends the process on SIGTERM,
 * SIGINT or soon after the parent is gone. A second signal ends it at once. Its child processes end with it.
 */
export async function runWorker<C extends { readonly logLevel: LogLevel }>(
  name: string,
  configure: () => C,
  open: (config: C, log: Logger) => Promise<Worker>,
): Promise<void> {
  let log = createLog(name, 'info')
  const die = (error: unknown, what: string): void => {
    log.error({ err: error }, what)
    process.exit(error instanceof AppError ? ERROR_CODES[error.code] : 1)
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
    const config = configure()
    log = createLog(name, config.logLevel)
    const worker = await open(config, log)
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
