import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeAdapter } from '../../../adapters-store/index.ts'
import { saveAdapter } from '../../../engine/descriptors.ts'
import {
  consent,
  type Form,
  finishTraining,
  generate,
  newSubject,
  photoSet,
  startTraining,
  trained,
  upload,
} from '../../../measures/stage/journey.ts'
import { randomAdapter } from '../../../measures/stage/random-adapter.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
let folder: string

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  folder = await mkdtemp(join(tmpdir(), 'semblance-import-'))
})
afterAll(async () => {
  await service?.close()
  if (folder) await rm(folder, { recursive: true })
})

async function send(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const input = { bytes: bytes.length }
  const selection = 'uploadId form { url fields { name value } }'
  const requested: { uploadId: string; form: Form } = await mutate(
    service,
    owner,
    'requestAdapterUpload',
    input,
    selection,
  )
  expect(await upload(requested.form, bytes)).toBe(204)
  return requested.uploadId
}

const bytesOf = async (name: string) => new Uint8Array(await readFile(join(folder, name)))
const adapter = async (seed: number) =>
  randomAdapter(service.base, seed, { fingerprint: await service.base.fingerprint() })

let keys = 0
const importAdapter = (input: Record<string, unknown>) =>
  mutate(
    service,
    owner,
    'importAdapter',
    { idempotencyKey: `import-${++keys}`, name: 'Imported', ...input },
    'version { id number format sha256 manifest trainingJob { id } adapter { id name method subject { id } aliases { name version { number } } } }',
  )

test('our own file is imported, drawn with, and exported byte for byte', async () => {
  await saveAdapter(join(folder, 'own.safetensors'), await adapter(1))
  const bytes = await bytesOf('own.safetensors')
  const { version } = await importAdapter({ uploadId: await send(bytes) })
  expect(version).toMatchObject({
    number: 1,
    format: 'semblance',
    trainingJob: null,
    adapter: { name: 'Imported', method: 'lora', subject: null, aliases: [{ name: 'latest', version: { number: 1 } }] },
  })
  const image = { prompt: 'a house', steps: 1, adapter: { adapterId: version.adapter.id } }
  expect(await generate(service, owner, [image])).toMatchObject({ generation: { state: 'QUEUED' } })
  const { files } = await mutate(
    service,
    owner,
    'exportAdapter',
    { versionId: version.id },
    'files { fileName url bytes sha256 }',
  )
  expect(files).toHaveLength(1)
  const back = new Uint8Array(await (await fetch(files[0].url)).arrayBuffer())
  expect([files[0].sha256, back.length]).toEqual([version.sha256, files[0].bytes])
})

test('a drawing says in which halves of guidance its adapter works, and may leave it to the adapter', async () => {
  const bytes = await (async () => {
    await saveAdapter(join(folder, 'halves.safetensors'), await adapter(11))
    return bytesOf('halves.safetensors')
  })()
  const { version } = await importAdapter({ uploadId: await send(bytes), name: 'Halves' })
  const use = (halves?: string) => ({ prompt: 'x', steps: 1, adapter: { versionId: version.id, halves } })
  const images = [use('CONDITIONAL'), use('BOTH'), use()]
  const { generation } = await mutate(
    service,
    owner,
    'generate',
    { idempotencyKey: 'halves', images },
    'generation { requests { halves } }',
  )
  expect(generation.requests).toEqual([{ halves: 'CONDITIONAL' }, { halves: 'BOTH' }, { halves: null }])
})

test('a PEFT adapter goes in and out with its configuration', async () => {
  const [weights = '', config = ''] = await writeAdapter(await adapter(2), 'peft', service.base, folder)
  const sent = await bytesOf(weights)
  const uploadId = await send(sent)
  const alone = await importAdapter({ uploadId })
  expect(alone).toMatchObject({ __typename: 'ValidationError', code: 'FILE_INVALID', path: ['input', 'uploadId'] })
  const configUploadId = await send(await bytesOf(config))
  const { version } = await importAdapter({ uploadId, configUploadId, name: 'Packed', phrase: 'sks cat' })
  expect(version).toMatchObject({ format: 'peft', manifest: { subject: 'sks cat' } })
  const input = { versionId: version.id, format: 'PEFT' }
  const { files } = await mutate(service, owner, 'exportAdapter', input, 'files { fileName url sha256 }')
  expect(files.map(({ fileName }: { fileName: string }) => fileName)).toEqual([weights, config])
  const back = new Uint8Array(await (await fetch(files[0].url)).arrayBuffer())
  expect(Buffer.compare(back, sent)).toBe(0)
  const { deletedId } = await mutate(service, owner, 'deleteAdapter', { adapterId: version.adapter.id }, 'deletedId')
  expect(deletedId).toBe(version.adapter.id)
  for (const { url } of files) expect((await fetch(url)).status).toBe(404)
})

test('files that are no adapter of the base are refused with the reason', async () => {
  await writeFile(join(folder, 'text'), 'this is no safetensors file')
  const text = await importAdapter({ uploadId: await send(await bytesOf('text')) })
  expect(text).toMatchObject({ code: 'FILE_INVALID' })
  const other = randomAdapter(service.base, 3, { fingerprint: 'f'.repeat(64) })
  await saveAdapter(join(folder, 'other.safetensors'), other)
  const foreign = await importAdapter({ uploadId: await send(await bytesOf('other.safetensors')) })
  expect(foreign).toMatchObject({ code: 'FILE_INVALID', message: expect.stringContaining('base') })
  const { adapters } = (
    await ask(service, '{ adapters(filter: { nameContains: "Imported" }) { nodes { id } } }', {}, owner)
  ).data
  expect(adapters.nodes).toHaveLength(1)
})

