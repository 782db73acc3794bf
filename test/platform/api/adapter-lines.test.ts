/** One adapter for each subject, base, method and name, however its versions come about. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClient } from '../../../client/client.ts'
import { findVersion } from '../../../client/find.ts'
import { finishTraining, generate, startTraining, trainable } from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Lina Owner', 'Lines')
})
afterAll(() => service?.close())

interface Listed {
  readonly id: string
  readonly name: string
  readonly versions: { readonly nodes: { readonly id: string; readonly number: number }[] }
  readonly aliases: { readonly name: string; readonly version: { readonly id: string } }[]
}
async function adaptersOf(subjectId: string): Promise<Listed[]> {
  const query = `query ($id: ID!) { adapters(filter: { subjectId: $id }) { nodes {
    id name versions(first: 100) { nodes { id number } } aliases { name version { id } } } } }`
  return (await ask(service, query, { id: subjectId }, owner)).data.adapters.nodes
}

test('trainings of one subject that start and end at once add their versions to one adapter', async () => {
  const { subjectId, photoSetId } = await trainable(service, owner)
  const started = await Promise.all([1, 2, 3, 4].map(() => startTraining(service, owner, photoSetId)))
  expect(await adaptersOf(subjectId)).toEqual([])
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { adapter { id name } } } }'
  const promised = await Promise.all(started.map(({ job }) => ask(service, query, { id: job.id }, owner)))
  expect(new Set(promised.map(({ data }) => data.node.adapter.id)).size).toBe(1)
  await Promise.all(started.map(() => finishTraining(service)))
  const [adapter, ...others] = await adaptersOf(subjectId)
  expect(others).toEqual([])
  expect(adapter!.id).toBe(promised[0]!.data.node.adapter.id)
  expect(adapter!.versions.nodes.map(({ number }) => number)).toEqual([4, 3, 2, 1])
})

test('a training whose adapter was deleted begins the line anew when it is retried', async () => {
  const { subjectId, photoSetId } = await trainable(service, owner)
  const { job } = await startTraining(service, owner, photoSetId)
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { state adapter { id } } } }'
  const before = (await ask(service, query, { id: job.id }, owner)).data.node
  await mutate(service, owner, 'deleteAdapter', { adapterId: before.adapter.id }, 'deletedId')
  expect((await ask(service, query, { id: job.id }, owner)).data.node).toEqual({ state: 'CANCELED', adapter: null })
  await mutate(service, owner, 'retryJob', { jobId: job.id, idempotencyKey: 'again' }, 'job { id }')
  await finishTraining(service)
  const [adapter, ...others] = await adaptersOf(subjectId)
  expect(others).toEqual([])
  expect(adapter!.id).not.toBe(before.adapter.id)
  expect(adapter!.versions.nodes).toMatchObject([{ number: 1 }])
})

test('deleting an adapter while trainings of it start leaves one line or none, and no error', async () => {
  const { subjectId, photoSetId } = await trainable(service, owner)
  for (let round = 0; round < 5; round++) {
    await startTraining(service, owner, photoSetId)
    await finishTraining(service)
    const [adapter] = await adaptersOf(subjectId)
    const deletion = mutate(service, owner, 'deleteAdapter', { adapterId: adapter!.id }, 'deletedId')
    const starts = [1, 2, 3].map(() => startTraining(service, owner, photoSetId))
    const answers = await Promise.all([deletion, ...starts])
    expect(answers.map(({ code }) => code)).toEqual([undefined, undefined, undefined, undefined])
    for (;;) if (!(await finishTraining(service).catch(() => undefined))) break
    expect((await adaptersOf(subjectId)).length).toBeLessThanOrEqual(1)
  }
})

const NAMES = ['Ada', 'Bea'] as const
const step = fc.oneof(
  fc.record({ do: fc.constant('start' as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ do: fc.constant('finish' as const) }),
  fc.record({ do: fc.constant('promote' as const), place: fc.nat(5) }),
  fc.record({ do: fc.constant('delete' as const), place: fc.nat(9) }),
)

test('after any starts, ends, promotions and deletions, NAME@2, latest and production name one thing each', async () => {
  const key = await keyFor(service, owner, 'ADAPTERS_READ', 'SUBJECTS_READ')
  const client = openClient(service.url, { key: key.key! })
  const { photoSetId, subjectId } = await trainable(service, owner)
  const run = async (steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
    for (const one of steps) {
      const adapters = await adaptersOf(subjectId)
      if (one.do === 'start')
        await startTraining(service, owner, photoSetId, { adapterName: `${one.name} ${subjectId}` })
      if (one.do === 'finish') await finishTraining(service).catch(() => undefined)
      const version = one.do === 'promote' && adapters[0]?.versions.nodes[one.place]
      if (version) await mutate(service, owner, 'promoteVersion', { versionId: version.id }, 'alias { name }')
      const gone = one.do === 'delete' && adapters[one.place]
      if (gone) await mutate(service, owner, 'deleteAdapter', { adapterId: gone.id }, 'deletedId')
    }
    const adapters = await adaptersOf(subjectId)
    expect(new Set(adapters.map(({ name }) => name)).size).toBe(adapters.length)
    for (const { name, versions, aliases } of adapters) {
      const numbers = versions.nodes.map(({ number }) => number)
      expect(numbers).toEqual(numbers.map((_, i) => numbers.length - i))
      for (const { id, number } of versions.nodes) expect(await findVersion(client, `${name}@${number}`)).toBe(id)
      for (const { name: alias, version } of aliases)
        expect(await findVersion(client, `${name}@${alias}`)).toBe(version.id)
      expect(aliases.find(alias => alias.name === 'latest')!.version.id).toBe(versions.nodes[0]!.id)
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), run), { numRuns: 12, seed: 4 })
})

test('an adapter that has no version yet is drawn with by nobody', async () => {
  const { photoSetId } = await trainable(service, owner)
  const { job } = await startTraining(service, owner, photoSetId)
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { adapter { id } } } }'
  const { adapter } = (await ask(service, query, { id: job.id }, owner)).data.node
  const answer = await generate(service, owner, [{ prompt: 'x', steps: 1, adapter: { adapterId: adapter.id } }])
  expect(answer).toMatchObject({ code: 'NOT_FOUND' })
})
