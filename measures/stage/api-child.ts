/** Test material: starts the API in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { OwnEnvironment } from './own-environment.ts'

export interface ApiChild {
  readonly url: string
  /** Of a server that answers a constant, where one was asked for. */
  readonly emptyUrl?: string
  readonly pid: number
  /** SIGKILL. */
  kill(): Promise<void>
}

/** @throws when the process ends before it serves */
export async function startApiChild(environment: OwnEnvironment, env: NodeJS.ProcessEnv = {}): Promise<ApiChild> {
  const { folder, modelsDir, ownerUrl } = environment
  const own = { DATABASE_URL: ownerUrl, DATA_DIR: folder, MODELS_DIR: modelsDir }
  const options = { env: { ...process.env, ...own, ...env }, execArgv: ['--disable-warning=ExperimentalWarning'] }
  const child: ChildProcess = fork(join(import.meta.dirname, 'api-process.ts'), [], options)
  const addresses = await new Promise<{ url: string; emptyUrl?: string }>((resolve, reject) => {
    child.once('message', message => resolve(message as { url: string }))
    child.once('close', code => reject(new Error(`the API ended with ${code} before it was up`)))
  })
  return {
    ...addresses,
    pid: child.pid ?? 0,
    kill: async () => {
      const closed = new Promise(resolve => child.once('close', resolve))
      child.kill('SIGKILL')
      await closed
    },
  }
}
