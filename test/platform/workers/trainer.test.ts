import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseInput } from '../../../queue/index.ts'
import { type Environment, isFinal, type Job, openEnvironment } from '../../stage/environment.ts'
import { adapterOf, openTrainers, type Trainers } from '../../stage/trainers.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

let environment: Environment
let tenant: string
let trainers: Trainers

beforeAll(async () => {
  environment = await openEnvironment()
  tenant = environment.tenants[0]
  trainers = openTrainers(environment, tenant)
})
afterAll(() => environment.close())
afterEach(() => trainers.stop())

const ended = (id: string) => environment.until(tenant, id, isFinal)
const payloads = ({ events }: Job, type: string) =>
  events.filter(event => event.type === type).map(({ payload }) => payload)

test('a training tells every part of its way and ends with a version whose bytes are in the store', async () => {
  await trainers.open('one')
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
  const sizes = { '16x16': 1, '12x20': 1, '20x12': 1 }
  expect(job.versions[0]?.manifest).toMatchObject({ method: 'lora', subject: 'sks dog', training: { sizes } })
  expect(await readdir(trainers.work)).toEqual([])
})

test('what of previews and captions is left out is told', async () => {
  await trainers.open('warned')
  const { photos } = await environment.job(tenant, await environment.train(tenant)).then(({ input }) => input as never)
  const captions = ['sks dog', `sks ${'a '.repeat(80)}`, `dog ${'b '.repeat(90)}`]
  const described = (photos as { sha256: string }[]).map((photo, i) => ({ ...photo, caption: captions[i] ?? '' }))
  const more = { steps: 2, previewPrompts: ['sks dog'], previewEvery: 4, photos: described }
  const job = await ended(await environment.train(tenant, more))
  expect(job.state).toBe('SUCCEEDED')
  expect(payloads(job, 'warning')).toEqual([
    { code: 'PREVIEW_NONE', message: expect.stringContaining('one every 4 steps, and the training has 2') },
    {
      code: 'PROMPT_CUT',
      message: expect.stringMatching(/caption has 81 tokens.* 75: .*; so it is with 1 other captions/),
    },
  ])
})

test('photos become squares where that is asked for, and in jobs stored before there was a choice', async () => {
  await trainers.open('square')
  const job = await ended(await environment.train(tenant, { crop: 'square', steps: 1 }))
  expect(job.versions[0]?.manifest).toMatchObject({ training: { sizes: { '16x16': 3 } } })
  const { crop, ...old } = parseInput('TRAINING', job.input)
  expect([crop, parseInput('TRAINING', old).crop]).toEqual(['square', 'square'])
})

test('a trainer that is told to stop gives its job back with the state of the last step', async () => {
  const expected = await trainers.wholeAdapter()
  const id = await environment.train(tenant)
  const child = trainers.start()
  await environment.until(tenant, id, ({ step }) => step >= 3)
  child.kill('SIGTERM')
  await new Promise(resolve => child.once('close', resolve))
  expect(child.exitCode).toBe(0)
  const released = await environment.job(tenant, id)
  expect(released.state).toBe('QUEUED')
  expect(released.attempts).toMatchObject([{ outcome: 'RELEASED' }])
  expect(released.checkpoints.at(-1)?.step).toBe(released.step)
  await trainers.open('next')
  expect(adapterOf(await ended(id)).sha256).toBe(expected)
})

test('a cancel ends the training within a step and removes what it left on this machine', async () => {
  await trainers.open('canceled')
  const id = await environment.train(tenant, { steps: 100_000, checkpointEvery: 100_000 })
  await environment.until(tenant, id, ({ step }) => step >= 2)
  await environment.cancel(tenant, id)
  const asked = performance.now()
  const job = await ended(id)
  const milliseconds = (payloads(job, 'progress').at(-1) as { milliseconds: number }).milliseconds
  expect(performance.now() - asked).toBeLessThan(Math.max(2000, 5 * milliseconds))
  expect(job.state).toBe('CANCELED')
  expect(job.checkpoints).toEqual([])
  await trainers.stop()
  expect(await readdir(trainers.work)).toEqual([])
})

test('a trainer that lost its lease stops and reports nothing more', async () => {
  await trainers.open('slow')
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
  while ((await readdir(trainers.work)).length > 0) await sleep(20)
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
    await trainers.open('failing')
    const id = await environment.train(tenant, wrong)
    const job = await environment.until(tenant, id, ({ code, state }) => code !== null || state === 'SUCCEEDED')
    expect(job.code).toBe(code)
    expect(job.reason).toContain(words)
    if (job.state === 'QUEUED') await environment.cancel(tenant, id)
  })

  test('a photo that cannot be read is named by its place', async () => {
    await trainers.open('failing')
    const { sha256 } = await environment.store.put(tenant, Buffer.from('no photo'))
    const job = await ended(await environment.train(tenant, { photos: [{ sha256, caption: 'x' }] }))
    expect([job.state, job.code]).toEqual(['FAILED', 'IMAGE_INVALID'])
    expect(job.reason).toContain('photo 1')
  })
})

test('a checkpoint of another version, or one that is gone, costs the steps before it and nothing else', async () => {
  const expected = await trainers.wholeAdapter()
  for (const content of ['not a checkpoint', undefined]) {
    const id = await environment.train(tenant)
    const blob = content
      ? await environment.store.put(tenant, Buffer.from(content))
      : { sha256: 'f'.repeat(64), bytes: 16 }
    const other = environment.openQueue('other')
    // An earlier test's job may be waiting for another attempt.
    const claim = (await other.claim(['TRAINING'], 100)).find(({ jobId }) => jobId === id)
    if (!claim) throw new Error('nothing to claim')
    expect(await other.checkpoint(claim, 0, { step: 4, ...blob })).toBe('stored')
    await other.finish(claim, 1, { state: 'RELEASED', message: 'gone' })
    await trainers.open('anew')
    const job = await ended(id)
    expect(adapterOf(job).sha256).toBe(expected)
    expect((payloads(job, 'message') as { text: string }[])[0]?.text).toContain('starts over')
    await trainers.stop()
  }
})
