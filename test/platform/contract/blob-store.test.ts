import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type BlobStore,
  readBlob,
  removeAll,
  type UploadForm,
  type UploadTerms,
} from '../../../adapters-store/index.ts'
import { collect, DRIVERS, type OpenDriver } from '../../stage/blob-drivers.ts'

const MIB = 2 ** 20
const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
const text = (value: string) => Buffer.from(value)

async function* inPieces(content: Uint8Array, size = 65_536): AsyncIterable<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

async function listAll(store: BlobStore, tenantId: string): Promise<string[]> {
  return (await collect(store.list(tenantId))).map(({ sha256 }) => sha256).sort()
}

function send(form: UploadForm, content: Uint8Array<ArrayBuffer>, fields: Record<string, string> = form.fields) {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  body.append('file', new Blob([content]), 'photo.png')
  return fetch(form.url, { method: 'POST', body })
}

describe.each(Object.entries(DRIVERS))('blob store: %s', (_name, open) => {
  let driver: OpenDriver
  let store: BlobStore
  beforeAll(async () => {
    driver = await open()
    store = driver.store
  })
  afterAll(() => driver.close())
  const read = async (tenantId: string, sha256: string) => readBlob(await store.open(tenantId, sha256))

  describe('blobs', () => {
    test.each([0, 1, 65_537, 8 * MIB, 12 * MIB + 3])('%i bytes come back as they were', async size => {
      const [tenant, content] = [randomUUID(), randomBytes(size)]
      for (const body of [content, inPieces(content)]) {
        expect(await store.put(tenant, body)).toEqual({ sha256: hashOf(content), bytes: size })
        expect(content.equals(await read(tenant, hashOf(content)))).toBe(true)
      }
      expect(await store.stat(tenant, hashOf(content))).toEqual({ sha256: hashOf(content), bytes: size })
      expect(await listAll(store, tenant)).toEqual([hashOf(content)])
    })
    test('the same content put 20 times at once is one blob', async () => {
      const [tenant, content] = [randomUUID(), randomBytes(MIB)]
      const puts = await Promise.all(Array.from({ length: 20 }, () => store.put(tenant, inPieces(content))))
      expect(new Set(puts.map(({ sha256 }) => sha256))).toEqual(new Set([hashOf(content)]))
      expect(content.equals(await read(tenant, hashOf(content)))).toBe(true)
      expect(await listAll(store, tenant)).toHaveLength(1)
    })
    test('equal content of two tenants is two blobs: one goes, the other stays', async () => {
      const [one, other, content] = [randomUUID(), randomUUID(), text('both')]
      const { sha256 } = await store.put(one, content)
      await store.put(other, content)
      expect(await store.remove(one, sha256)).toBe(true)
      await expect(store.open(one, sha256)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' })
      expect(await read(other, sha256)).toEqual(content)
    })
    test.each(['0'.repeat(64), '', '../../secrets', 'A'.repeat(64), 'x', '.'])(
      'there is no blob "%s"',
      async sha256 => {
        const tenant = randomUUID()
        await store.put(tenant, text('another'))
        await expect(store.open(tenant, sha256)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' })
        expect(await store.stat(tenant, sha256)).toBeUndefined()
        expect(await store.remove(tenant, sha256)).toBe(false)
      },
    )
    test('a tenant that is no UUID is our own mistake', async () => {
      await expect((async () => store.put('../other', text('x')))()).rejects.toThrow('internal error')
    })
    test.each([100, 9 * MIB])('a damaged blob of %i bytes is refused, and mended by storing it again', async size => {
      const [tenant, content] = [randomUUID(), randomBytes(size)]
      const { sha256 } = await store.put(tenant, content)
      const flipped = Buffer.from(content)
      flipped[size - 1]! ^= 1
      for (const damaged of [flipped, content.subarray(0, size - 1), Buffer.alloc(0)]) {
        await driver.damage(tenant, sha256, damaged)
        await expect(read(tenant, sha256)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' })
      }
      await store.put(tenant, content)
      expect(content.equals(await read(tenant, sha256))).toBe(true)
    })
    test('content that is not the expected one is refused, and nothing is kept', async () => {
      const [tenant, content] = [randomUUID(), text('content')]
      for (const expected of [{ sha256: hashOf(text('other')) }, { bytes: 8 }])
        await expect(store.put(tenant, content, expected)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' })
      expect(await listAll(store, tenant)).toEqual([])
      await store.put(tenant, content, { sha256: hashOf(content), bytes: 7 })
    })
    test('a body that breaks off leaves nothing behind', async () => {
      const tenant = randomUUID()
      async function* broken() {
        yield randomBytes(MIB)
        throw new Error('the sender is gone')
      }
      await expect(store.put(tenant, broken())).rejects.toThrow('the sender is gone')
      expect(await listAll(store, tenant)).toEqual([])
    })
    test('all blobs of a tenant can be removed', async () => {
      const tenant = randomUUID()
      for (const value of ['a', 'b', 'c']) await store.put(tenant, text(value))
      expect((await removeAll(store, tenant)).sort()).toEqual(['a', 'b', 'c'].map(value => hashOf(text(value))).sort())
      expect(await listAll(store, tenant)).toEqual([])
    })
    test('blobs are listed and removed by their age, and one that is put again is young', async () => {
      const tenant = randomUUID()
      // Some stores know the age by the second.
      const pause = () => new Promise(resolve => setTimeout(resolve, 1100))
      const [one, other] = [await store.put(tenant, text('one')), await store.put(tenant, text('other'))]
      await pause()
      const before = new Date()
      const older = async () => (await collect(store.list(tenant, before))).map(({ sha256 }) => sha256).sort()
      expect(await older()).toEqual([one.sha256, other.sha256].sort())
      await pause()
      await store.put(tenant, text('other'))
      const young = await store.put(tenant, text('young'))
      expect(await older()).toEqual([one.sha256])
      for (const { sha256 } of [other, young]) expect(await store.remove(tenant, sha256, before)).toBe(false)
      expect(await store.remove(tenant, one.sha256, before)).toBe(true)
      expect(await store.remove(tenant, one.sha256, before)).toBe(false)
      expect(await listAll(store, tenant)).toEqual([other.sha256, young.sha256].sort())
    })
    test('the tenants that have blobs are known', async () => {
      const tenants = [randomUUID(), randomUUID()]
      for (const tenant of tenants) await store.put(tenant, text('x'))
      expect(await collect(store.tenants())).toEqual(expect.arrayContaining(tenants))
    })
    test('a sound store says so', () => expect(store.check()).resolves.toBeUndefined())
  })

  describe('signed forms', () => {
    const content = Buffer.from('a photo of sks dog')
    const terms = (more: Partial<UploadTerms> = {}): UploadTerms => ({
      uploadId: randomUUID(),
      contentType: 'image/png',
      minBytes: 1,
      maxBytes: 1000,
      expiresInSeconds: 60,
      ...more,
    })
    const take = async (tenantId: string, uploadId: string) => {
      const upload = await store.takeUpload(tenantId, uploadId)
      return upload && readBlob(upload)
    }

    test('take the content they were made for; it stays until it is dropped', async () => {
      const [tenant, wanted] = [randomUUID(), terms({ sha256: hashOf(content) })]
      const form = await store.uploadForm(tenant, wanted)
      expect(form.expiresAt.getTime()).toBeGreaterThan(Date.now())
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
      expect((await send(form, content)).status).toBe(204)
      expect(await take(tenant, wanted.uploadId)).toEqual(content)
      expect(await take(randomUUID(), wanted.uploadId)).toBeUndefined()
      expect(await listAll(store, tenant)).toEqual([])
      expect(await store.dropUpload(tenant, wanted.uploadId)).toBe(true)
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
      expect(await store.dropUpload(tenant, wanted.uploadId)).toBe(false)
    })
    test('sent twice, the later content counts', async () => {
      const [tenant, wanted] = [randomUUID(), terms()]
      const form = await store.uploadForm(tenant, wanted)
      for (const value of ['first', 'second']) expect((await send(form, Buffer.from(value))).status).toBe(204)
      expect(await take(tenant, wanted.uploadId)).toEqual(text('second'))
    })
    test.each([
      ['one byte too many', { maxBytes: content.length - 1 }],
      ['one byte too few', { minBytes: content.length + 1 }],
      ['another hash', { sha256: hashOf(text('another')) }],
    ])('refuse %s', async (_what, more) => {
      const [tenant, wanted] = [randomUUID(), terms(more)]
      const answer = await send(await store.uploadForm(tenant, wanted), content)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
    })
    test('take exactly the shortest and the longest content', async () => {
      const exact = { minBytes: content.length, maxBytes: content.length }
      expect((await send(await store.uploadForm(randomUUID(), terms(exact)), content)).status).toBe(204)
    })
    test('refuse any field that was changed, left out or taken from another form', async () => {
      const [tenant, wanted] = [randomUUID(), terms()]
      const form = await store.uploadForm(tenant, wanted)
      const foreign = await store.uploadForm(randomUUID(), terms())
      for (const [name, value] of Object.entries(form.fields)) {
        const { [name]: _left, ...others } = form.fields
        const last = value.at(-1) === 'A' ? 'B' : 'A'
        const variants = [others, { ...others, [name]: value.slice(0, -1) + last }, { ...others, [name]: '' }]
        const own = foreign.fields[name]
        if (own && own !== value) variants.push({ ...others, [name]: own })
        for (const fields of variants) {
          const { status } = await send(form, content, fields as Record<string, string>)
          expect(status, `${name}: ${JSON.stringify(fields)}`).toBeGreaterThanOrEqual(400)
        }
      }
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
      expect((await send(form, content)).status).toBe(204)
    })
    test('end', async () => {
      const [tenant, wanted] = [randomUUID(), terms({ expiresInSeconds: 1 })]
      const form = await store.uploadForm(tenant, wanted)
      await new Promise(resolve => setTimeout(resolve, 2100))
      expect((await send(form, content)).status).toBe(403)
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
    })
    test('leave uploads that can be swept by age', async () => {
      const [tenant, wanted] = [randomUUID(), terms()]
      await send(await store.uploadForm(tenant, wanted), content)
      await store.sweepUploads(new Date(Date.now() - 60_000))
      expect(await take(tenant, wanted.uploadId)).toEqual(content)
      const blob = await store.put(tenant, text('stays'))
      expect(await store.sweepUploads(new Date(Date.now() + 1000))).toBeGreaterThanOrEqual(1)
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
      expect(await store.stat(tenant, blob.sha256)).toBeDefined()
    })
    test('of one tenant are swept alone', async () => {
      const [tenant, other, wanted] = [randomUUID(), randomUUID(), terms()]
      for (const one of [tenant, other]) await send(await store.uploadForm(one, wanted), content)
      expect(await store.sweepUploads(new Date(Date.now() + 1000), tenant)).toBe(1)
      expect(await take(tenant, wanted.uploadId)).toBeUndefined()
      expect(await take(other, wanted.uploadId)).toEqual(content)
    })
  })

  describe('signed links', () => {
    const content = randomBytes(5000)
    const tenant = randomUUID()
    const link = async (more = {}) => {
      const { sha256 } = await store.put(tenant, content)
      const terms = { contentType: 'image/png', fileName: 'Zoë & "me".png', expiresInSeconds: 60, ...more }
      return (await store.downloadLink(tenant, sha256, terms)).url
    }
    const bytes = async (answer: Response) => Buffer.from(await answer.arrayBuffer())

    test('give the content with its type and name', async () => {
      const answer = await fetch(await link())
      expect(answer.status).toBe(200)
      expect(await bytes(answer)).toEqual(content)
      expect(answer.headers.get('content-type')).toBe('image/png')
      expect(answer.headers.get('content-length')).toBe('5000')
      expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''Zo%C3%AB%20%26%20%22me%22.png")
    })
    test('answer a known ETag with 304 and nothing else', async () => {
      const url = await link()
      const etag = (await fetch(url)).headers.get('etag')!
      const again = await fetch(url, { headers: { 'if-none-match': etag } })
      expect([again.status, (await bytes(again)).length]).toEqual([304, 0])
    })
    test.each([
      ['bytes=0-0', 0, 1],
      ['bytes=100-199', 100, 200],
      ['bytes=4990-', 4990, 5000],
      ['bytes=-10', 4990, 5000],
      ['bytes=4990-9999', 4990, 5000],
    ])('give the range %s', async (range, start, end) => {
      const answer = await fetch(await link(), { headers: { range } })
      expect(answer.status).toBe(206)
      expect(await bytes(answer)).toEqual(content.subarray(start, end))
      expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/5000`)
    })
    test('answer a range beyond the end with 416', async () => {
      expect((await fetch(await link(), { headers: { range: 'bytes=5000-' } })).status).toBe(416)
    })
    test('refuse whatever was changed', async () => {
      const url = new URL(await link())
      const other = await store.put(tenant, text('other'))
      const changed = [new URL(url.href.replace(/[0-9a-f]{64}/, other.sha256))]
      for (const key of url.searchParams.keys()) {
        const [without, wrong] = [new URL(url), new URL(url)]
        without.searchParams.delete(key)
        wrong.searchParams.set(key, `${wrong.searchParams.get(key)}0`)
        changed.push(without, wrong)
      }
      for (const address of changed) expect((await fetch(address)).status, address.href).toBeGreaterThanOrEqual(400)
    })
    test('end', async () => {
      const url = await link({ expiresInSeconds: 1 })
      await new Promise(resolve => setTimeout(resolve, 2100))
      expect((await fetch(url)).status).toBe(403)
    })
    test('lead nowhere once the blob is removed', async () => {
      const url = await link()
      await store.remove(tenant, hashOf(content))
      expect((await fetch(url)).status).toBe(404)
    })
  })
})
