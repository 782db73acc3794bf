/** Finds what people name: subjects, adapters, versions and keys by global id or by name. */
import { AppError } from '../errors.ts'
import type { ServiceClient } from './client.ts'
import {
  AdapterById,
  type AdapterFactsFragment,
  Adapters,
  ApiKeys,
  BaseModels,
  type KeyFactsFragment,
  SubjectById,
  type SubjectFactsFragment,
  Subjects,
} from './generated/operations.ts'

interface Page<N> {
  readonly nodes: readonly N[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

const PAGE_SIZE = 100
type PageArguments = { first: number; after: string | null }

/** All entries of a list, page by page. */
async function readAll<N>(read: (page: PageArguments) => Promise<Page<N> | undefined>): Promise<N[]> {
  const found: N[] = []
  for (let after: string | null = null; ; ) {
    const page: Page<N> | undefined = await read({ first: PAGE_SIZE, after })
    found.push(...(page?.nodes ?? []))
    after = page?.pageInfo.endCursor ?? null
    if (!page?.pageInfo.hasNextPage || after === null) return found
  }
}

/** Global ids are base64url of `Type:uuid`. */
export const isId = (reference: string, type: string): boolean =>
  Buffer.from(reference, 'base64url').toString().startsWith(`${type}:`)

type Named = { readonly id: string; readonly name: string }

/** Exactly one of them. @throws AppError NOT_FOUND or CONFLICT with the ids to choose from */
function assertOne<N extends Named>(what: string, reference: string, found: readonly N[], next: string): N {
  const [first, ...others] = found
  if (first && others.length === 0) return first
  if (!first) throw new AppError('NOT_FOUND', `there is no ${what} "${reference}"`, next)
  const ids = found.map(({ id }) => id).join(', ')
  throw new AppError('CONFLICT', `${found.length} ${what}s are called "${reference}"`, `Name one by its id: ${ids}.`)
}

export const listSubjects = (
  client: ServiceClient,
  nameContains?: string | undefined,
): Promise<SubjectFactsFragment[]> =>
  readAll(async page => (await client.run(Subjects, { ...page, nameContains })).subjects)

/** All subjects of exactly this name, or the one with this id. */
export async function subjectsNamed(client: ServiceClient, reference: string): Promise<SubjectFactsFragment[]> {
  if (isId(reference, 'Subject')) {
    const { node } = await client.run(SubjectById, { id: reference })
    return node?.__typename === 'Subject' ? [node] : []
  }
  return (await listSubjects(client, reference)).filter(({ name }) => name === reference)
}

export const findSubject = async (client: ServiceClient, reference: string): Promise<SubjectFactsFragment> =>
  assertOne('subject', reference, await subjectsNamed(client, reference), 'semblance subjects list shows all.')

interface AdapterSearch {
  readonly subjectId?: string
  readonly nameContains?: string
}

export const listAdapters = (client: ServiceClient, filter: AdapterSearch = {}): Promise<AdapterFactsFragment[]> =>
  readAll(async page => (await client.run(Adapters, { ...page, filter })).adapters)

export async function findAdapter(client: ServiceClient, reference: string): Promise<AdapterFactsFragment> {
  const next = 'semblance adapters list shows all.'
  if (!isId(reference, 'Adapter')) {
    const found = await listAdapters(client, { nameContains: reference })
    return assertOne(
      'adapter',
      reference,
      found.filter(({ name }) => name === reference),
      next,
    )
  }
  const { node } = await client.run(AdapterById, { id: reference })
  return assertOne('adapter', reference, node?.__typename === 'Adapter' ? [node] : [], next)
}

/** What `generate` takes as `adapter`. */
export type AdapterUse = { readonly versionId: string } | { readonly adapterId: string; readonly alias?: string }

/** `NAME` (its `production` version if there is one, else `latest`), `NAME@alias`, `NAME@3`, the same with an adapter's id, or a version's id. */
export async function findUse(client: ServiceClient, reference: string): Promise<AdapterUse> {
  if (isId(reference, 'AdapterVersion')) return { versionId: reference }
  const at = reference.lastIndexOf('@')
  if (at < 0) return { adapterId: (await findAdapter(client, reference)).id }
  const [name, pin] = [reference.slice(0, at), reference.slice(at + 1)]
  const adapter = await findAdapter(client, name)
  if (!/^\d+$/.test(pin)) return { adapterId: adapter.id, alias: pin }
  const version = adapter.versions.nodes.find(({ number }) => number === Number(pin))
  if (version) return { versionId: version.id }
  const numbers = adapter.versions.nodes.map(({ number }) => number).join(', ')
  throw new AppError('NOT_FOUND', `${name} has no version ${pin}`, `It has: ${numbers}.`)
}

/** What a bare name stands for, the first that is set. */
const DEFAULT_ALIASES: readonly string[] = ['production', 'latest']

/** The version that a reference means now; `bare` are the aliases of a name alone. @throws AppError NOT_FOUND */
export async function findVersion(client: ServiceClient, reference: string, bare = DEFAULT_ALIASES): Promise<string> {
  const use = await findUse(client, reference)
  if ('versionId' in use) return use.versionId
  const { aliases, name } = await findAdapter(client, use.adapterId)
  const wanted = use.alias === undefined ? bare : [use.alias]
  const [alias] = wanted.flatMap(one => aliases.filter(({ name }) => name === one))
  if (alias) return alias.version.id
  const names = aliases.map(one => one.name).join(', ')
  throw new AppError('NOT_FOUND', `${name} has no alias "${wanted.join('" or "')}"`, `It has: ${names || 'none'}.`)
}

/** A base of the service by its name or id. */
export async function findBase(client: ServiceClient, reference: string): Promise<Named> {
  const { baseModels } = await client.run(BaseModels, {})
  const found = baseModels.filter(({ id, name }) => id === reference || name === reference)
  return assertOne('base', reference, found, `Choose one of ${baseModels.map(({ name }) => name).join(', ')}.`)
}

export const listKeys = (client: ServiceClient): Promise<KeyFactsFragment[]> =>
  readAll(async page => (await client.run(ApiKeys, page)).tenant?.apiKeys)

/** By id, by name, or by the public part of the key. */
export async function findKey(client: ServiceClient, reference: string): Promise<KeyFactsFragment> {
  const keys = await listKeys(client)
  const exact = keys.filter(({ id, prefix }) => id === reference || prefix === reference)
  const living = keys.filter(({ name, revokedAt }) => name === reference && revokedAt === null)
  return assertOne('key', reference, exact.length > 0 ? exact : living, 'semblance keys list shows all.')
}
