/** Finds what people name: subjects, adapters, versions, jobs, images and keys by name, by global id or by a short one. */
import { AppError } from '../errors.ts'
import { didYouMean } from '../similar.ts'
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
import { abbreviates, isId, shortIds } from './ids.ts'
import { type Page, type ReadPage, readAbbreviated, readAll } from './pages.ts'

type Named = { readonly id: string; readonly name: string }

interface Sought {
  /** What it is, in words. */
  readonly what: string
  readonly reference: string
  /** Names to which a mistyped one may be close. */
  readonly known?: readonly string[]
  readonly next: string
}

/** Exactly one of them. @throws AppError NOT_FOUND with names that are close, or CONFLICT with the ids to choose from */
export function assertOne<N extends { readonly id: string; readonly name?: string }>(
  { what, reference, known = [], next }: Sought,
  found: readonly N[],
): N {
  const [first, ...others] = found
  if (first && others.length === 0) return first
  if (!first)
    throw new AppError('NOT_FOUND', `there is no ${what} "${reference}"`, `${didYouMean(reference, known)}${next}`)
  const short = shortIds(found.map(({ id }) => id))
  const named = found.map(
    ({ id, name }) => `${short.get(id)}${name === undefined || name === reference ? '' : ` (${name})`}`,
  )
  const which = first.name === reference ? 'called' : 'meant by'
  throw new AppError(
    'CONFLICT',
    `${found.length} ${what}s are ${which} "${reference}"`,
    `Name one by its id: ${named.join(', ')}.`,
  )
}

/** By whole id, else by exact name, else by a short id. */
async function named<N extends Named>(
  reference: string,
  type: string,
  { byId, list }: { byId: (id: string) => Promise<N | undefined>; list: (nameContains?: string) => ReadPage<N> },
): Promise<N[]> {
  if (isId(reference, type)) {
    const found = await byId(reference)
    return found ? [found] : []
  }
  const exact = (await readAll(list(reference))).filter(({ name }) => name === reference)
  return exact.length > 0 ? exact : readAbbreviated(list(), reference)
}

const subjectPages =
  (client: ServiceClient) =>
  (nameContains?: string | undefined): ReadPage<SubjectFactsFragment> =>
  async page =>
    (await client.run(Subjects, { ...page, nameContains })).subjects

export const listSubjects = (client: ServiceClient, nameContains?: string): Promise<SubjectFactsFragment[]> =>
  readAll(subjectPages(client)(nameContains))

/** All subjects of exactly this name, or those that this id means. */
export const subjectsNamed = (client: ServiceClient, reference: string): Promise<SubjectFactsFragment[]> =>
  named(reference, 'Subject', {
    byId: async id => {
      const { node } = await client.run(SubjectById, { id })
      return node?.__typename === 'Subject' ? node : undefined
    },
    list: subjectPages(client),
  })

export async function findSubject(client: ServiceClient, reference: string): Promise<SubjectFactsFragment> {
  const found = await subjectsNamed(client, reference)
  const known = found.length > 0 ? [] : (await listSubjects(client)).map(({ name }) => name)
  return assertOne({ what: 'subject', reference, known, next: 'semblance subjects list shows all.' }, found)
}

interface AdapterSearch {
  readonly subjectId?: string
  readonly nameContains?: string | undefined
}

const adapterPages =
  (client: ServiceClient, filter: AdapterSearch = {}): ReadPage<AdapterFactsFragment> =>
  async page =>
    (await client.run(Adapters, { ...page, filter })).adapters

export const listAdapters = (client: ServiceClient, filter: AdapterSearch = {}): Promise<AdapterFactsFragment[]> =>
  readAll(adapterPages(client, filter))

const adaptersNamed = (client: ServiceClient, reference: string): Promise<AdapterFactsFragment[]> =>
  named(reference, 'Adapter', {
    byId: async id => {
      const { node } = await client.run(AdapterById, { id })
      return node?.__typename === 'Adapter' ? node : undefined
    },
    list: nameContains => adapterPages(client, { nameContains }),
  })

