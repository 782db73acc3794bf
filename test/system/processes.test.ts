import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { descendants, waitForEnd } from '../../measures/stage/cli-process.ts'
import { type Supervisor, superviseWorkers } from '../../start/supervisor.ts'
import { workerProcesses } from '../../start/worker-processes.ts'
import { type Environment, isFinal, LEASE_SECONDS, openEnvironment } from '../stage/environment.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

const ROOT = join(import.meta.dirname, '../..')
let environment: Environment
let supervisor: Supervisor | undefined

beforeAll(async () => {
  environment = await openEnvironment()
})
afterAll(() => environment.close())
afterEach(async () => {
  await supervisor?.stop()
  supervisor = undefined
})

const processEnv = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...{
    DATABASE_WORKER_URL: environment.database.workerUrl,
    DATA_DIR: environment.folder,
    THREADS: '1',
    LOG_LEVEL: environment.log.level,
  },
  ...{ MODELS_DIR: join(environment.folder, 'models'), LEASE_SECONDS: String(LEASE_SECONDS) },
})

test('both workers run as processes: a training with previews and a generation, a kill of each between, nothing left after', async () => {
  const workers = workerProcesses({ trainers: 1, inferenceWorkers: 1 }, processEnv())
  const before = new Set(descendants(process.pid))
  supervisor = superviseWorkers(workers, { log: environment.log, firstPauseMs: 50 })
  await supervisor.ready()
  const [tenant] = environment.tenants
  const training = await environment.train(tenant, { previewPrompts: ['sks dog'], previewEvery: 4 })
  const drawing = await environment.generate(tenant, [{ steps: 400 }])
  await environment.until(tenant, training, ({ step }) => step > 2)
  await environment.until(tenant, drawing, ({ state }) => state !== 'QUEUED')
  const started = descendants(process.pid).filter(pid => !before.has(pid))
  for (const pid of started) process.kill(pid, 'SIGKILL')
  expect((await environment.until(tenant, training, isFinal)).state).toBe('SUCCEEDED')
  expect((await environment.until(tenant, drawing, isFinal)).state).toBe('SUCCEEDED')
  const { previews } = await environment.job(tenant, training)
  expect(previews).toHaveLength(2)
  for (const { id } of previews) expect((await environment.until(tenant, id, isFinal)).state).toBe('SUCCEEDED')
  await supervisor.stop()
  const left = descendants(process.pid).filter(pid => !before.has(pid))
  expect(await waitForEnd(left, 2000)).toBeDefined()
})

test.each(['trainer', 'inference'])(
  'the %s says which variable it lacks, and ends with the code for that',
  async name => {
    const { DATABASE_WORKER_URL: _, ...env } = processEnv()
    const child = spawn(process.execPath, [join(ROOT, name, 'main.ts')], { env: { ...env, LOG_LEVEL: 'error' } })
    let text = ''
    child.stderr.on('data', part => {
      text += part
    })
    const code = await new Promise(resolve => child.once('close', resolve))
    expect(code).toBe(2)
    expect(text).toContain('DATABASE_WORKER_URL is not set')
  },
)
