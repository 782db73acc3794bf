import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  consent,
  finishTraining,
  generate,
  newSubject,
  photoSet,
  startTraining,
  trainable,
  trained,
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

const revoke = (consentId: string) =>
  mutate(service, owner, 'revokeConsent', { consentId }, 'consent { revokedAt } canceledJobs')
const versionOf = async (jobId: string): Promise<string> => {
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { version { id } } } }'
  return (await ask(service, query, { id: jobId }, owner)).data.node.version.id
}
const draw = (versionId: string) =>
  generate(service, owner, [{ prompt: 'sks person', steps: 1, adapter: { versionId } }])
const stateOf = async (id: string) => {
  const query = 'query ($id: ID!) { node(id: $id) { ... on Job { state reason code } } }'
  return (await ask(service, query, { id }, owner)).data.node
}

test('a person is trained only with a consent for this very photo set; things need none', async () => {
  const subjectId = await newSubject(service, owner)
  const [first, second] = [await photoSet(service, owner, subjectId), await photoSet(service, owner, subjectId)]
  const missing = { __typename: 'ConsentError', code: 'CONSENT_MISSING', path: ['input', 'photoSetId'] }
  expect(await startTraining(service, owner, first)).toMatchObject(missing)
  const estimate = await mutate(service, owner, 'estimateTraining', { photoSetId: first }, 'estimate { workUnits }')
  expect(estimate).toMatchObject(missing)
  await consent(service, owner, first)
  expect(await startTraining(service, owner, first)).toMatchObject({ job: { state: 'QUEUED' } })
  expect(await startTraining(service, owner, second)).toMatchObject(missing)
  const thing = await newSubject(service, owner, false)
  expect(await startTraining(service, owner, await photoSet(service, owner, thing))).toMatchObject({ job: {} })
  for (let i = 0; i < 2; i++) await finishTraining(service)
})

test('revoking stops what waits and what runs, and denies training, drawing, export and retry at once', async () => {
  const { consentId, photoSetId, jobId } = await trained(service, owner)
  const versionId = await versionOf(jobId)
  const running = (await startTraining(service, owner, photoSetId)).job.id
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  const waiting = (await draw(versionId)).generation.id
  expect(await revoke(consentId)).toMatchObject({ canceledJobs: 2 })
  expect(await stateOf(waiting)).toEqual({ state: 'CANCELED', reason: 'the consent was revoked', code: 'CANCELED' })
  if (!claim) throw new Error('nothing was claimed')
  expect(await service.worker.heartbeat(claim)).toBe('canceled')
  // Even a worker that pays no heed serves nothing: the cancel wins.
  const adapter = { sha256: 'a'.repeat(64), bytes: 1, manifest: {} }
  await service.worker.finish(claim, 0, { state: 'SUCCEEDED', result: { adapter } })
  expect(await stateOf(running)).toMatchObject({ state: 'CANCELED', reason: 'the consent was revoked' })
  const revoked = { __typename: 'ConsentError', code: 'CONSENT_REVOKED' }
  expect(await startTraining(service, owner, photoSetId)).toMatchObject(revoked)
  expect(await draw(versionId)).toMatchObject({ ...revoked, path: ['input', 'images', '0', 'adapter'] })
  expect(await mutate(service, owner, 'exportAdapter', { versionId }, 'files { url }')).toMatchObject(revoked)
  for (const id of [running, waiting]) {
    const retried = await mutate(service, owner, 'retryJob', { jobId: id, idempotencyKey: id }, 'job { id }')
    expect(retried).toMatchObject({ ...revoked, path: ['input', 'jobId'] })
  }
  expect(await revoke(consentId)).toMatchObject({ canceledJobs: 0 })
})

test('a revocation counts against all earlier consents; a new one allows again', async () => {
  const { consentId, photoSetId } = await trainable(service, owner)
  await consent(service, owner, photoSetId)
  await revoke(consentId)
  expect(await startTraining(service, owner, photoSetId)).toMatchObject({ code: 'CONSENT_REVOKED' })
  await consent(service, owner, photoSetId)
  expect(await startTraining(service, owner, photoSetId)).toMatchObject({ job: { state: 'QUEUED' } })
  await finishTraining(service)
})

test('of trainings and a revocation at the same moment none goes on', async () => {
  for (let round = 0; round < 5; round++) {
    const { consentId, photoSetId } = await trainable(service, owner)
    const starts = Array.from({ length: 6 }, () => startTraining(service, owner, photoSetId))
    const [, ...answers] = await Promise.all([revoke(consentId), ...starts])
    for (const { job } of answers) if (job) expect((await stateOf(job.id)).state).toBe('CANCELED')
  }
})

test('a consent says who agreed to what, and who recorded it', async () => {
  const { consentId, photoSetId } = await trainable(service, owner)
  const query = `query ($id: ID!) { me { id } node(id: $id) { ... on Consent { statement grantedBy recordedBy revokedAt photoSet { id } } } }`
  const { data } = await ask(service, query, { id: consentId }, owner)
  expect(data.node).toEqual({
    statement: 'You may draw me.',
    grantedBy: 'Ada',
    recordedBy: data.me.id,
    revokedAt: null,
    photoSet: { id: photoSetId },
  })
})