async function oneAdapter(client: ServiceClient, reference: string, found: readonly AdapterFactsFragment[]) {
  const known = found.length > 0 ? [] : (await listAdapters(client)).map(({ name }) => name)
  return assertOne({ what: 'adapter', reference, known, next: 'semblance adapters list shows all.' }, found)
}

export const findAdapter = async (client: ServiceClient, reference: string): Promise<AdapterFactsFragment> =>
  oneAdapter(client, reference, await adaptersNamed(client, reference))

/** What `generate` takes as `adapter`; without an alias the service picks the version. */
export type AdapterUse = { readonly versionId: string } | { readonly adapterId: string; readonly alias?: string }

/** `NAME` (its `production` version if there is one, else `latest`), `NAME@alias`, `NAME@3`, the same with an adapter's id, or a version's id. */
export async function findUse(client: ServiceClient, reference: string): Promise<AdapterUse> {
  if (isId(reference, 'AdapterVersion')) return { versionId: reference }
  const whole = await adaptersNamed(client, reference)
  const at = reference.lastIndexOf('@')
  if (whole.length > 0 || at <= 0) {
    const [version, ...others] = whole.length > 0 ? [] : await versionsAbbreviated(client, reference)
    if (version && others.length === 0) return { versionId: version.id }
    return { adapterId: (await oneAdapter(client, reference, whole)).id }
  }
  const [name, pin] = [reference.slice(0, at), reference.slice(at + 1)]
  const adapter = await findAdapter(client, name)
  if (!/^\d+$/.test(pin)) return { adapterId: adapter.id, alias: pin }
  const version = adapter.versions.nodes.find(({ number }) => number === Number(pin))
  if (version) return { versionId: version.id }
  const numbers = adapter.versions.nodes.map(({ number }) => number).join(', ')
  throw new AppError('NOT_FOUND', `${name} has no version ${pin}`, `It has: ${numbers}.`)
}

async function versionsAbbreviated(client: ServiceClient, reference: string) {
  const versions = (await listAdapters(client)).flatMap(adapter => adapter.versions.nodes)
  return versions.filter(({ id }) => abbreviates(reference, id))
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
  const names = aliases.map(one => one.name)
  throw new AppError(
    'NOT_FOUND',
    `${name} has no alias "${wanted.join('" or "')}"`,
    `${didYouMean(wanted[0] ?? '', names)}It has: ${names.join(', ') || 'none'}.`,
  )
}

/** A base of the service by its name or id. */
export async function findBase(client: ServiceClient, reference: string): Promise<Named> {
  const { baseModels } = await client.run(BaseModels, {})
  const exact = baseModels.filter(({ id, name }) => id === reference || name === reference)
  const found = exact.length > 0 ? exact : baseModels.filter(({ id }) => abbreviates(reference, id))
  const known = baseModels.map(({ name }) => name)
  return assertOne({ what: 'base', reference, known, next: `Choose one of ${known.join(', ')}.` }, found)
}

export const listKeys = (client: ServiceClient): Promise<KeyFactsFragment[]> =>
  readAll(async page => (await client.run(ApiKeys, page)).tenant?.apiKeys as Page<KeyFactsFragment> | undefined)

/** By id, by name, or by the public part of the key. */
export async function findKey(client: ServiceClient, reference: string): Promise<KeyFactsFragment> {
  const keys = await listKeys(client)
  const ways: readonly ((key: KeyFactsFragment) => boolean)[] = [
    ({ id, prefix }) => id === reference || prefix === reference,
    ({ name, revokedAt }) => name === reference && revokedAt === null,
    ({ id, prefix }) => abbreviates(reference, id) || (reference.length > 12 && prefix.startsWith(reference)),
  ]
  const found = ways.map(way => keys.filter(way)).find(({ length }) => length > 0) ?? []
  const known = keys.filter(({ revokedAt }) => revokedAt === null).map(({ name }) => name)
  return assertOne({ what: 'key', reference, known, next: 'semblance keys list shows all.' }, found)
}
