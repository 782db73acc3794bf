/** Single images, generations and photo sets go with their rows and files, and take nothing else along. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { finishGeneration, generate, newSubject, photo, sendPhotos, trained } from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
let tenant: string
beforeAll(async () => {
  service = await openService()
  const signed = await signUp(service, 'Dora Deletes', 'Deletions')
  owner = signed
  tenant = keyOf(signed.tenantId, 'Tenant')!
})
afterAll(() => service?.close())

const drop = (what: 'Image' | 'Generation' | 'PhotoSet', id: string) =>
  mutate(service, owner, `delete${what}`, { [`${what[0]!.toLowerCase()}${what.slice(1)}Id`]: id }, 'deletedId')

async function drawn(
  images: unknown[] = [
    { prompt: 'x', steps: 1 },
    { prompt: 'y', steps: 1 },
  ],
) {
  const { generation } = await generate(service, owner, images)
  await finishGeneration(service)
  const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { state images { id sha256 url } } } }'
  const { data } = await ask(service, query, { id: generation.id }, owner)
  return { id: generation.id as string, images: data.node.images as { id: string; sha256: string; url: string }[] }
}

/** Rows of any table that hold the text, but for the audit trail. */
const rowsWith = (text: string): Promise<string[]> =>
  withConnection(service.ownerUrl, async client => {
    const tables = await client.query("select tablename as name from pg_tables where schemaname = 'public'")
    const found: string[] = []
    for (const { name } of tables.rows) {
      if (name === 'audit_entries') continue
      const { rows } = await client.query(`select 1 from ${name} t where t::text like $1`, [`%${text}%`])
      if (rows.length > 0) found.push(name)
    }
    return found
  })

test('an image goes with its row and file; the others of its generation stay, and what waits to start from it is canceled', async () => {
  const { id, images } = await drawn()
  const [gone, kept] = images
  const waiting = await generate(service, owner, [{ prompt: 'z', steps: 2, init: { imageId: gone!.id } }])
  const { generation: other } = await generate(service, owner, [{ prompt: 'z', steps: 2, init: { imageId: kept!.id } }])
  expect(await rowsWith(keyOf(gone!.id, 'Image')!)).toContain('images')
  expect(await drop('Image', gone!.id)).toMatchObject({ deletedId: gone!.id })
  expect(await service.store.stat(tenant, gone!.sha256)).toBeUndefined()
  expect([(await fetch(gone!.url)).status, (await fetch(kept!.url)).status]).toEqual([404, 200])
  expect(await rowsWith(keyOf(gone!.id, 'Image')!)).toEqual(['jobs'])
  const state = 'query ($id: ID!) { node(id: $id) { ... on Generation { state reason images { id } } } }'
  expect((await ask(service, state, { id: waiting.generation.id }, owner)).data.node).toMatchObject({
    state: 'CANCELED',
  })
  expect((await ask(service, state, { id: other.id }, owner)).data.node).toMatchObject({ state: 'QUEUED' })
  expect((await ask(service, state, { id }, owner)).data.node.images).toEqual([{ id: kept!.id }])
  expect(await drop('Image', gone!.id)).toMatchObject({ code: 'NOT_FOUND' })
  await mutate(service, owner, 'cancelJob', { jobId: other.id }, 'job { id }')
})

test('a generation goes whole once it has ended; the event log keeps its numbers', async () => {
  const { id, images } = await drawn()
  const key = keyOf(id, 'Generation')!
  expect((await rowsWith(key)).length).toBeGreaterThan(3)
  const count = async () =>
    (await ask(service, '{ events(first: 1) { totalCount } }', {}, owner)).data.events.totalCount
  const before = await count()
  expect(await drop('Generation', id)).toMatchObject({ deletedId: id })
  expect(await rowsWith(key)).toEqual([])
  for (const { sha256 } of images) expect(await service.store.stat(tenant, sha256)).toBeUndefined()
  expect(await count()).toBe(before)
  const { generation } = await generate(service, owner, [{ prompt: 'x', steps: 1 }])
  expect(await drop('Generation', generation.id)).toMatchObject({ code: 'WRONG_STATE' })
  await mutate(service, owner, 'cancelJob', { jobId: generation.id }, 'job { id }')
  expect(await drop('Generation', generation.id)).toMatchObject({ deletedId: generation.id })
})

test('a photo set goes with photos, files and consents, but what another set keeps stays; one that was trained on stays', async () => {
  const subjectId = await newSubject(service, owner)
  const { photoSet } = await sendPhotos(service, owner, subjectId, [await photo(501), await photo(502)])
  const input = { subjectId, files: [], keepPhotoIds: [photoSet.photos[0].id] }
  const next = await mutate(service, owner, 'requestPhotoUploads', input, 'photoSet { id }')
  await mutate(service, owner, 'completePhotoUploads', { photoSetId: next.photoSet.id }, 'accepted')
  const key = keyOf(photoSet.id, 'PhotoSet')!
  expect((await rowsWith(key)).length).toBeGreaterThan(1)
  expect(await drop('PhotoSet', photoSet.id)).toMatchObject({ deletedId: photoSet.id })
  expect(await rowsWith(key)).toEqual([])
  const [shared, alone] = photoSet.photos
  expect(await service.store.stat(tenant, alone.sha256)).toBeUndefined()
  expect(await service.store.stat(tenant, shared.sha256)).toBeDefined()
  const learned = await trained(service, owner)
  expect(await drop('PhotoSet', learned.photoSetId)).toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringContaining('deleteSubject'),
  })
})
