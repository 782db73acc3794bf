import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishTraining, generate, startTraining, trainable } from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const cancel = (jobId: string, who = owner) => mutate(service, who, 'cancelJob', { jobId }, 'job { id state }')
let keys = 0
const retry = (jobId: string, who = owner) =>
  mutate(service, who, 'retryJob', { jobId, idempotencyKey: `retry-${++keys}` }, 'job { id state }')

test('a waiting job is canceled at once, a running one by its worker; done is done', async () => {
  const { photoSetId } = await trainable(service, owner)
  const waiting = (await startTraining(service, owner, photoSetId)).job.id
  expect(await cancel(waiting)).toMatchObject({ job: { state: 'CANCELED' } })
  expect(await cancel(waiting)).toMatchObject({ code: 'WRONG_STATE' })
  const running = (await startTraining(service, owner, photoSetId)).job.id
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  expect(await cancel(running)).toMatchObject({ job: { state: 'PREPARING' } })
  if (!claim) throw new Error('nothing was claimed')
  expect(await service.worker.heartbeat(claim)).toBe('canceled')
  await service.worker.finish(claim, 0, { state: 'CANCELED', message: 'stopped' })
  expect(await cancel(running)).toMatchObject({ code: 'WRONG_STATE' })
})

test('a failed training that is retried is the same job and goes on from its checkpoint', async () => {
  const { photoSetId } = await trainable(service, owner)
  const jobId = (await startTraining(service, owner, photoSetId)).job.id
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('nothing was claimed')
  await service.worker.checkpoint(claim, 0, { step: 2, sha256: 'c'.repeat(64), bytes: 10 })
  await service.worker.finish(claim, 1, {
    state: 'FAILED',
    code: 'MEMORY_EXCEEDED',
    message: 'too large',
    retry: false,
  })
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { state code reason attempts { outcome } } } }'
  const failed = (await ask(service, query, { id: jobId }, owner)).data.node
  expect(failed).toMatchObject({ state: 'FAILED', code: 'MEMORY_EXCEEDED', reason: 'too large' })
  expect(await retry(jobId)).toMatchObject({ job: { id: jobId, state: 'QUEUED' } })
  expect(await retry(jobId)).toMatchObject({ code: 'WRONG_STATE' })
  const [again] = await service.worker.claim(['TRAINING'], 1)
  expect(again).toMatchObject({ attempt: 2, checkpoint: { step: 2 } })
  if (again) await service.worker.finish(again, 0, { state: 'CANCELED', message: 'enough' })
})

test('warnings of a job are there as soon as they are known, each once however many attempts repeat it', async () => {
  const { photoSetId } = await trainable(service, owner)
  const late = { steps: 3, previewPrompts: ['sks person'], previewEvery: 4 }
  const jobId = (await startTraining(service, owner, photoSetId, late)).job.id
  const query = 'query ($id: ID!) { node(id: $id) { ... on Job { warnings { code message } } } }'
  const warnings = async (id: string) => (await ask(service, query, { id }, owner)).data.node.warnings
  const none = { code: 'PREVIEW_NONE', message: expect.stringContaining('one every 4 steps, and the training has 3') }
  expect(await warnings(jobId)).toEqual([none])
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  if (!claim) throw new Error('nothing was claimed')
  const [first] = await warnings(jobId)
  const cut = { code: 'PROMPT_CUT', message: 'the caption is long' }
  for (const [seq, payload] of [first, cut, cut].entries())
    expect(await service.worker.report(claim, seq, { type: 'warning', payload })).toBe('stored')
  expect(await warnings(jobId)).toEqual([none, cut])
  await service.worker.finish(claim, 3, { state: 'CANCELED', message: 'enough' })
  expect(await warnings(jobId)).toEqual([none, cut])
  const events = 'query ($id: ID!) { events(jobId: $id) { nodes { type payload } } }'
  const { nodes } = (await ask(service, events, { id: jobId }, owner)).data.events
  expect(nodes.filter(({ type }: { type: string }) => type === 'WARNING')).toHaveLength(3)
})

