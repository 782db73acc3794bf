import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildSchema,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  parse,
  validate,
} from 'graphql'
import { expect, test } from 'vitest'
import { exceededLimit, OPERATION_LIMITS } from '../../../api/graphql/cost.ts'
import { keepListSizes, listSizeOf } from '../../../api/graphql/list-size.ts'
import { PAGE_LIMIT } from '../../../api/reading/page.ts'
import { LIMITS } from '../../../api/service/limits.ts'

const ROOT = join(import.meta.dirname, '../../..')
const schema = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'))

function refusal(query: string, variables = {}): string | undefined {
  const document = parse(query)
  expect(validate(schema, document)).toEqual([])
  return exceededLimit(schema, document, getOperationAST(document)!, variables)?.message
}

const types = Object.values(schema.getTypeMap()).filter(
  type => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'),
) as GraphQLObjectType[]
const fields = types.flatMap(type => Object.values(type.getFields()).map(field => ({ type, field })))

test('every list of the whole schema says how long it can be, by its page or by itself', () => {
  const lists = fields.filter(({ field }) => isListType(getNullableType(field.type)))
  expect(lists.length).toBeGreaterThan(40)
  for (const { type, field } of lists) {
    const page = type.name.endsWith('Connection')
    expect([type.name, field.name, page || (listSizeOf(field) ?? 0) > 0]).toEqual([type.name, field.name, true])
  }
  // A page is reached by fields with `first` alone.
  for (const { type, field } of fields)
    if (getNamedType(field.type).name.endsWith('Connection'))
      expect([type.name, field.name, field.args.map(({ name }) => name)]).toEqual([
        type.name,
        field.name,
        expect.arrayContaining(['first']),
      ])
  expect(() => keepListSizes(buildSchema('type Query { some: [Int] }'))).toThrow(
    'Query.some is a list without @listSize',
  )
})

test('what lists can hold is what inputs may make them hold', () => {
  const size = (type: string, field: string) =>
    listSizeOf((schema.getType(type) as GraphQLObjectType).getFields()[field]!)
  expect(size('PhotoSet', 'photos')).toBe(LIMITS.photosPerSet)
  expect(size('RequestPhotoUploadsSuccess', 'uploads')).toBe(LIMITS.photosPerSet)
  for (const field of ['images', 'requests', 'adapters'])
    expect(size('Generation', field)).toBe(LIMITS.imagesPerGeneration)
  expect(size('TrainingJob', 'metrics')).toBe(1000)
  expect(size('Adapter', 'aliases')).toBe(LIMITS.aliasesPerAdapter)
})

test('a thousand metrics of a hundred trainings are a hundred thousand objects, and are refused', () => {
  const query = (first: number) => `{ trainingJobs(first: ${first}) { nodes { id metrics { step loss } } } }`
  expect(refusal(query(100))).toMatch(`the operation's cost is over ${OPERATION_LIMITS.cost}`)
  expect(refusal(query(9))).toBeUndefined()
  expect(refusal('{ me { memberships { tenant { id } } sessions { id } } }')).toBeUndefined()
  const nested = '{ trainingJobs(first: 10) { nodes { previews { images { url } } } } }'
  expect(refusal(nested)).toMatch(/cost is over/)
})

test('no operation within the limits can answer with more objects than it was counted for', () => {
  // For every list below a page: how many of its entries one allowed request can ask for.
  const compositeLists = fields.filter(
    ({ type, field }) =>
      isListType(getNullableType(field.type)) &&
      isCompositeType(getNamedType(field.type)) &&
      ['TrainingJob', 'Generation', 'PhotoSet', 'Adapter'].includes(type.name),
  )
  const pages: Record<string, string> = {
    TrainingJob: 'trainingJobs(first: N) { nodes { X } }',
    Generation: 'generations(first: N) { nodes { X } }',
    Adapter: 'adapters(first: N) { nodes { X } }',
    PhotoSet: 'subjects(first: 1) { nodes { photoSets(first: N) { nodes { X } } } }',
  }
  expect(compositeLists.length).toBeGreaterThan(8)
  for (const { type, field } of compositeLists)
    for (let first = 1; first <= PAGE_LIMIT; first++) {
      const page = pages[type.name]!.replace('N', String(first)).replace('X', `${field.name} { __typename }`)
      const objects = first * (1 + (listSizeOf(field) ?? 0))
      if (refusal(`{ ${page} }`) === undefined) expect(objects).toBeLessThanOrEqual(OPERATION_LIMITS.cost)
    }
})

test('the operations of our own command line are allowed', () => {
  const document = parse(readFileSync(join(ROOT, 'client/operations.graphql'), 'utf8'))
  let operations = 0
  for (const node of document.definitions) {
    if (node.kind !== 'OperationDefinition') continue
    operations++
    const name = node.name?.value
    expect([name, exceededLimit(schema, document, node, { first: PAGE_LIMIT })?.message]).toEqual([name, undefined])
  }
  expect(operations).toBeGreaterThan(15)
})
