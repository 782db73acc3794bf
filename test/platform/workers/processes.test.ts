import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { descendants, waitForEnd } from '../../../measures/stage/cli-process.ts'
import { type Supervisor, superviseWorkers } from '../../../start/supervisor.ts'
import { workerProcesses } from '../../../start/worker-processes.ts'
import { isFinal, LEASE_SECONDS, openPlace, type Place } from '../../stage/place.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

const ROOT = join(import.meta.dirname, '../../..')
let place: Place
let supervisor: Supervisor | undefined

beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())
afterEach(async () => {
  await supervisor?.stop()
  supervisor = undefined
})

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...{
    DATABASE_WORKER_URL: place.database.workerUrl,
    DATA_DIR: place.folder,
    THREADS: '1',
    LOG_LEVEL: place.log.level,
  },
  ...{ MODELS_DIR: join(place.folder, 'models'), LEASE_SECONDS: String(LEASE_SECONDS) },
})

test('both workers run as processes: a training with previews and a generation, a kill of each between, nothing left after', async () => {
  const workers = workerProcesses({ trainers: 1, inferenceWorkers: 1 }, environment())
  const before = new Set(descendants(process.pid))
  supervisor = superviseWorkers(workers, { log: place.log, firstPauseMs: 50 })
  await supervisor.ready()
  const [tenant] = place.tenants
  const training = await place.train(tenant, { previewPrompts: ['sks dog'], previewEvery: 4 })
  const drawing = await place.generate(tenant, [{ steps: 400 }])
  await place.until(tenant, training, ({ step }) => step > 2)
  await place.until(tenant, drawing, ({ state }) => state !== 'QUEUED')
  const started = descendants(process.pid).filter(pid => !before.has(pid))
  for (const pid of started) process.kill(pid, 'SIGKILL')
  expect((await place.until(tenant, training, isFinal)).state).toBe('SUCCEEDED')
  expect((await place.until(tenant, drawing, isFinal)).state).toBe('SUCCEEDED')
  const { previews } = await place.job(tenant, training)
  expect(previews).toHaveLength(2)
  for (const { id } of previews) expect((await place.until(tenant, id, isFinal)).state).toBe('SUCCEEDED')
  await supervisor.stop()
  const left = descendants(process.pid).filter(pid => !before.has(pid))
  expect(await waitForEnd(left, 2000)).toBeDefined()
})

test.each(['trainer', 'inference'])(
  'the %s says which variable it lacks, and ends with the code for that',
  async name => {
    const { DATABASE_WORKER_URL: _, ...env } = environment()
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