test('a second training under the same name makes a second version', async () => {
  const { photoSetId } = await trainable(service, owner)
  for (let i = 0; i < 2; i++) {
    await startTraining(service, owner, photoSetId, { adapterName: 'Ada in oil' })
    await finishTraining(service)
  }
  const query =
    '{ adapters(filter: { nameContains: "in OIL" }) { nodes { versions { nodes { number } } aliases { name version { number } } } } }'
  expect((await ask(service, query, {}, owner)).data.adapters.nodes).toEqual([
    {
      versions: { nodes: [{ number: 2 }, { number: 1 }] },
      aliases: [{ name: 'latest', version: { number: 2 } }],
    },
  ])
})

test('a key may cancel and retry only the kind of job that it may start', async () => {
  const { photoSetId } = await trainable(service, owner)
  const training = (await startTraining(service, owner, photoSetId)).job.id
  const drawing = (await generate(service, owner, [{ prompt: 'a house' }])).generation.id
  const [trainer, painter] = [
    await keyFor(service, owner, 'TRAINING_WRITE'),
    await keyFor(service, owner, 'IMAGES_WRITE'),
  ]
  expect(await cancel(training, painter)).toMatchObject({ __typename: 'NotFoundError' })
  expect(await cancel(drawing, trainer)).toMatchObject({ __typename: 'NotFoundError' })
  expect(await cancel(training, trainer)).toMatchObject({ job: { state: 'CANCELED' } })
  expect(await cancel(drawing, painter)).toMatchObject({ job: { state: 'CANCELED' } })
  expect(await retry(drawing, trainer)).toMatchObject({ __typename: 'NotFoundError' })
  expect(await retry(drawing, painter)).toMatchObject({ job: { state: 'QUEUED' } })
  await cancel(drawing)
})

test('wrong settings name the field and what is allowed', async () => {
  const { photoSetId } = await trainable(service, owner)
  const wrong: [string, unknown][] = [
    ['method', 'magic'],
    ['steps', 1_000_000],
    ['options', { rank: 'many' }],
    ['options', { unknown: 1 }],
    ['token', 'two words'],
    ['previewPrompts', ['']],
    ['captions', [{ photoId: photoSetId, text: 'x' }]],
  ]
  for (const [field, value] of wrong) {
    const answer = await startTraining(service, owner, photoSetId, { [field]: value })
    expect(answer, field).toMatchObject({
      __typename: 'ValidationError',
      path: ['input', field, ...answer.path.slice(2)],
    })
  }
  const images: [string, unknown][] = [
    ['scheduler', 'magic'],
    ['steps', 0],
    ['prompt', ' '],
    ['guidance', -1],
    ['adapter', {}],
  ]
  for (const [field, value] of images) {
    const answer = await generate(service, owner, [{ prompt: 'a house' }, { prompt: 'a house', [field]: value }])
    expect(answer, field).toMatchObject({ __typename: 'ValidationError', path: ['input', 'images', '1', field] })
  }
  expect(await generate(service, owner, [])).toMatchObject({ path: ['input', 'images'] })
})

test('captions, defaults and the seed reach the worker', async () => {
  const { photoSetId } = await trainable(service, owner)
  const query = 'query ($id: ID!) { node(id: $id) { ... on PhotoSet { photos { id } } } }'
  const [first] = (await ask(service, query, { id: photoSetId }, owner)).data.node.photos
  const captions = [{ photoId: first.id, text: 'zwx person on a beach' }]
  await startTraining(service, owner, photoSetId, { captions, token: 'zwx', seed: 7, options: { rank: 4 } })
  const [claim] = await service.worker.claim(['TRAINING'], 1)
  expect(claim?.input).toMatchObject({
    base: 'tiny',
    subject: 'zwx person',
    method: 'lora',
    options: { rank: 4, targets: 'attention' },
    seed: 7,
    crop: 'square',
    photos: [{ caption: 'zwx person on a beach' }, { caption: 'a photo of zwx person' }],
  })
  if (claim) await service.worker.finish(claim, 0, { state: 'CANCELED', message: 'enough' })
})
