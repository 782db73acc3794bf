/** Test material: the API with workers in this process, and the command line on its way to it. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInference } from '../../inference/index.ts'
import { createLog } from '../../log.ts'
import type { CliResult } from '../../measures/stage/cli-process.ts'
import { drawing } from '../../measures/stage/pictures.ts'
import type { Service } from '../../measures/stage/service.ts'
import { openPostgresWorkerQueue } from '../../queue/index.ts'
import { openTrainer } from '../../trainer/index.ts'
import { openService } from './open-service.ts'

export interface WorkingService extends Service {
  /** For whatever the test writes. */
  readonly folder: string
}

export async function openWorkingService(): Promise<WorkingService> {
  const service = await openService()
  const { database, store, base } = service
  const folder = await mkdtemp(join(tmpdir(), 'semblance-cli-'))
  const log = createLog('test', 'error')
  const open = (worker: string) => openPostgresWorkerQueue({ url: database.workerUrl, worker, leaseSeconds: 10, log })
  const queues = [open('trainer'), open('inference')] as const
  const parts = { store, bases: { tiny: base.folder }, device: { threads: 1 }, log }
  const trainer = await openTrainer({ ...parts, queue: queues[0], folder: join(folder, 'work') })
  const inference = await openInference({ ...parts, queue: queues[1], maxRows: 4, cacheBytes: 1e7 })
  return {
    ...service,
    folder,
    close: async () => {
      await Promise.all([trainer.stop(), inference.stop()])
      await Promise.all(queues.map(queue => queue.close()))
      await service.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A folder of sharp photos, another one for each seed; returns it. */
export async function writeDrawings(folder: string, count: number, seed: number): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < count; i++)
    await drawing(seed + i)
      .png()
      .toFile(join(folder, `${i}.png`))
  await writeFile(
    join(folder, 'metadata.jsonl'),
    `${JSON.stringify({ file_name: '0.png', text: 'sks dog on a rug' })}\n`,
  )
  return folder
}

/** The command line as a process that reads `input`. */
export function runWithInput(args: readonly string[], input: string, env: NodeJS.ProcessEnv): Promise<CliResult> {
  const main = join(import.meta.dirname, '../../cli/main.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    env: { ...process.env, ...env },
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', text => {
      written[name] += text
    })
  child.stdin.write(input)
  return new Promise(resolve => child.on('close', (code, signal) => resolve({ code, signal, ...written })))
}
