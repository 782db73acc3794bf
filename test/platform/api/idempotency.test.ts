import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { generate, newSubject, startTraining, type Trainable, trainable } from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { withConnection } from '../../../prisma/connection.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
let subject: Trainable

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
beforeEach(async () => {
  subject = await trainable(service, owner)
})
afterAll(() => service?.close())

const trainings = async () =>
  (await ask(service, '{ trainingJobs(first: 100) { nodes { id } } }', {}, owner)).data.trainingJobs.nodes.length

test('the same request under the same key is done once and answered alike', async () => {
  const before = await trainings()
  const start = () => startTraining(service, owner, subject.photoSetId, { idempotencyKey: 'same' })
  const answers = [await start(), ...(await Promise.all(Array.from({ length: 10 }, start)))]
  expect(new Set(answers.map(({ job }) => job.id)).size).toBe(1)
  expect(await trainings()).toBe(before + 1)
})

test('many at once under one new key make one job', async () => {
  const before = await trainings()
  const start = () => startTraining(service, owner, subject.photoSetId, { idempotencyKey: 'at once' })
  const answers = await Promise.all(Array.from({ length: 20 }, start))
  expect(new Set(answers.map(({ job }) => job.id)).size).toBe(1)
  expect(await trainings()).toBe(before + 1)
})

test('another input or another operation under a used key is a conflict', async () => {
  const idempotencyKey = 'conflict'
  await startTraining(service, owner, subject.photoSetId, { idempotencyKey })
  const conflict = { __typename: 'ConflictError', code: 'IDEMPOTENCY_MISMATCH', path: ['input', 'idempotencyKey'] }
  expect(await startTraining(service, owner, subject.photoSetId, { idempotencyKey, steps: 4 })).toMatchObject(conflict)
  expect(await generate(service, owner, [{ prompt: 'x' }], { idempotencyKey })).toMatchObject(conflict)
})

test('the order of fields does not matter, and defaults equal what they stand for', async () => {
  const image = { prompt: 'a house', steps: 20, guidance: 5 }
  const one = await generate(service, owner, [image], { idempotencyKey: 'order' })
  const other = await generate(service, owner, [{ guidance: 5, prompt: 'a house' }], { idempotencyKey: 'order' })
  expect(other.generation.id).toBe(one.generation.id)
})

test('a null is as good as a field that is left out, whether or not the field has a default', async () => {
  const bare = await generate(service, owner, [{ prompt: 'a house' }], { idempotencyKey: 'nulls' })
  const nothing = {
    negative: null,
    seed: null,
    steps: null,
    guidance: null,
    scheduler: null,
    rescale: null,
    init: null,
  }
  const image = { prompt: 'a house', ...nothing, adapter: null }
  const more = { idempotencyKey: 'nulls', baseModelId: null }
  expect(await generate(service, owner, [image], more)).toEqual(bare)
  const started = await startTraining(service, owner, subject.photoSetId, { idempotencyKey: 'null training' })
  const settings = { method: null, options: null, batch: null, previewPrompts: null, previewEvery: null, seed: null }
  const again = { idempotencyKey: 'null training', ...settings, token: null, captions: null, checkpointEvery: null }
  expect(await startTraining(service, owner, subject.photoSetId, again)).toEqual(started)
})

test('a failed validation stores nothing: the key is free for the corrected request', async () => {
  const idempotencyKey = 'corrected'
  const wrong = await startTraining(service, owner, subject.photoSetId, { idempotencyKey, steps: 0 })
  expect(wrong).toMatchObject({ code: 'INVALID', path: ['input', 'steps'] })
  const right = await startTraining(service, owner, subject.photoSetId, { idempotencyKey })
  expect(right.__typename).toBe('StartTrainingSuccess')
})

test("keys are the tenant's own, and have 1 to 255 characters", async () => {
  const other = await signUp(service, 'Frida Foreign', 'Elsewhere')
  const key = { idempotencyKey: 'shared words' }
  const mine = await generate(service, owner, [{ prompt: 'a house' }], key)
  const theirs = await generate(service, other, [{ prompt: 'another house' }], key)
  expect(theirs.generation.id).not.toBe(mine.generation.id)
  for (const idempotencyKey of ['', 'x'.repeat(256)])
    expect(await generate(service, owner, [{ prompt: 'a house' }], { idempotencyKey })).toMatchObject({
      code: 'INVALID',
    })
})

test('after a day the key is free again', async () => {
  const key = { idempotencyKey: 'yesterday' }
  const first = await generate(service, owner, [{ prompt: 'a house' }], key)
  const age = "update idempotency_keys set created_at = now() - interval '25 hours' where key = 'yesterday'"
  await withConnection(service.ownerUrl, client => client.query(age))
  const second = await generate(service, owner, [{ prompt: 'another house' }], key)
  expect(second.generation.id).not.toBe(first.generation.id)
})

test('creating a subject twice under one key creates one', async () => {
  const input = { name: 'Twin', classNoun: 'cat', isPerson: false, idempotencyKey: 'twin' }
  const create = () => mutate(service, owner, 'createSubject', input, 'subject { id }')
  const [one, other] = [await create(), await create()]
  expect(other).toEqual(one)
  expect(await newSubject(service, owner)).not.toBe(one.subject.id)
})

test('what was deleted since is not found by its key', async () => {
  const start = () => startTraining(service, owner, subject.photoSetId, { idempotencyKey: 'deleted' })
  await start()
  await mutate(service, owner, 'deleteSubject', { subjectId: subject.subjectId }, 'receipt { id }')
  expect(await start()).toMatchObject({ __typename: 'NotFoundError' })
  const input = { name: 'Gone', classNoun: 'cat', isPerson: false, idempotencyKey: 'gone' }
  const { subject: gone } = await mutate(service, owner, 'createSubject', input, 'subject { id }')
  await mutate(service, owner, 'deleteSubject', { subjectId: gone.id }, 'receipt { id }')
  const again = await mutate(service, owner, 'createSubject', input, 'subject { id }')
  expect(again.subject.id).not.toBe(gone.id)
})
