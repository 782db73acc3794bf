import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Base, openBase, saveAdapter } from '../../../engine/index.ts'
import { openAdapterCache } from '../../../inference/adapter-cache.ts'
import { randomAdapter } from '../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { type OpenFiles, openFiles } from '../../stage/blob-drivers.ts'

const TENANTS = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const
let folder: string
let base: Base
let files: OpenFiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-cache-'))
  base = await openBase(await writeTinyBase(join(folder, 'base')))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(async () => {
  files = await openFiles()
})
afterEach(() => files.close())

async function bytesOf(seed: number, fingerprint?: string): Promise<Buffer> {
  const path = join(folder, `adapter-${seed}.safetensors`)
  await saveAdapter(path, randomAdapter(base, seed, { fingerprint: fingerprint ?? (await base.fingerprint()) }))
  return readFile(path)
}

const store = async (tenantId: string, seed: number): Promise<string> =>
  (await files.store.put(tenantId, await bytesOf(seed))).sha256

const names = (cache: ReturnType<typeof openAdapterCache>) => cache.entries().map(({ sha256 }) => sha256)

test('an adapter is read once and kept until the budget needs its environment, the least recently used first', async () => {
  const [a, b, c] = (await Promise.all([1, 2, 3].map(seed => store(TENANTS[0], seed)))) as [string, string, string]
  const probe = openAdapterCache(files.store, 1e9)
  await probe.get(TENANTS[0], a, base)
  const size = probe.entries()[0]?.bytes as number
  expect(size).toBeGreaterThan(1000)
  const cache = openAdapterCache(files.store, 2 * size)
  const first = await cache.get(TENANTS[0], a, base)
  await cache.get(TENANTS[0], b, base)
  expect(await cache.get(TENANTS[0], a, base)).toBe(first)
  await cache.get(TENANTS[0], c, base)
  expect(names(cache)).toEqual([a, c])
  expect(cache.entries().reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(2 * size)
})

test('one that is larger than the budget is used and not kept', async () => {
  const sha256 = await store(TENANTS[0], 1)
  const cache = openAdapterCache(files.store, 10)
  expect((await cache.get(TENANTS[0], sha256, base)).tensors.size).toBeGreaterThan(0)
  expect(cache.entries()).toEqual([])
})

test('jobs that ask at the same time share one reading', async () => {
  const sha256 = await store(TENANTS[0], 1)
  const cache = openAdapterCache(files.store, 1e9)
  const [one, two] = await Promise.all([1, 2].map(() => cache.get(TENANTS[0], sha256, base)))
  expect(one).toBe(two)
})

test('a deleted adapter is refused at its next use and leaves the memory at the next sweep', async () => {
  const [a, b] = (await Promise.all([1, 2].map(seed => store(TENANTS[0], seed)))) as [string, string]
  const cache = openAdapterCache(files.store, 1e9)
  for (const sha256 of [a, b]) await cache.get(TENANTS[0], sha256, base)
  for (const sha256 of [a, b]) await files.store.remove(TENANTS[0], sha256)
  await expect(cache.get(TENANTS[0], a, base)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' })
  expect(names(cache)).toEqual([b])
  await cache.sweep()
  expect(names(cache)).toEqual([])
})

test('what is dropped while it is read does not come back', async () => {
  const sha256 = await store(TENANTS[0], 1)
  const cache = openAdapterCache(files.store, 1e9)
  const reading = cache.get(TENANTS[0], sha256, base)
  while (cache.entries().length === 0) await new Promise(resolve => setImmediate(resolve))
  cache.drop(TENANTS[0])
  await reading
  expect(cache.entries()).toEqual([])
})

test("a tenant's equal adapter is another's only if it is stored for both", async () => {
  const sha256 = await store(TENANTS[0], 1)
  const cache = openAdapterCache(files.store, 1e9)
  await cache.get(TENANTS[0], sha256, base)
  await expect(cache.get(TENANTS[1], sha256, base)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' })
  await store(TENANTS[1], 1)
  await cache.get(TENANTS[1], sha256, base)
  cache.drop(TENANTS[0], sha256)
  expect(cache.entries().map(({ tenantId }) => tenantId)).toEqual([TENANTS[1]])
})

test('damaged content, what is no adapter, and one of another base are refused, named and not kept', async () => {
  const cache = openAdapterCache(files.store, 1e9)
  const damaged = await store(TENANTS[0], 1)
  await files.damage(TENANTS[0], damaged, Buffer.from('something else'))
  await expect(cache.get(TENANTS[0], damaged, base)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' })
  const { sha256: text } = await files.store.put(TENANTS[0], Buffer.from('no adapter'))
  await expect(cache.get(TENANTS[0], text, base)).rejects.toMatchObject({
    code: 'FILE_INVALID',
    message: expect.stringContaining(`adapter ${text.slice(0, 12)}`),
  })
  const { sha256: foreign } = await files.store.put(TENANTS[0], await bytesOf(1, 'f'.repeat(64)))
  await expect(cache.get(TENANTS[0], foreign, base)).rejects.toMatchObject({ code: 'ADAPTER_MISMATCH' })
  expect(cache.entries()).toEqual([])
})
