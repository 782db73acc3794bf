/** Trainers of an environment: one in this process, and real processes that may be killed. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { openTrainer } from '../../trainer/index.ts'
import type { Worker } from '../../workers/index.ts'
import { type Environment, isFinal, type Job, LEASE_SECONDS } from './environment.ts'

export interface Trainers {
  /** Where they keep what belongs to a training. */
  readonly work: string
  /** One in this process; the one before must be stopped. */
  open(name: string, more?: { bases?: Record<string, string>; graceSeconds?: number }): Promise<Worker>
  /** A process of its own. */
  start(): ChildProcess
  /** SHA-256 of the adapter of an undisturbed training with the usual settings. */
  wholeAdapter(): Promise<string>
  /** Stops the one in this process and kills the others. */
  stop(): Promise<void>
}

export const adapterOf = ({ result }: Job) => (result as { adapter: { sha256: string; bytes: number } }).adapter

export function openTrainers(environment: Environment, tenant: string): Trainers {
  const work = join(environment.folder, 'work')
  const children = new Set<ChildProcess>()
  let trainer: Worker | undefined
  let whole: Promise<string> | undefined
  const open: Trainers['open'] = async (name, more = {}) => {
    const { store, bases, log } = environment
    const options = { store, bases, log, device: { threads: 1 }, folder: work }
    trainer = await openTrainer({ queue: environment.openQueue(name), ...options, ...more })
    return trainer
  }
  const trainWhole = async (): Promise<string> => {
    const worker = await open('whole')
    const job = await environment.until(tenant, await environment.train(tenant), isFinal)
    await worker.stop()
    return adapterOf(job).sha256
  }
  return {
    work,
    open,
    start() {
      const env = {
        ...{ DATABASE_WORKER_URL: environment.database.workerUrl, DATA_DIR: environment.folder, THREADS: '1' },
        ...{ MODELS_DIR: join(environment.folder, 'models'), LEASE_SECONDS: String(LEASE_SECONDS) },
        LOG_LEVEL: environment.log.level,
      }
      const file = join(import.meta.dirname, '../../trainer/main.ts')
      const child = fork(file, [], { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      children.add(child)
      return child
    },
    wholeAdapter() {
      whole ??= trainWhole()
      return whole
    },
    async stop() {
      await trainer?.stop()
      trainer = undefined
      for (const child of children) child.kill('SIGKILL')
      children.clear()
    },
  }
}
