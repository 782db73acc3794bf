import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  finishGeneration,
  generate,
  newSubject,
  photo,
  sendPhotos,
  startTraining,
  trained,
} from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity & { tenantId: string }

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const tenantKey = () => Buffer.from(owner.tenantId, 'base64url').toString().split(':')[1] ?? ''

async function blobs(): Promise<Set<string>> {
  const found = new Set<string>()
  for await (const { sha256 } of service.store.list(tenantKey())) found.add(sha256)
  return found
}

/** Rows of each table as the owner sees them, without those that are meant to stay. */
async function rowCounts(): Promise<Record<string, number>> {
  // The turns count a tenant's work, whoever it was for.
  const stay = new Set(['audit_entries', 'deletion_receipts', 'job_events', 'queue_turns'])
  return withConnection(service.ownerUrl, async client => {
    const { rows } = await client.query<{ name: string }>(
      "select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' where c.relkind = 'r'",
    )
    const counts: Record<string, number> = {}
    for (const { name } of rows.filter(row => !stay.has(row.name)))
      counts[name] = Number((await client.query(`select count(*) from ${name}`)).rows[0].count)
    return counts
  })
}

/** Everything of these rows that any table still holds, as text. */
async function mentions(words: readonly string[]): Promise<string[]> {
  return withConnection(service.ownerUrl, async client => {
    const { rows } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    )
    const found: string[] = []
    for (const { name } of rows) {
      const { rows: texts } = await client.query<{ text: string }>(`select t::text as text from ${name} t`)
      for (const word of words) if (texts.some(({ text }) => text.includes(word))) found.push(`${name}: ${word}`)
    }
    return found
  })
}

const keyOf = (id: string) => Buffer.from(id, 'base64url').toString().split(':')[1] ?? ''
const remove = (subjectId: string) =>
  mutate(service, owner, 'deleteSubject', { subjectId }, 'receipt { subjectId receipt createdAt }')

/** Draws a preview of the training that waits, as the workers do between them. */
async function preview(): Promise<void> {
  const [training] = await service.worker.claim(['TRAINING'], 1)
  const image = { prompt: 'a secret preview', seed: 1, width: 16, height: 16, steps: 1, guidance: 1 }
  if (training) await service.worker.preview(training, { base: 'tiny', images: [image], step: 1 })
  const [claim] = await service.worker.claim(['PREVIEW'], 1)
  if (!claim || !training) throw new Error('nothing was claimed')
  const blob = await service.store.put(claim.tenantId, new TextEncoder().encode('preview'))
  const result = { images: [{ position: 0, width: 16, height: 16, ...blob }] }
  await service.worker.finish(claim, 0, { state: 'SUCCEEDED', result })
  await service.worker.finish(training, 0, {
    state: 'FAILED',
    code: 'MEMORY_EXCEEDED',
    message: 'too large',
    retry: false,
  })
}

/** A subject with everything: photos, consent, training, checkpoint, version, alias, export, images. */
async function everything() {
  const subject = await trained(service, owner)
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { version { id sha256 adapter { id } } } } }'
  const { version } = (await ask(service, query, { id: subject.jobId }, owner)).data.node
  await mutate(service, owner, 'promoteVersion', { versionId: version.id }, 'alias { name }')
  const { generation } = await generate(service, owner, [
    { prompt: 'a secret prompt', steps: 1, adapter: { versionId: version.id } },
  ])
  await finishGeneration(service)
  await startTraining(service, owner, subject.photoSetId)
  await preview()
  return { ...subject, version, generationId: generation.id as string }
}

test('a deleted subject leaves no row and no blob, and a receipt of every hash', async () => {
  const [rows, files] = [await rowCounts(), await blobs()]
  const subject = await everything()
  const grown = [...(await blobs())].filter(hash => !files.has(hash))
  expect(grown).toHaveLength(6)
  const { receipt } = await remove(subject.subjectId)
  expect(await rowCounts()).toEqual(rows)
  expect(await blobs()).toEqual(files)
  const { photos, checkpoints, versions, images, kept, jobs } = receipt.receipt
  expect([photos.length, checkpoints.length, versions.length, images.length, kept, jobs]).toEqual([2, 1, 1, 2, [], 4])
  expect([...photos, ...checkpoints, ...versions, ...images].sort()).toEqual(grown.sort())
  expect(receipt.subjectId).toBe(subject.subjectId)
  const left = await mentions([
    keyOf(subject.photoSetId),
    keyOf(subject.jobId),
    keyOf(subject.generationId),
    'a secret prompt',
  ])
  expect(left.filter(one => !one.startsWith('audit_entries') && !one.startsWith('deletion_receipts'))).toEqual([])
  for (const id of [subject.subjectId, subject.jobId, subject.version.id, subject.generationId])
    expect((await ask(service, 'query ($id: ID!) { node(id: $id) { id } }', { id }, owner)).data.node).toBeNull()
  expect(await remove(subject.subjectId)).toMatchObject({ __typename: 'NotFoundError' })
})

test('a photo that another subject has, too, stays and is listed as kept', async () => {
  const [shared, own] = [await photo(501), await photo(502)]
  const [one, other] = [await newSubject(service, owner), await newSubject(service, owner)]
  const first = await sendPhotos(service, owner, one, [shared, own])
  const second = await sendPhotos(service, owner, other, [shared])
  const hash = second.photoSet.photos[0].sha256
  const { receipt } = await remove(one)
  expect(receipt.receipt.kept).toEqual([hash])
  const left = await blobs()
  expect([left.has(hash), left.has(first.photoSet.photos[1].sha256)]).toEqual([true, false])
  await remove(other)
  expect(await blobs()).toEqual(new Set())
})

test('a running training is stopped first, and what its worker still writes is refused', async () => {
  const subject = await everything()
  await startTraining(service, owner, subject.photoSetId)
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('nothing was claimed')
  const deleting = remove(subject.subjectId)
  while ((await service.worker.heartbeat(claim)) === 'held') await new Promise(resolve => setTimeout(resolve, 20))
  // A last checkpoint slips in before the worker stops: it is removed with the rest.
  const late = await service.store.put(claim.tenantId, new TextEncoder().encode('late checkpoint'))
  await service.worker.checkpoint(claim, 0, { step: 1, ...late })
  await service.worker.finish(claim, 1, { state: 'CANCELED', message: 'stopped' })
  const { receipt } = await deleting
  expect(receipt.receipt.checkpoints).toContain(late.sha256)
  expect(await blobs()).toEqual(new Set())
  expect(await service.worker.report(claim, 2, { type: 'message', payload: { text: 'too late' } })).toBe('stale')
})

test('uploads that were never completed go, too', async () => {
  const subjectId = await newSubject(service, owner)
  const files = [{ fileName: 'a.jpg', contentType: 'image/jpeg', bytes: 4 }]
  const selection = 'photoSet { id } uploads { form { url fields { name value } } }'
  const { uploads } = await mutate(service, owner, 'requestPhotoUploads', { subjectId, files }, selection)
  const body = new FormData()
  for (const { name, value } of uploads[0].form.fields) body.append(name, value)
  body.append('file', new Blob(['abcd']))
  expect((await fetch(uploads[0].form.url, { method: 'POST', body })).status).toBe(204)
  await remove(subjectId)
  expect(await service.store.sweepUploads(new Date(Date.now() + 60_000))).toBe(0)
})
