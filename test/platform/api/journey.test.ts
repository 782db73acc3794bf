import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  consent,
  finishGeneration,
  finishTraining,
  generate,
  newSubject,
  photo,
  photoSet,
  sendPhotos,
  startTraining,
} from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
let key: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  key = await keyFor(service, owner, 'SUBJECTS_WRITE', 'TRAINING_WRITE', 'IMAGES_WRITE', 'ADAPTERS_READ')
})
afterAll(() => service?.close())

test('a partner gets from photos to images with an API key', async () => {
  const subjectId = await newSubject(service, key)
  const set = await photoSet(service, key, subjectId)
  await consent(service, key, set)
  const estimated = await mutate(
    service,
    key,
    'estimateTraining',
    { photoSetId: set, steps: 3 },
    'estimate { steps workUnits seconds queued }',
  )
  expect(estimated.estimate).toMatchObject({ steps: 3, workUnits: 36, queued: 0 })
  const { job } = await startTraining(service, key, set)
  expect(job).toMatchObject({ state: 'QUEUED', workUnits: 36 })
  await finishTraining(service)
  const query = `query ($id: ID!) { node(id: $id) { ... on TrainingJob {
    state progress { step steps } settings { phrase steps method } attempts { number outcome worker } checkpoints { step sha256 }
    metrics { step loss } subject { id } photoSet { id photos { sha256 } } baseModel { name }
    events { nodes { number type state step loss } } version { id number adapter { name aliases { name version { number } } } } } } }`
  const { data } = await ask(service, query, { id: job.id }, key)
  expect(data.node).toMatchObject({
    state: 'SUCCEEDED',
    progress: { step: 3, steps: 3 },
    settings: { phrase: 'sks person', steps: 3, method: 'lora' },
    attempts: [{ number: 1, outcome: 'SUCCEEDED', worker: 'test' }],
    checkpoints: [{ step: 2 }],
    metrics: [{ step: 1, loss: 1 }, { step: 2 }, { step: 3 }],
    subject: { id: subjectId },
    photoSet: { id: set },
    baseModel: { name: 'tiny' },
    version: { number: 1, adapter: { aliases: [{ name: 'latest', version: { number: 1 } }] } },
  })
  const types = data.node.events.nodes.map(({ type }: { type: string }) => type)
  const progress = ['PROGRESS', 'PROGRESS', 'PROGRESS']
  expect(types).toEqual(['STATE', 'STATE', 'RUNNING', 'STATE', ...progress, 'CHECKPOINT', 'STATE'])
  const versionId = data.node.version.id
  const images = [
    { prompt: 'a photo of sks person', seed: 5, steps: 4, adapter: { versionId } },
    { prompt: 'a house', steps: 4, guidance: 1 },
  ]
  const { generation } = await generate(service, key, images)
  expect(generation).toMatchObject({ state: 'QUEUED', workUnits: 12 })
  await finishGeneration(service)
  const drawn = await ask(
    service,
    `query ($id: ID!) { node(id: $id) { ... on Generation { state adapters { id } requests { prompt seed version { id } }
      images { position prompt seed url sha256 } } } }`,
    { id: generation.id },
    key,
  )
  expect(drawn.data.node).toMatchObject({
    state: 'SUCCEEDED',
    adapters: [{ id: versionId }],
    requests: [
      { seed: 5, version: { id: versionId } },
      { prompt: 'a house', version: null },
    ],
    images: [{ position: 0, seed: 5, prompt: 'a photo of sks person' }, { position: 1 }],
  })
  const file = await fetch(drawn.data.node.images[0].url)
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png'])
})

test('the audit trail says who did what to what', async () => {
  const subjectId = await newSubject(service, key)
  const query = `query ($target: String) { currentKey { id } tenant { __typename } auditEntries(filter: { target: $target }) { nodes { actor action target detail } } }`
  const { currentKey } = (await ask(service, '{ currentKey { id } }', {}, key)).data
  const { data } = await ask(service, query, { target: subjectId }, owner)
  expect(data.auditEntries.nodes).toEqual([
    { actor: currentKey.id, action: 'createSubject', target: subjectId, detail: {} },
  ])
  const made = { actor: currentKey.id, action: 'createSubject' }
  const filtered = 'query ($filter: AuditFilter) { auditEntries(filter: $filter) { nodes { target } } }'
  const own = await ask(service, filtered, { filter: made }, owner)
  expect(own.data.auditEntries.nodes[0]).toEqual({ target: subjectId })
})

test('bad photos get a verdict each and the others go on', async () => {
  const subjectId = await newSubject(service, key)
  const [good, other] = [await photo(1), await photo(2)]
  const text = new TextEncoder().encode('this is no picture at all')
  const {
    photoSet: set,
    accepted,
    rejected,
  } = await sendPhotos(service, key, subjectId, [good, text, undefined, good, other])
  expect([accepted, rejected, set.state]).toEqual([2, 3, 'COMPLETE'])
  expect(set.photos.map(({ verdict }: { verdict: string | null }) => verdict)).toEqual([
    null,
    'UNSUPPORTED',
    'MISSING',
    'DUPLICATE',
    null,
  ])
  expect(set.photos.map(({ reason }: { reason: string | null }) => reason)).toEqual([
    null,
    expect.stringMatching(/^is not a JPEG, PNG, WebP or AVIF image.* Save it as/),
    'was not uploaded. Upload it again.',
    expect.stringMatching(/^shows the same as .* Send another photo\.$/),
    null,
  ])
  expect((await fetch(set.photos[0].url)).headers.get('content-type')).toBe('image/png')
  expect(set.photos[1].url).toBeNull()
  const again = await mutate(service, key, 'completePhotoUploads', { photoSetId: set.id }, 'photoSet { hash } accepted')
  expect(again).toMatchObject({ photoSet: { hash: set.hash }, accepted: 2 })
})

test('a set without a usable photo is rejected and cannot be consented to or trained on', async () => {
  const subjectId = await newSubject(service, key)
  const { photoSet: set } = await sendPhotos(service, key, subjectId, [undefined])
  expect(set).toMatchObject({ state: 'REJECTED', hash: null })
  const input = { photoSetId: set.id, statement: 'yes', grantedBy: 'Ada' }
  expect(await mutate(service, key, 'recordConsent', input, 'consent { id }')).toMatchObject({ code: 'WRONG_STATE' })
  expect(await startTraining(service, key, set.id)).toMatchObject({
    code: 'WRONG_STATE',
    path: ['input', 'photoSetId'],
  })
})

test('photos that are too large or of another type are refused before they are uploaded', async () => {
  const subjectId = await newSubject(service, key)
  const files = [
    { fileName: 'a.png', contentType: 'image/png', bytes: 10 ** 9 },
    { fileName: 'b.tiff', contentType: 'image/tiff', bytes: 1000 },
    { fileName: 'c.png', contentType: 'image/png', bytes: 1000 },
  ]
  const selection = 'uploads { photo { state verdict reason } form { url } }'
  const { uploads } = await mutate(service, key, 'requestPhotoUploads', { subjectId, files }, selection)
  expect(uploads[0].photo.reason).toBe('has 1000000000 bytes; at most 26214400 are taken. Send a smaller version.')
  expect(uploads[1].photo.reason).toContain('is said to be image/tiff; image/jpeg,')
  expect(uploads.map((one: { photo: { verdict: string } }) => one.photo.verdict)).toEqual([
    'TOO_LARGE',
    'UNSUPPORTED',
    null,
  ])
  expect(uploads.map(({ form }: { form: unknown }) => form === null)).toEqual([true, true, false])
})
