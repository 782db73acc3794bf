import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { finishGeneration, generate } from '../../../measures/stage/journey.ts'
import { ask, type Identity, type Service, signUp } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'
import { databaseUrl } from '../../stage/test-database.ts'

let service: Service
let owner: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const ready = async () => {
  const response = await fetch(`${service.url}/readyz`)
  return { status: response.status, ...((await response.json()) as { checks: Record<string, string> }).checks }
}

/** Throws everybody out of the database and lets nobody in until `work` is done. */
async function withoutDatabase(work: () => Promise<void>): Promise<void> {
  const name = new URL(service.ownerUrl).pathname.slice(1)
  const admin = (sql: string) => withConnection(databaseUrl('postgres'), client => client.query(sql))
  await admin(`alter database ${name} connection limit 0`)
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  try {
    await work()
  } finally {
    await admin(`alter database ${name} connection limit -1`)
  }
}

test('without its database the service says so, masks the reason, and goes on by itself when it is back', async () => {
  const before = await generate(service, owner, [{ prompt: 'a house' }], { idempotencyKey: 'before' })
  await withoutDatabase(async () => {
    await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 503, store: 'ok' }), 10_000)
    const { errors } = await ask(service, '{ subjects { nodes { id } } }', {}, owner)
    expect(errors?.[0]?.extensions.code).toBe('SERVICE_UNAVAILABLE')
    expect(JSON.stringify(errors)).not.toMatch(/postgres|connection|prisma/i)
    expect((await fetch(`${service.url}/livez`)).status).toBe(200)
  })
  await vi.waitFor(async () => expect(await ready()).toEqual({ status: 200, database: 'ok', store: 'ok' }), 10_000)
  const again = await generate(service, owner, [{ prompt: 'a house' }], { idempotencyKey: 'before' })
  expect(again).toEqual(before)
  // The connection that hears of events is made anew, too.
  await vi.waitFor(async () => {
    const { data } = await ask(service, '{ generations { nodes { id } } }', {}, owner)
    expect(data.generations.nodes).toHaveLength(1)
  })
})

test('without its store the service is not ready, and is again when it is back', async () => {
  const [folder, aside] = [service.folder, `${service.folder}-aside`]
  await rename(folder, aside)
  await writeFile(folder, 'a file where the folder was')
  await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 503, database: 'ok' }), 10_000)
  await rm(folder)
  await rename(aside, folder)
  await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 200, store: 'ok' }), 10_000)
})

test('a disk that is not mounted is a failure of the store, not a photo that is not there', async () => {
  const { generation } = await generate(service, owner, [{ prompt: 'a house' }])
  // That of the first test waits, too.
  for (let i = 0; i < 2; i++) await finishGeneration(service)
  const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { images { url } } } }'
  const { data } = await ask(service, query, { id: generation.id }, owner)
  const link = async () => (await fetch(data.node.images[0].url)).status
  expect(await link()).toBe(200)
  const [blobs, aside] = [join(service.folder, 'blobs'), join(service.folder, 'elsewhere')]
  await rename(blobs, aside)
  expect(await link()).toBe(507)
  await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 503, database: 'ok' }), 10_000)
  // Nothing was made anew in its place.
  await expect(stat(blobs)).rejects.toThrow('ENOENT')
  await rename(aside, blobs)
  expect(await link()).toBe(200)
  await vi.waitFor(async () => expect(await ready()).toMatchObject({ status: 200, store: 'ok' }), 10_000)
})