test('an import under a used key answers with the version, and needs no upload any more', async () => {
  await saveAdapter(join(folder, 'twice.safetensors'), await adapter(4))
  const uploadId = await send(await bytesOf('twice.safetensors'))
  const input = { uploadId, idempotencyKey: 'twice', name: 'Twice' }
  const [one, other] = [await importAdapter(input), await importAdapter(input)]
  expect(other).toEqual(one)
  expect(await importAdapter({ ...input, name: 'Thrice' })).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' })
  expect(await importAdapter({ uploadId, name: 'Twice' })).toMatchObject({
    code: 'NOT_FOUND',
    path: ['input', 'uploadId'],
  })
  await saveAdapter(join(folder, 'next.safetensors'), await adapter(5))
  const adapterId = one.version.adapter.id
  const next = await importAdapter({ uploadId: await send(await bytesOf('next.safetensors')), adapterId })
  expect(next.version).toMatchObject({ number: 2, adapter: { aliases: [{ name: 'latest', version: { number: 2 } }] } })
})

test("a person's adapter is imported only with the person's consent", async () => {
  const subjectId = await newSubject(service, owner)
  await saveAdapter(join(folder, 'person.safetensors'), await adapter(6))
  const uploadId = await send(await bytesOf('person.safetensors'))
  expect(await importAdapter({ uploadId, subjectId })).toMatchObject({ code: 'CONSENT_MISSING' })
  await consent(service, owner, await photoSet(service, owner, subjectId))
  const { version } = await importAdapter({ uploadId, subjectId })
  expect(version.adapter.subject.id).toBe(subjectId)
})

test('aliases move, and latest follows by itself', async () => {
  const { jobId } = await trained(service, owner)
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { version { id adapter { id } } } } }'
  const { version } = (await ask(service, query, { id: jobId }, owner)).data.node
  const adapterId = version.adapter.id
  const set = (name: string, versionId: string | null) =>
    mutate(service, owner, 'setAlias', { adapterId, name, versionId }, 'alias { name version { id } }')
  const promoted = await mutate(
    service,
    owner,
    'promoteVersion',
    { versionId: version.id },
    'alias { name version { id } }',
  )
  expect(promoted.alias).toEqual({ name: 'production', version: { id: version.id } })
  expect(await set('beta', version.id)).toMatchObject({ alias: { name: 'beta' } })
  const image = { prompt: 'x', steps: 1, adapter: { adapterId, alias: 'beta' } }
  expect(await generate(service, owner, [image])).toMatchObject({ generation: { state: 'QUEUED' } })
  expect(await set('beta', null)).toMatchObject({ alias: null })
  expect(await set('beta', null)).toMatchObject({ code: 'NOT_FOUND' })
  expect(await set('latest', version.id)).toMatchObject({ code: 'INVALID', path: ['input', 'name'] })
  expect(await generate(service, owner, [image])).toMatchObject({ code: 'NOT_FOUND' })
})

test('a bare adapter means its production version, else the newest, and the answer says which was taken', async () => {
  const first = await trained(service, owner)
  const query = `query ($id: ID!) { node(id: $id) { ... on TrainingJob {
    version { id number phrase adapter { id phrase } } } } }`
  const versionOf = async (id: string) => (await ask(service, query, { id }, owner)).data.node.version
  const one = await versionOf(first.jobId)
  expect([one.phrase, one.adapter.phrase]).toEqual(['sks person', 'sks person'])
  const again = await startTraining(service, owner, first.photoSetId)
  await finishTraining(service)
  const two = await versionOf(again.job.id)
  expect([one.number, two.number]).toEqual([1, 2])
  const taken = async (adapter: Record<string, unknown>) => {
    const { generation } = await generate(service, owner, [{ prompt: 'x', steps: 1, adapter }])
    const drawn = 'query ($id: ID!) { node(id: $id) { ... on Generation { requests { alias version { id } } } } }'
    return (await ask(service, drawn, { id: generation.id }, owner)).data.node.requests[0]
  }
  const adapterId = one.adapter.id
  expect(await taken({ adapterId })).toEqual({ alias: 'latest', version: { id: two.id } })
  await mutate(service, owner, 'promoteVersion', { versionId: one.id }, 'alias { name }')
  expect(await taken({ adapterId })).toEqual({ alias: 'production', version: { id: one.id } })
  expect(await taken({ adapterId, alias: null })).toEqual({ alias: 'production', version: { id: one.id } })
  expect(await taken({ adapterId, alias: 'latest' })).toEqual({ alias: 'latest', version: { id: two.id } })
  expect(await taken({ versionId: two.id })).toEqual({ alias: null, version: { id: two.id } })
})

test('deleting an adapter cancels what waits for it and keeps the images', async () => {
  const { jobId } = await trained(service, owner)
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { version { id sha256 adapter { id } } } } }'
  const { version } = (await ask(service, query, { id: jobId }, owner)).data.node
  const image = { prompt: 'x', steps: 1, adapter: { versionId: version.id } }
  const { generation } = await generate(service, owner, [image])
  await mutate(service, owner, 'deleteAdapter', { adapterId: version.adapter.id }, 'deletedId')
  const drawn =
    'query ($id: ID!) { node(id: $id) { ... on Generation { state adapters { id } requests { version { id } } } } }'
  expect((await ask(service, drawn, { id: generation.id }, owner)).data.node).toEqual({
    state: 'CANCELED',
    adapters: [],
    requests: [{ version: null }],
  })
  const retried = await mutate(
    service,
    owner,
    'retryJob',
    { jobId: generation.id, idempotencyKey: 'gone' },
    'job { id }',
  )
  expect(retried).toMatchObject({ code: 'WRONG_STATE' })
  expect((await ask(service, query, { id: jobId }, owner)).data.node.version).toBeNull()
})
