/** Accepted photos that go on in a new set. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  consent,
  type Form,
  newSubject,
  photo,
  sendPhotos,
  startTraining,
  upload,
} from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const shown = 'photoSet { id state hash photos { id position state verdict sha256 url } } accepted rejected'
const complete = (photoSetId: string) => mutate(service, owner, 'completePhotoUploads', { photoSetId }, shown)
const request = (input: Record<string, unknown>) =>
  mutate(
    service,
    owner,
    'requestPhotoUploads',
    { files: [], ...input },
    'photoSet { id } uploads { photo { position } form { url fields { name value } } }',
  )
const file = (bytes: Uint8Array, name = 'a.jpg') => ({ fileName: name, contentType: 'image/jpeg', bytes: bytes.length })

test('a new set has the photos that were kept, then the new ones, and can be trained on like any other', async () => {
  const subjectId = await newSubject(service, owner)
  const old = await sendPhotos(service, owner, subjectId, [await photo(1), undefined, await photo(2)])
  const kept = old.photoSet.photos.filter((one: { state: string }) => one.state === 'ACCEPTED')
  expect(kept).toHaveLength(2)
  const [fresh, copy] = [await photo(3), await photo(2)]
  const keepPhotoIds = [kept[1].id, kept[0].id, kept[1].id]
  const requested = await request({ subjectId, keepPhotoIds, files: [file(fresh), file(copy, 'copy.jpg')] })
  expect(requested.uploads.map((one: { photo: object }) => one.photo)).toEqual([{ position: 2 }, { position: 3 }])
  for (const [i, bytes] of [fresh, copy].entries()) await upload(requested.uploads[i].form as Form, bytes)
  const done = await complete(requested.photoSet.id)
  expect(done).toMatchObject({ accepted: 3, rejected: 1, photoSet: { state: 'COMPLETE' } })
  const { photos } = done.photoSet
  expect(photos.map((one: { sha256: string }) => one.sha256).slice(0, 2)).toEqual([kept[1].sha256, kept[0].sha256])
  expect(photos.map((one: { verdict: string }) => one.verdict)).toEqual([null, null, null, 'DUPLICATE'])
  expect((await fetch(photos[0].url)).status).toBe(200)
  await consent(service, owner, done.photoSet.id)
  expect(await startTraining(service, owner, done.photoSet.id)).toMatchObject({ job: { state: 'QUEUED' } })
})

test('a set of kept photos alone needs no upload, and outlives the set they came from', async () => {
  const subjectId = await newSubject(service, owner)
  const old = await sendPhotos(service, owner, subjectId, [await photo(11), await photo(12)])
  const keepPhotoIds = [old.photoSet.photos[0].id]
  const { photoSet, uploads } = await request({ subjectId, keepPhotoIds })
  expect(uploads).toEqual([])
  const done = await complete(photoSet.id)
  expect(done).toMatchObject({ accepted: 1, rejected: 0, photoSet: { state: 'COMPLETE' } })
  expect(await complete(photoSet.id)).toEqual({ ...done, photoSet: { ...done.photoSet, photos: expect.anything() } })
  const query = 'query ($id: ID!) { node(id: $id) { ... on Photo { url urlExpiresAt } } }'
  const { url, urlExpiresAt } = (await ask(service, query, { id: done.photoSet.photos[0].id }, owner)).data.node
  expect((await fetch(url)).status).toBe(200)
  expect(Date.parse(urlExpiresAt) - Date.now()).toBeGreaterThan(60_000)
})

test('photos of another subject, refused ones and empty sets are refused by the field', async () => {
  const [one, other] = [await newSubject(service, owner), await newSubject(service, owner)]
  const { photoSet } = await sendPhotos(service, owner, one, [await photo(21), undefined])
  const [accepted, missing] = photoSet.photos
  expect(await request({ subjectId: other, keepPhotoIds: [accepted.id] })).toMatchObject({
    code: 'NOT_FOUND',
    path: ['input', 'keepPhotoIds', '0'],
  })
  expect(await request({ subjectId: one, keepPhotoIds: [accepted.id, missing.id] })).toMatchObject({
    code: 'NOT_FOUND',
    path: ['input', 'keepPhotoIds', '1'],
  })
  expect(await request({ subjectId: one })).toMatchObject({ code: 'INVALID', path: ['input', 'files'] })
})
