import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyOf } from '../../../api/graphql/global-id.ts'
import { LIMITS } from '../../../api/service/limits.ts'
import { finishTraining, generate, startTraining, trainable } from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
type Owner = Identity & { tenantId: string }
let [owner, other] = [{} as Owner, {} as Owner]

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  other = await signUp(service, 'Otto Other', 'Elsewhere')
})
afterAll(() => service?.close())

const ESTIMATE = 'estimate { steps workUnits seconds queued waitSeconds }'
const estimate = (who: Identity, photoSetId: string, more = {}) =>
  mutate(service, who, 'estimateTraining', { photoSetId, steps: 3, ...more }, ESTIMATE)
const JOB = '{ node(id: "ID") { ... on Job { state queuePosition waitingFor } } }'
const place = async (who: Identity, id: string) => (await ask(service, JOB.replace('ID', id), {}, who)).data.node
const limited = async (who: Identity, name: string, input: Record<string, unknown>) => {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename
    ... on LimitError { code message path limit allowed found } ... on UserError { message } } }`
  return (await ask(service, query, { input }, who)).data[name]
}

test('a waiting job has its place among the jobs of all tenants and says why it waits; an estimate counts them', async () => {
  const [mine, theirs] = [await trainable(service, owner), await trainable(service, other)]
  // Nobody has asked for work yet.
  const { job: first } = await startTraining(service, other, theirs.photoSetId, { steps: 30 })
  expect(await place(other, first.id)).toEqual({ state: 'QUEUED', queuePosition: 1, waitingFor: 'NO_WORKER' })
  expect((await estimate(owner, mine.photoSetId)).estimate).toMatchObject({ queued: 1, waitSeconds: null })
  await service.worker.claim(['TRAINING'], 0)
  const { job: second } = await startTraining(service, other, theirs.photoSetId, { steps: 30 })
  const told = await estimate(owner, mine.photoSetId)
  // The second of the other tenant would come after one of a tenant that has had nothing.
  expect(told.estimate.queued).toBe(1)
  expect(told.estimate.waitSeconds).toBeGreaterThan(0)
  const { job: own } = await startTraining(service, owner, mine.photoSetId)
  expect(await place(owner, own.id)).toEqual({ state: 'QUEUED', queuePosition: 2, waitingFor: 'TURN' })
  expect(await place(other, second.id)).toEqual({ state: 'QUEUED', queuePosition: 3, waitingFor: 'TURN' })
  expect(await place(other, first.id)).toEqual({ state: 'QUEUED', queuePosition: 1, waitingFor: 'WORKER' })
  await finishTraining(service)
  expect(await place(other, first.id)).toEqual({ state: 'SUCCEEDED', queuePosition: null, waitingFor: null })
  expect(await place(owner, own.id)).toEqual({ state: 'QUEUED', queuePosition: 1, waitingFor: 'WORKER' })
  const list = await ask(service, '{ trainingJobs { nodes { id queuePosition } } }', {}, other)
  expect(list.data.trainingJobs.nodes).toEqual([
    { id: second.id, queuePosition: 2 },
    { id: first.id, queuePosition: null },
  ])
  await service.worker.claim(['TRAINING'], 10)
})

test('a training of ten hours is refused by the limit of a job, in its estimate too', async () => {
  const { photoSetId } = await trainable(service, owner)
  const input = { photoSetId, steps: 20_000, batch: 64 }
  const refused = {
    ...{ __typename: 'LimitError', code: 'LIMIT_EXCEEDED', path: ['input', 'steps'], limit: 'workUnitsPerJob' },
    ...{ allowed: LIMITS.workUnitsPerJob, found: 20_000 * 64 * 3 },
    message:
      'the job would cost 3,840,000 work units; allowed are 200,000 (workUnitsPerJob). Take fewer steps, a smaller batch or fewer previews.',
  }
  expect(await limited(owner, 'estimateTraining', input)).toEqual(refused)
  expect(await limited(owner, 'startTraining', { ...input, idempotencyKey: 'huge' })).toEqual(refused)
  // The longest at batch 1 is allowed.
  expect(await estimate(owner, photoSetId, { steps: 20_000, batch: 1 })).toMatchObject({
    __typename: 'EstimateTrainingSuccess',
  })
})

test('what waits of a tenant is limited by its work, another tenant and a canceled job are not concerned', async () => {
  const { photoSetId } = await trainable(service, owner)
  const most = { steps: 20_000, batch: 3, checkpointEvery: 1000 }
  const jobs: string[] = []
  for (let i = 0; i < 2; i++) jobs.push((await startTraining(service, owner, photoSetId, most)).job.id)
  const input = { photoSetId, ...most, idempotencyKey: 'third' }
  const refused = await limited(owner, 'startTraining', input)
  expect(refused).toMatchObject({
    __typename: 'LimitError',
    limit: 'waitingWorkUnits',
    allowed: 400_000,
    found: 540_000,
  })
  expect(refused.message).toMatch(
    /^with this job 540,000 work units of the tenant would wait; allowed are 400,000 \(waitingWorkUnits\)\. Wait/,
  )
  const image = { prompt: 'a house', steps: 200, guidance: 3 }
  const many = { images: Array(16).fill(image) }
  for (let i = 0; i < 6; i++) await generate(service, owner, many.images)
  expect(await limited(owner, 'generate', { ...many, idempotencyKey: 'one more' })).toMatchObject({
    limit: 'waitingWorkUnits',
  })
  const others = await trainable(service, other)
  expect(await startTraining(service, other, others.photoSetId, most)).toMatchObject({ job: { state: 'QUEUED' } })
  await mutate(service, owner, 'cancelJob', { jobId: jobs[0] }, 'job { id }')
  // A refusal stores nothing under the key.
  expect(await limited(owner, 'startTraining', input)).toMatchObject({ __typename: 'StartTrainingSuccess' })
  const again = { jobId: jobs[0], idempotencyKey: 'again' }
  expect(await limited(owner, 'retryJob', again)).toMatchObject({ limit: 'waitingWorkUnits' })
})

test('the number of waiting jobs is limited, also where many are sent at once', async () => {
  const third = await signUp(service, 'Tina Third', 'Third')
  await generate(service, third, [{ prompt: 'a house' }])
  const tenantId = keyOf(third.tenantId, 'Tenant') ?? ''
  await service.database.withTenant(tenantId, async tx => {
    const { id: _, ...job } = await tx.job.findFirstOrThrow()
    const data = Array.from({ length: LIMITS.waitingJobs - 4 }, () => ({
      ...job,
      input: job.input as never,
      result: undefined as never,
    }))
    await tx.job.createMany({ data })
  })
  const send = (i: number) =>
    limited(third, 'generate', { images: [{ prompt: 'a boat' }], idempotencyKey: `at once ${i}` })
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => send(i)))
  expect(answers.filter(({ __typename }) => __typename === 'GenerateSuccess')).toHaveLength(3)
  const refused = answers.filter(({ __typename }) => __typename === 'LimitError')
  expect(refused).toHaveLength(5)
  expect(refused[0]).toMatchObject({ limit: 'waitingJobs', allowed: 500, found: 501, path: ['input'] })
})
