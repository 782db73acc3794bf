import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest'
import type { BlobStore } from '../../adapters-store/index.ts'
import { AppError } from '../../errors.ts'
import { openInference } from '../../inference/index.ts'
import { withConnection } from '../../prisma/connection.ts'
import { openTrainer } from '../../trainer/index.ts'
import type { Worker } from '../../workers/index.ts'
import { type Environment, isFinal, type Job, openEnvironment } from '../stage/environment.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

let environment: Environment
let tenant: string
/** While it is true the disk of the store takes nothing more; what is there can be read. */
let full = false
const workers: Worker[] = []

const storeOnAFullDisk = (store: BlobStore): BlobStore => ({
  ...store,
  put: async (tenantId, body, expected) => {
    if (full) throw new AppError('STORAGE_FAILED', 'blobs was not written: the disk is full', 'Free some space.')
    return store.put(tenantId, body, expected)
  },
})

beforeAll(async () => {
  environment = await openEnvironment()
  tenant = environment.tenants[0]
  const store = storeOnAFullDisk(environment.store)
  const options = { store, bases: environment.bases, device: { threads: 1 }, log: environment.log }
  workers.push(
    await openTrainer({
      queue: environment.openQueue('trainer'),
      folder: join(environment.folder, 'work'),
      ...options,
    }),
    await openInference({ queue: environment.openQueue('inference'), maxRows: 4, cacheBytes: 1e8, ...options }),
  )
})
afterAll(async () => {
  for (const worker of workers) await worker.stop()
  await environment.close()
})
afterEach(() => {
  full = false
})

/** Ends every connection of the workers to this file's database, as a restart of the server does. */
const cutConnections = () =>
  withConnection(inject('postgresUrl'), client =>
    client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'semblance_worker' and datname = $1",
      [new URL(environment.database.workerUrl).pathname.slice(1)],
    ),
  )

const ended = (id: string) => environment.until(tenant, id, isFinal)
const adapterFile = ({ result }: Job) => (result as { adapter: { sha256: string } }).adapter
const adapterOf = (job: Job) => adapterFile(job).sha256
const eventsOf = ({ events }: Job) =>
  events.map(({ attempt, seq }) => `${attempt} ${seq}`).filter(key => !key.includes('null'))

test('a training goes on while the database and the store come and go, in one attempt and to the same bytes', async () => {
  const expected = adapterOf(await ended(await environment.train(tenant, { steps: 12 })))
  const id = await environment.train(tenant, { steps: 12 })
  await environment.until(tenant, id, ({ step }) => step >= 2)
  await cutConnections()
  await environment.until(tenant, id, ({ step }) => step >= 4)
  full = true
  await sleep(2500)
  full = false
  for (let cut = 0; cut < 5; cut++) {
    await cutConnections()
    await sleep(30)
  }
  const job = await ended(id)
  expect(job.attempts.map(({ outcome }) => outcome)).toEqual(['SUCCEEDED'])
  expect(adapterOf(job)).toBe(expected)
  expect(new Set(eventsOf(job)).size).toBe(eventsOf(job).length)
})

test('pictures wait for the store in the hands of their worker', async () => {
  const id = await environment.generate(tenant, [{ steps: 300 }])
  await environment.until(tenant, id, ({ step }) => step > 0)
  full = true
  await environment.until(tenant, id, ({ step }) => step === 300)
  await sleep(1500)
  expect((await environment.job(tenant, id)).state).toBe('RUNNING')
  full = false
  const job = await ended(id)
  expect([job.state, job.attempts.length]).toEqual(['SUCCEEDED', 1])
})

test('a disk that is not mounted is waited out, by trainings and drawings', async () => {
  const { sha256 } = adapterFile(await ended(await environment.train(tenant)))
  const [blobs, aside] = [join(environment.folder, 'blobs'), join(environment.folder, 'elsewhere')]
  const training = await environment.train(tenant, { steps: 12 })
  await environment.until(tenant, training, ({ step }) => step >= 2)
  await rename(blobs, aside)
  const drawing = await environment.generate(tenant, [{ adapter: { sha256, scale: 1 } }])
  await environment.until(tenant, drawing, ({ state }) => state === 'PREPARING')
  await sleep(2500)
  await rename(aside, blobs)
  for (const job of [await ended(training), await ended(drawing)])
    expect([job.state, job.attempts.length]).toEqual(['SUCCEEDED', 1])
})
