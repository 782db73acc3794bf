/** Test material: trainers and inference workers as the processes they are in service, killed at will and started again at once. */
import { type ChildProcess, fork, type StdioOptions } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { descendants } from './cli-process.ts'
import type { OwnEnvironment } from './own-environment.ts'

const ROOT = join(import.meta.dirname, '../..')

type Room = 'trainer' | 'inference'

export interface KillableWorkers {
  /** Resolves when each has been ready once. */
  readonly ready: Promise<unknown>
  /** SIGKILL to one that is chosen by `draw` (0 to 1): every second time to the process that computes for it. */
  kill(draw: number): void
  readonly kills: () => number
  pids(): number[]
  stop(): Promise<void>
}

/** `env` is added to what the workers need; `hear` gets the lines of their log instead of standard error. */
export function startWorkers(
  { folder, modelsDir, database }: OwnEnvironment,
  rooms: readonly Room[],
  env: NodeJS.ProcessEnv = {},
  hear?: (line: string) => void,
): KillableWorkers {
  const settings = {
    ...{ DATA_DIR: folder, MODELS_DIR: modelsDir, DATABASE_WORKER_URL: database.workerUrl },
    ...{ THREADS: '1', LEASE_SECONDS: '3', LOG_LEVEL: process.env.TEST_LOG ? 'info' : 'fatal', STOP_SECONDS: '5' },
  }
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const kept = rooms.map(room => keepRunning(room, { PATH, NODE_COMPILE_CACHE, ...settings, ...env }, hear))
  let kills = 0
  return {
    ready: Promise.all(kept.map(({ ready }) => ready)),
    kill: draw => {
      const pid = kept[Math.floor(draw * kept.length)]?.pid()
      if (pid === undefined) return
      const [device] = descendants(pid)
      const victim = kills++ % 2 === 1 && device !== undefined ? device : pid
      try {
        process.kill(victim, 'SIGKILL')
      } catch {
        // It has just ended by itself.
      }
    },
    kills: () => kills,
    pids: () => kept.flatMap(({ pid }) => pid() ?? []),
    stop: async () => void (await Promise.all(kept.map(({ stop }) => stop()))),
  }
}

interface Kept {
  readonly ready: Promise<void>
  pid(): number | undefined
  stop(): Promise<void>
}

function keepRunning(room: Room, env: NodeJS.ProcessEnv, hear?: (line: string) => void): Kept {
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  let child: ChildProcess
  let stopped = false
  const start = (): void => {
    const execArgv = ['--disable-warning=ExperimentalWarning']
    const stdio: StdioOptions = ['ignore', 'inherit', hear ? 'pipe' : 'inherit', 'ipc']
    child = fork(join(ROOT, room, 'main.ts'), [], { env, execArgv, stdio })
    if (child.stderr && hear) createInterface({ input: child.stderr }).on('line', hear)
    child.on('message', message => message === 'ready' && resolve())
    child.on('close', () => !stopped && setTimeout(start, 50))
  }
  start()
  return {
    ready,
    pid: () => child.pid,
    stop: async () => {
      stopped = true
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = new Promise(done => child.once('close', done))
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await closed
      clearTimeout(late)
    },
  }
}
