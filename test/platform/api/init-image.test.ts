import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import {
  consent,
  finishGeneration,
  generate,
  newSubject,
  photo,
  sendPhotos,
  trained,
} from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity & { tenantId: string }
let stranger: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  stranger = await signUp(service, 'Stella Stranger', 'Elsewhere')
})
afterAll(() => service?.close())

let seeds = 600
/** A person with one accepted photo, and the consent if it is wanted. */
async function person(agrees = true) {
  const subjectId = await newSubject(service, owner)
  const { photoSet } = await sendPhotos(service, owner, subjectId, [await photo(++seeds)])
  const consentId = agrees ? await consent(service, owner, photoSet.id) : ''
  return { subjectId, photoSetId: photoSet.id, photoId: photoSet.photos[0].id as string, consentId }
}

const start = (init: Record<string, unknown>, who: Identity = owner, more: Record<string, unknown> = {}) =>
  generate(service, who, [{ prompt: 'a house', steps: 10, ...more, init }])

const INIT = 'init { strength photo { id } image { id } } rescale longPrompt'
async function requestOf(generationId: string) {
  const query = `query ($id: ID!) { node(id: $id) { ... on Generation { state workUnits requests { ${INIT} } images { id } } } }`
  return (await ask(service, query, { id: generationId }, owner)).data.node
}

/** Does what a worker does; returns the id of the first image. */
async function drawn(generationId: string): Promise<string> {
  await finishGeneration(service)
  return (await requestOf(generationId)).images[0].id
}

test('a drawing starts from a photo, or from an image drawn earlier, and says so', async () => {
  const { photoId } = await person()
  const { generation } = await start({ photoId, strength: 0.5 }, owner, {
    rescale: 0.7,
    guidance: 3,
    longPrompt: 'CUT',
  })
  const [claim] = await service.worker.claim(['GENERATION'], 1)
  const input = claim?.input as { images: object[] } | undefined
  expect(input?.images[0]).toMatchObject({
    rescale: 0.7,
    longPrompt: 'cut',
    init: { strength: 0.5, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  await service.worker.finish(claim!, 0, { state: 'RELEASED', message: 'back' })
  const imageId = await drawn(generation.id)
  expect(await requestOf(generation.id)).toMatchObject({
    // Half of ten steps, twice because of the guidance.
    workUnits: 10,
    requests: [{ init: { strength: 0.5, photo: { id: photoId }, image: null }, rescale: 0.7, longPrompt: 'CUT' }],
  })
  const next = await start({ imageId })
  expect((await requestOf(next.generation.id)).requests).toEqual([
    { init: { strength: 0.8, photo: null, image: { id: imageId } }, rescale: 0, longPrompt: 'CHUNKS' },
  ])
  await finishGeneration(service)
})

describe('refused is', () => {
  test.each([
    ['a strength of 0', { strength: 0 }, ['init', 'strength']],
    ['a strength above 1', { strength: 1.1 }, ['init', 'strength']],
    ['a strength that leaves no step', { strength: 0.05 }, ['init', 'strength']],
  ])('%s', async (_what, more, path) => {
    const { photoId } = await person()
    const answer = await start({ photoId, ...more })
    expect(answer).toMatchObject({ code: 'INVALID', path: ['input', 'images', '0', ...path] })
  })
  test('neither an image nor a photo, and both', async () => {
    const { photoId } = await person()
    for (const init of [{}, { photoId, imageId: photoId }])
      expect(await start(init)).toMatchObject({ code: 'INVALID', path: ['input', 'images', '0', 'init'] })
  })
  test('a rescale beyond its range', async () => {
    const answer = await generate(service, owner, [{ prompt: 'x', rescale: 1.5 }])
    expect(answer).toMatchObject({ code: 'INVALID', path: ['input', 'images', '0', 'rescale'] })
  })
  test('what is unknown, of another type, of another tenant, or not for the key to read: all alike', async () => {
    const { photoId, subjectId } = await person()
    const { generation } = await start({ photoId })
    const imageId = await drawn(generation.id)
    const unknown = Buffer.from('Photo:00000000-0000-7000-8000-000000000000').toString('base64url')
    const missing = await start({ photoId: unknown })
    expect(missing).toMatchObject({ code: 'NOT_FOUND', path: ['input', 'images', '0', 'init', 'photoId'] })
    const drawer = await keyFor(service, owner, 'IMAGES_WRITE')
    expect(await start({ photoId }, stranger)).toEqual(missing)
    expect(await start({ photoId }, drawer)).toEqual(missing)
    expect(await start({ photoId: subjectId })).toEqual(missing)
    expect(await start({ imageId }, stranger)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

test('a person on it must have agreed: on the photo, and on every image that goes back to it', async () => {
  expect(await start({ photoId: (await person(false)).photoId })).toMatchObject({ code: 'CONSENT_MISSING' })
  const { photoId, consentId } = await person()
  const first = await drawn((await start({ photoId })).generation.id)
  const second = await drawn((await start({ imageId: first })).generation.id)
  const waiting = await start({ imageId: second })
  await mutate(service, owner, 'revokeConsent', { consentId }, '__typename')
  expect((await requestOf(waiting.generation.id)).state).toBe('CANCELED')
  for (const init of [{ photoId }, { imageId: first }, { imageId: second }])
    expect(await start(init)).toMatchObject({ code: 'CONSENT_REVOKED' })
  const again = { jobId: waiting.generation.id, idempotencyKey: 'again' }
  expect(await mutate(service, owner, 'retryJob', again, '__typename')).toMatchObject({ code: 'CONSENT_REVOKED' })
})

test('deleting a subject deletes what was drawn from its photo, from such images, and from images of its adapter', async () => {
  const tenant = keyOf(owner.tenantId, 'Tenant') ?? ''
  const bystander = await drawn((await generate(service, owner, [{ prompt: 'a house', steps: 1 }])).generation.id)
  const { photoId, subjectId } = await person()
  const first = await drawn((await start({ photoId })).generation.id)
  const second = await drawn((await start({ imageId: first })).generation.id)
  const learned = await trained(service, owner)
  const use = { subjectId: learned.subjectId }
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { version { id } } } }'
  const { version } = (await ask(service, query, { id: learned.jobId }, owner)).data.node
  const image = { prompt: 'x', steps: 10, adapter: { versionId: version.id } }
  const third = await drawn((await generate(service, owner, [image])).generation.id)
  const fourth = await drawn((await start({ imageId: third })).generation.id)
  const exists = async (id: string) =>
    (await ask(service, 'query ($id: ID!) { node(id: $id) { id } }', { id }, owner)).data.node !== null
  await mutate(service, owner, 'deleteSubject', { subjectId }, 'receipt { id }')
  expect(await Promise.all([first, second, third, fourth, bystander].map(exists))).toEqual([
    ...[false, false, true, true, true],
  ])
  await mutate(service, owner, 'deleteSubject', use, 'receipt { id }')
  expect(await Promise.all([third, fourth, bystander].map(exists))).toEqual([false, false, true])
  const hashes = await service.database.withTenant(tenant, tx => tx.image.findMany({ select: { sha256: true } }))
  const stored: string[] = []
  for await (const { sha256 } of service.store.list(tenant)) stored.push(sha256)
  const photos = await service.database.withTenant(tenant, tx => tx.photo.findMany({ select: { sha256: true } }))
  expect(stored.sort()).toEqual([...hashes, ...photos].map(({ sha256 }) => sha256).sort())
})
