/** The worker processes of the one-machine default, for the supervisor. */
import { join } from 'node:path'
import type { WorkerProcess } from './supervisor.ts'

const ROOT = join(import.meta.dirname, '..')

interface WorkerCounts {
  readonly trainers: number
  readonly inferenceWorkers: number
}

/** `env` is the whole environment of each: it must have DATABASE_WORKER_URL, and the folders of the service. */
export function workerProcesses({ trainers, inferenceWorkers }: WorkerCounts, env: NodeJS.ProcessEnv): WorkerProcess[] {
  const several = (room: string, count: number): WorkerProcess[] =>
    Array.from({ length: count }, (_, i) => ({ name: `${room}-${i + 1}`, file: join(ROOT, room, 'main.ts'), env }))
  return [...several('trainer', trainers), ...several('inference', inferenceWorkers)]
}
