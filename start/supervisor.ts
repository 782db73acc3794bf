/** Keeps worker processes running: starts them, restarts them when they end, and stops them gracefully. */
import { type ChildProcess, fork } from 'node:child_process'
import type { Logger } from '../log.ts'

export interface WorkerProcess {
  /** For logs and for `states`. */
  readonly name: string
  /** The worker's main file. */
  readonly file: string
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv
}

type WorkerState = 'starting' | 'ready' | 'restarting' | 'stopped'

export interface Supervisor {
  states(): Readonly<Record<string, WorkerState>>
  /** Resolves when every worker has been ready once; rejects when `signal` aborts first. */
  ready(signal?: AbortSignal): Promise<void>
  /** Asks all to stop, kills those that take longer than the grace, resolves when none is left. */
  stop(): Promise<void>
  /** Ends all at once, without waiting. */
  kill(): void
}

interface SupervisorOptions {
  readonly log: Logger
  readonly graceSeconds?: number
  /** Before the first restart; doubled for each that follows a run of less than a minute. */
  readonly firstPauseMs?: number
}

const LONGEST_PAUSE_MS = 30_000
const LONG_RUN_MS = 60_000
const DEFAULTS = { graceSeconds: 40, firstPauseMs: 500 }

export function superviseWorkers(workers: readonly WorkerProcess[], options: SupervisorOptions): Supervisor {
  const settings = { ...DEFAULTS, ...options }
  const kept = workers.map(worker => keepRunning(worker, settings))
  return {
    states: () => Object.fromEntries(kept.map(({ name, state }) => [name, state()])),
    ready: async signal => {
      const aborted = new Promise<never>((_, reject) => {
        if (signal?.aborted) reject(signal.reason)
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      await Promise.race([Promise.all(kept.map(({ ready }) => ready)), aborted])
    },
    stop: async () => void (await Promise.all(kept.map(({ stop }) => stop()))),
    kill: () => {
      for (const { kill } of kept) kill()
    },
  }
}

interface Kept {
  readonly name: string
  state(): WorkerState
  readonly ready: Promise<void>
  stop(): Promise<void>
  kill(): void
}

function keepRunning(worker: WorkerProcess, { log, graceSeconds, firstPauseMs }: Required<SupervisorOptions>): Kept {
  const { name } = worker
  let [state, pause]: [WorkerState, number] = ['starting', firstPauseMs]
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  const { promise: ready, resolve: resolveReady } = Promise.withResolvers<void>()
  const again = (started: number, code: number | null, signal: string | null): void => {
    child = undefined
    if (state === 'stopped') return
    state = 'restarting'
    if (performance.now() - started > LONG_RUN_MS) pause = firstPauseMs
    log.error({ worker: name, code, signal, pause }, 'the worker process ended; it is started again')
    timer = setTimeout(start, pause)
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
  }
  const start = (): void => {
    const started = performance.now()
    child = spawnWorker(worker)
    child.once('error', error => log.error({ worker: name, err: error }, 'the worker process did not start'))
    child.once('close', (code, signal) => again(started, code, signal))
    child.on('message', message => {
      if (message !== 'ready' || state === 'stopped') return
      state = 'ready'
      resolveReady()
    })
  }
  const close = (): void => {
    state = 'stopped'
    clearTimeout(timer)
  }
  const stop = async (): Promise<void> => {
    close()
    if (child) await endProcess(child, graceSeconds)
  }
  const kill = (): void => {
    close()
    child?.kill('SIGKILL')
  }
  start()
  return { name, state: () => state, ready, stop, kill }
}

/** In its own process group, so that a terminal's Ctrl-C reaches the parent alone; it ends when the channel to the parent does. */
const spawnWorker = ({ file, env }: WorkerProcess): ChildProcess =>
  fork(file, [], {
    env,
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

async function endProcess(child: ChildProcess, graceSeconds: number): Promise<void> {
  const closed = new Promise(resolve => child.once('close', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 1000 * graceSeconds)
  await closed
  clearTimeout(late)
}
