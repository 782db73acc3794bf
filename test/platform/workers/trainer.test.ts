import { type ChildProcess, fork } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { uniforms } from '../../../engine/noise.ts'
import { descendants, waitForEnd } from '../../../measures/stage/cli-process.ts'
import { openTrainer } from '../../../trainer/index.ts'
import type { Worker } from '../../../workers/index.ts'
import { type Environment, isFinal, type Job, LEASE_SECONDS, openEnvironment } from '../../stage/environment.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

let environment: Environment
let tenant: string
let trainer: Worker | undefined
const children = new Set<ChildProcess>()

beforeAll(async () => {
  environment = await openEnvironment()
  tenant = environment.tenants[0]
})
afterAll(() => environment.close())
afterEach(async () => {
  await trainer?.stop()
  trainer = undefined
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

const work = () => join(environment.folder, 'work')

async function open(name: string, more: { bases?: Record<string, string>; graceSeconds?: number } = {}): Promise<void> {
  const options = {
    store: environment.store,
    bases: environment.bases,
    device: { threads: 1 },
    folder: work(),
    log: environment.log,
  }
  trainer = await openTrainer({ queue: environment.openQueue(name), ...options, ...more })
}

/** The real process, to be killed. */
function start(): ChildProcess {
  const env = {
    ...{ DATABASE_WORKER_URL: environment.database.workerUrl, DATA_DIR: environment.folder, THREADS: '1' },
    ...{
      MODELS_DIR: join(environment.folder, 'models'),
      LEASE_SECONDS: String(LEASE_SECONDS),
      LOG_LEVEL: environment.log.level,
    },
  }
  const file = join(import.meta.dirname, '../../../trainer/main.ts')
  const child = fork(file, [], { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  children.add(child)
  return child
}

const ended = (id: string) => environment.until(tenant, id, isFinal)
const payloads = ({ events }: Job, type: string) =>
  events.filter(event => event.type === type).map(({ payload }) => payload)
const adapterOf = ({ result }: Job) => (result as { adapter: { sha256: string; bytes: number } }).adapter

let whole: Promise<string> | undefined
/** The adapter of an undisturbed training with the usual settings. */
function wholeAdapter(): Promise<string> {
  whole ??= (async () => {
    await open('whole')
    const job = await ended(await environment.train(tenant))
    expect(job.state).toBe('SUCCEEDED')
    await trainer?.stop()
    return adapterOf(job).sha256
  })()
  return whole
}

test('a training tells every part of its way and ends with a version whose bytes are in the store', async () => {
  await open('one')
  const job = await ended(await environment.train(tenant))
  const states = payloads(job, 'state').map(payload => (payload as { to: string }).to)
  expect(states).toEqual(['QUEUED', 'PREPARING', 'RUNNING', 'SUCCEEDED'])
  const steps = payloads(job, 'progress') as { step: number; loss: number; remaining: number }[]
  expect(steps[0]?.step).toBe(1)
  expect(steps.at(-1)).toMatchObject({ step: 8, steps: 8, remaining: 0, loss: expect.any(Number) })
  expect((payloads(job, 'checkpoint') as { step: number }[]).map(({ step }) => step)).toEqual([2, 4, 6, 8])
  const { sha256, bytes } = adapterOf(job)
  expect(job.versions).toMatchObject([{ sha256, bytes: BigInt(bytes), format: 'semblance', number: 1 }])
  expect(await environment.store.stat(tenant, sha256)).toEqual({ sha256, bytes })
  expect(job.versions[0]?.manifest).toMatchObject({ method: 'lora', subject: 'sks dog' })
  expect(await readdir(work())).toEqual([])
})

describe('a killed trainer', () => {
  const moments = Array.from(uniforms(3, 0, 4), (u, i) => 2 * (i + u))
  test.each(moments)('at step %f is taken over by another, which ends with the same bytes', async moment => {
    const expected = await wholeAdapter()
    const id = await environment.train(tenant)
    const first = start()
    await environment.until(tenant, id, ({ state, step }) => state === 'RUNNING' && step >= Math.floor(moment))
    await sleep(60 * (moment % 1))
    const devices = descendants(first.pid as number)
    first.kill('SIGKILL')
    expect(await waitForEnd(devices, 3000)).toBeDefined()
    start()
    const job = await ended(id)
    expect(adapterOf(job).sha256).toBe(expected)
    expect(job.attempts[0]?.outcome).toBe('EXPIRED')
    expect(job.versions).toHaveLength(1)
    const resumed = job.checkpoints.filter(({ attempt }) => attempt === 1).at(-1)?.step ?? 0
    const again = job.events.filter(({ type, attempt }) => type === 'progress' && attempt === 2)
    expect((again[0]?.payload as { step: number } | undefined)?.step ?? resumed + 1).toBe(resumed + 1)
    expect(await readdir(work())).toEqual([])
  })

  test('of which only the device is killed starts again from the checkpoint by itself', async () => {
    const expected = await wholeAdapter()
    const id = await environment.train(tenant)
    const child = start()
    await environment.until(tenant, id, ({ checkpoints }) => checkpoints.length > 0)
    for (const device of descendants(child.pid as number)) process.kill(device, 'SIGKILL')
    const job = await ended(id)
    expect(job.attempts.map(({ outcome }) => outcome)).toEqual(['FAILED', 'SUCCEEDED'])
    expect(job.attempts[0]?.reason).toBe('the process that computes ended unexpectedly')
    expect(adapterOf(job).sha256).toBe(expected)
  })
})

test('a trainer that is told to stop gives its job back with the state of the last step', async () => {
  const expected = await wholeAdapter()
  const id = await environment.train(tenant)
  const child = start()
  await environment.until(tenant, id, ({ step }) => step >= 3)
  child.kill('SIGTERM')
  await new Promise(resolve => child.once('close', resolve))
  expect(child.exitCode).toBe(0)
  const released = await environment.job(tenant, id)
  expect(released.state).toBe('QUEUED')
  expect(released.attempts).toMatchObject([{ outcome: 'RELEASED' }])
  expect(released.checkpoints.at(-1)?.step).toBe(released.step)
  await open('next')
  expect(adapterOf(await ended(id)).sha256).toBe(expected)
})

test('a cancel ends the training within a step and removes what it left on this machine', async () => {
  await open('canceled')
  const id = await environment.train(tenant, { steps: 100_000, checkpointEvery: 100_000 })
  await environment.until(tenant, id, ({ step }) => step >= 2)
  await environment.cancel(tenant, id)
  const asked = performance.now()
  const job = await ended(id)
  const milliseconds = (payloads(job, 'progress').at(-1) as { milliseconds: number }).milliseconds
  expect(performance.now() - asked).toBeLessThan(Math.max(2000, 5 * milliseconds))
  expect(job.state).toBe('CANCELED')
  expect(job.checkpoints).toEqual([])
  await trainer?.stop()
  expect(await readdir(work())).toEqual([])
})

test('a trainer that lost its lease stops and reports nothing more', async () => {
  await open('slow')
  const id = await environment.train(tenant, { steps: 100_000, checkpointEvery: 100_000 })
  await environment.until(tenant, id, ({ step }) => step >= 2)
  // Another worker claims it, as after an expired lease.
  await environment.database.withTenant(tenant, async tx => {
    await tx.job.update({
      where: { tenantId_id: { tenantId: tenant, id } },
      data: { state: 'QUEUED', leaseUntil: null },
    })
  })
  const other = environment.openQueue('other', 600)
  const [claim] = await other.claim(['TRAINING'], 1)
  expect(claim).toMatchObject({ jobId: id, attempt: 2 })
  while ((await readdir(work())).length > 0) await sleep(20)
  const job = await environment.job(tenant, id)
  expect(job.state).toBe('PREPARING')
  await sleep(500)
  expect((await environment.job(tenant, id)).events.at(-1)?.number).toBe(job.events.at(-1)?.number)
  expect(claim && (await other.finish(claim, 0, { state: 'CANCELED', message: 'enough' }))).toBe('stored')
})

describe('a failure is told so that', () => {
  test.each([
    [{ base: 'other' }, 'MODEL_NOT_FOUND', 'the base model cannot be read on this worker'],
    [{ method: 'no-such' }, 'INPUT_INVALID', 'no-such'],
    [{ options: { rank: 0 } }, 'INPUT_INVALID', 'rank'],
    [{ photos: [{ sha256: 'a'.repeat(64), caption: 'x' }] }, 'BLOB_NOT_FOUND', 'was deleted'],
    [{ checkpointEvery: 0 }, 'JOB_INVALID', 'checkpointEvery'],
  ])('%j is %s', async (wrong, code, words) => {
    await open('failing')
    const id = await environment.train(tenant, wrong)
    const job = await environment.until(tenant, id, ({ code, state }) => code !== null || state === 'SUCCEEDED')
    expect(job.code).toBe(code)
    expect(job.reason).toContain(words)
    if (job.state === 'QUEUED') await environment.cancel(tenant, id)
  })

  test('a photo that cannot be read is named by its place', async () => {
    await open('failing')
    const { sha256 } = await environment.store.put(tenant, Buffer.from('no photo'))
    const job = await ended(await environment.train(tenant, { photos: [{ sha256, caption: 'x' }] }))
    expect([job.state, job.code]).toEqual(['FAILED', 'IMAGE_INVALID'])
    expect(job.reason).toContain('photo 1')
  })
})

test('a checkpoint of another version, or one that is gone, costs the steps before it and nothing else', async () => {
  const expected = await wholeAdapter()
  for (const content of ['not a checkpoint', undefined]) {
    const id = await environment.train(tenant)
    const blob = content
      ? await environment.store.put(tenant, Buffer.from(content))
      : { sha256: 'f'.repeat(64), bytes: 16 }
    const other = environment.openQueue('other')
    const [claim] = await other.claim(['TRAINING'], 1)
    if (!claim) throw new Error('nothing to claim')
    await other.checkpoint(claim, 0, { step: 4, ...blob })
    await other.finish(claim, 1, { state: 'RELEASED', message: 'gone' })
    await open('anew')
    const job = await ended(id)
    expect(adapterOf(job).sha256).toBe(expected)
    expect((payloads(job, 'message') as { text: string }[])[0]?.text).toContain('starts over')
    await trainer?.stop()
  }
})
