/** The partner's way through the API, step by step, for tests that start somewhere on it. */
import { drawing } from './pictures.ts'
import { type Identity, mutate, type Service } from './service.ts'

export interface Form {
  readonly url: string
  readonly fields: { readonly name: string; readonly value: string }[]
}

export async function upload({ url, fields }: Form, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const body = new FormData()
  for (const { name, value } of fields) body.append(name, value)
  body.append('file', new Blob([bytes]), 'file')
  return (await fetch(url, { method: 'POST', body })).status
}

let subjects = 0

export async function newSubject(service: Service, who: Identity, isPerson = true): Promise<string> {
  const input = { name: `Subject ${++subjects}`, classNoun: 'person', isPerson }
  return (await mutate(service, who, 'createSubject', input, 'subject { id }')).subject.id
}

export const photo = async (seed: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await drawing(seed).jpeg().toBuffer())

const FORM = 'form { url fields { name value } }'

/** Opens a set, sends the files and completes it. Undefined files are announced and never sent. */
export async function sendPhotos(
  service: Service,
  who: Identity,
  subjectId: string,
  photos: readonly (Uint8Array<ArrayBuffer> | undefined)[],
) {
  const files = photos.map((bytes, i) => ({
    fileName: `${i}.jpg`,
    contentType: 'image/jpeg',
    bytes: bytes?.length ?? 100,
  }))
  const selection = `photoSet { id } uploads { photo { id } ${FORM} }`
  const requested = await mutate(service, who, 'requestPhotoUploads', { subjectId, files }, selection)
  for (const [i, bytes] of photos.entries()) if (bytes) await upload(requested.uploads[i].form, bytes)
  const photoSetId: string = requested.photoSet.id
  const shown = 'photoSet { id state hash photos { id state verdict reason sha256 url } } accepted rejected'
  return mutate(service, who, 'completePhotoUploads', { photoSetId }, shown)
}

let sets = 0

/** A complete set of two photos, different ones each time. */
export async function photoSet(service: Service, who: Identity, subjectId: string): Promise<string> {
  const seed = 1000 + 10 * sets++
  const { photoSet } = await sendPhotos(service, who, subjectId, [await photo(seed), await photo(seed + 1)])
  return photoSet.id
}

export async function consent(service: Service, who: Identity, photoSetId: string): Promise<string> {
  const input = { photoSetId, statement: 'You may draw me.', grantedBy: 'Ada' }
  return (await mutate(service, who, 'recordConsent', input, 'consent { id }')).consent.id
}

export interface Trainable {
  readonly subjectId: string
  readonly photoSetId: string
  readonly consentId: string
}

export async function trainable(service: Service, who: Identity): Promise<Trainable> {
  const subjectId = await newSubject(service, who)
  const photoSetId = await photoSet(service, who, subjectId)
  return { subjectId, photoSetId, consentId: await consent(service, who, photoSetId) }
}

let keys = 0

export const startTraining = (
  service: Service,
  who: Identity,
  photoSetId: string,
  more: Record<string, unknown> = {},
) => {
  const input = { photoSetId, idempotencyKey: `training-${++keys}`, steps: 3, ...more }
  return mutate(service, who, 'startTraining', input, 'job { id state workUnits }')
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Does what a trainer does for the next job that waits, with bytes of no meaning. Returns the version's hash. */
export async function finishTraining({ worker, store }: Service): Promise<string> {
  const [claim] = await worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('no training waits')
  await worker.report(claim, 0, { type: 'running', payload: {} })
  for (let step = 1; step <= 3; step++)
    await worker.report(claim, step, { type: 'progress', payload: { step, steps: 3, loss: 1 / step } })
  const checkpoint = await store.put(claim.tenantId, bytesOf(`checkpoint of ${claim.jobId}`))
  await worker.checkpoint(claim, 4, { step: 2, ...checkpoint })
  const adapter = await store.put(claim.tenantId, bytesOf(`adapter of ${claim.jobId}`))
  const result = { adapter: { ...adapter, manifest: { method: 'lora', subject: 'sks person' } } }
  await worker.finish(claim, 5, { state: 'SUCCEEDED', result })
  return adapter.sha256
}

/** Does what an inference worker does for the next generation that waits. */
export async function finishGeneration({ worker, store }: Service): Promise<void> {
  const [claim] = await worker.claim(['GENERATION'], 1)
  if (!claim) throw new Error('no generation waits')
  const { images } = claim.input as { images: unknown[] }
  const stored = images.map(async (_, position) => ({
    ...(await store.put(claim.tenantId, bytesOf(`image ${position} of ${claim.jobId}`))),
    ...{ position, width: 16, height: 16 },
  }))
  await worker.finish(claim, 0, { state: 'SUCCEEDED', result: { images: await Promise.all(stored) } })
}

/** A subject with one trained version. */
export async function trained(service: Service, who: Identity) {
  const subject = await trainable(service, who)
  const { job } = await startTraining(service, who, subject.photoSetId)
  await finishTraining(service)
  return { ...subject, jobId: job.id as string }
}

export const generate = (service: Service, who: Identity, images: unknown[], more: Record<string, unknown> = {}) =>
  mutate(
    service,
    who,
    'generate',
    { images, idempotencyKey: `generation-${++keys}`, ...more },
    'generation { id state workUnits }',
  )
