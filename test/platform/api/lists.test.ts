/** Lists: how many there are, in which order, and of which time; the contract and its limits for programs. */
import { buildSchema, printSchema } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { finishGeneration, generate, newSubject, startTraining, trained } from '../../../measures/stage/journey.ts'
import { ask, type Identity, keyFor, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
beforeAll(async () => {
  service = await openService({ production: false })
  owner = await signUp(service, 'Lisa Lists', 'Lists')
})
afterAll(() => service?.close())

interface Page {
  readonly nodes: { readonly id: string; readonly createdAt: string }[]
  readonly totalCount: number
  readonly pageInfo: { readonly endCursor: string }
}
const subjects = async (variables: Record<string, unknown> = {}): Promise<Page> => {
  const query = `query ($first: Int, $after: String, $order: ListOrder, $filter: SubjectFilter) {
    subjects(first: $first, after: $after, order: $order, filter: $filter) {
      totalCount nodes { id createdAt } pageInfo { endCursor } } }`
  const { data, errors } = await ask(service, query, variables, owner)
  expect(errors).toBeUndefined()
  return data.subjects
}

test('a list says how many entries it has, in either order, page by page, and of a time', async () => {
  const ids: string[] = []
  for (let i = 0; i < 5; i++) ids.push(await newSubject(service, owner, i % 2 === 0))
  const all = await subjects()
  expect(all.totalCount).toBe(5)
  expect(all.nodes.map(({ id }) => id)).toEqual(ids.toReversed())
  const first = await subjects({ first: 2, order: 'OLDEST_FIRST' })
  expect([first.totalCount, first.nodes.map(({ id }) => id)]).toEqual([5, ids.slice(0, 2)])
  const next = await subjects({ first: 2, order: 'OLDEST_FIRST', after: first.pageInfo.endCursor })
  expect([next.totalCount, next.nodes.map(({ id }) => id)]).toEqual([5, ids.slice(2, 4)])
  expect((await subjects({ filter: { isPerson: true } })).totalCount).toBe(3)
  const [third, fifth] = [all.nodes[2]!.createdAt, all.nodes[0]!.createdAt]
  const period = await subjects({ filter: { createdAfter: third, createdBefore: fifth } })
  expect(period.nodes.every(({ createdAt }) => createdAt >= third && createdAt < fifth)).toBe(true)
  expect(period.nodes.map(({ id }) => id)).toContain(ids[2])
  expect(period.totalCount).toBe(period.nodes.length)
})

test('drawings are found by the subject they show', async () => {
  const [one, other] = [await trained(service, owner), await trained(service, owner)]
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { version { id } } } }'
  const draw = async (jobId: string) => {
    const { version } = (await ask(service, query, { id: jobId }, owner)).data.node
    const { generation } = await generate(service, owner, [
      { prompt: 'x', steps: 1, adapter: { versionId: version.id } },
    ])
    await finishGeneration(service)
    return generation.id
  }
  const [mine, theirs] = [await draw(one.jobId), await draw(other.jobId)]
  await generate(service, owner, [{ prompt: 'nobody', steps: 1 }])
  const list = async (subjectId?: string) => {
    const text = 'query ($filter: GenerationFilter) { generations(filter: $filter) { totalCount nodes { id } } }'
    return (await ask(service, text, { filter: { subjectId } }, owner)).data.generations
  }
  expect(await list(one.subjectId)).toEqual({ totalCount: 1, nodes: [{ id: mine }] })
  expect(await list(other.subjectId)).toEqual({ totalCount: 1, nodes: [{ id: theirs }] })
  expect((await list()).totalCount).toBe(3)
  const events = (await ask(service, '{ events(first: 1) { totalCount nodes { number } } }', {}, owner)).data.events
  expect(events.totalCount).toBeGreaterThan(10)
})

test('a subject gets another name and noun; a training that has started keeps its words', async () => {
  const { subjectId, photoSetId } = await trained(service, owner)
  const { job } = await startTraining(service, owner, photoSetId)
  const update = (input: Record<string, unknown>) =>
    mutate(service, owner, 'updateSubject', { subjectId, ...input }, 'subject { name classNoun isPerson }')
  expect(await update({ name: '  Ada L. ', classNoun: 'Woman' })).toMatchObject({
    subject: { name: 'Ada L.', classNoun: 'woman', isPerson: true },
  })
  expect(await update({ name: null })).toMatchObject({ subject: { name: 'Ada L.', classNoun: 'woman' } })
  expect(await update({ name: '' })).toMatchObject({ code: 'INVALID', message: 'name: must not be empty' })
  const query = 'query ($id: ID!) { node(id: $id) { ... on TrainingJob { settings { phrase } adapter { name } } } }'
  const before = (await ask(service, query, { id: job.id }, owner)).data.node
  expect(before.settings.phrase).toBe('sks person')
  const later = (await startTraining(service, owner, photoSetId)).job.id
  const after = (await ask(service, query, { id: later }, owner)).data.node
  expect(after).toEqual({ settings: { phrase: 'sks woman' }, adapter: { name: 'Ada L.' } })
})

test('a key reads the contract in production, where introspection is off; strangers do not', async () => {
  const closed = await openService({ production: true })
  try {
    const signed = await signUp(closed, 'Paula Production', 'Production')
    const key = await keyFor(closed, signed, 'TENANT_READ')
    const sdl = (await ask(closed, '{ schema }', {}, key)).data.schema
    expect(printSchema(buildSchema(sdl))).toContain('input GenerateInput')
    expect((await ask(closed, '{ schema }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    const limits = '{ service { limits { linkSeconds uploadSeconds idempotencySeconds operationCost pageSize } } }'
    expect((await ask(closed, limits)).data.service.limits).toEqual({
      ...{ linkSeconds: 900, uploadSeconds: 3600, idempotencySeconds: 86_400, operationCost: 10_000, pageSize: 100 },
    })
  } finally {
    await closed.close()
  }
})
