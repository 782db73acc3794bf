/** The API as a real server on a database and a store of its own, and callers who speak to it over HTTP. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blobHandler, openFileStore } from '../../adapters-store/index.ts'
import { type Api, openApi, type UpkeepTimes } from '../../api/index.ts'
import { openBase } from '../../engine/descriptors.ts'
import { createLog, type Logger } from '../../log.ts'
import { openPostgresDispatchQueue, openPostgresWorkerQueue } from '../../queue/index.ts'
import { openTestDatabase } from '../test-database.ts'
import { writeTinyBase } from '../tiny-base.ts'

const quiet = createLog('test', 'error')

export type Service = Awaited<ReturnType<typeof openService>>

export interface ServiceSettings {
  readonly production?: boolean
  readonly port?: number
  readonly host?: string
  readonly metricsToken?: string
  readonly allowedOrigins?: string[]
  /** No hint of an event ever comes. */
  readonly deaf?: boolean
  readonly log?: Logger
  /** Family of the tiny base, default Stable Diffusion. */
  readonly family?: 'sdxl'
  /** Default: nothing is cleaned up while a test looks on. */
  readonly upkeep?: Partial<UpkeepTimes>
}

export async function openService({
  deaf = false,
  log = quiet,
  upkeep = { clearSeconds: 3600 },
  family,
  ...settings
}: ServiceSettings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-api-'))
  const { database, ownerUrl, close } = await openTestDatabase(8)
  const modelsDir = join(folder, 'models')
  const base = await openBase(await writeTinyBase(join(modelsDir, 'tiny'), family))
  const fingerprint = await base.fingerprint()
  const entry = { name: 'tiny', fingerprint, folder: 'tiny', size: 16, family: 'stable-diffusion', parameters: 1000 }
  await database.registerBaseModel(entry)
  const hearing = openPostgresDispatchQueue({ url: database.appUrl, log })
  const dispatch = deaf ? { ...hearing, onEvents: () => () => undefined } : hearing
  let api: Api | undefined
  const publicUrl = () => api?.url ?? ''
  const store = openFileStore({ folder, signingKey: Buffer.alloc(32, 7), publicUrl })
  const config = {
    host: '127.0.0.1',
    port: 0,
    production: false,
    allowedOrigins: [],
    modelsDir,
    reconcileSeconds: 1,
    upkeep,
  }
  const worker = openPostgresWorkerQueue({ url: database.workerUrl, worker: 'test', leaseSeconds: 600, log })
  const closeParts = async () => {
    await Promise.all([worker.close(), hearing.close()])
    await close()
    await rm(folder, { recursive: true, force: true })
  }
  const parts = { database, dispatch, store, log, blobs: blobHandler(store) }
  const opened = await openApi({ ...config, ...settings }, parts).catch(async error => {
    await closeParts()
    throw error
  })
  api = opened
  return {
    url: opened.url,
    database,
    ownerUrl,
    dispatch,
    store,
    worker,
    base,
    /** Of the store. */
    folder,
    close: async () => {
      await opened.stop()
      await closeParts()
    },
  }
}

/** What a caller sends along. */
export interface Identity {
  readonly key?: string
  readonly cookie?: string
  readonly tenant?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever they asked for
  readonly data: any
  readonly errors?: { message: string; path?: (string | number)[]; extensions: { code: string } }[]
}

export async function ask(
  { url }: Pick<Service, 'url'>,
  query: string,
  variables: Record<string, unknown> = {},
  { key, cookie, tenant }: Identity = {},
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...(cookie ? { cookie } : {}),
      ...(tenant ? { 'semblance-tenant': tenant } : {}),
    },
    body: JSON.stringify({ query, variables }),
  })
  const body = (await response.json()) as Pick<Answer, 'data' | 'errors'>
  return { status: response.status, headers: response.headers, ...body }
}

const ERROR = '... on UserError { code message path }'

/** Calls one mutation and returns its answer, a union member. Top-level errors are thrown. */
export async function mutate(
  service: Pick<Service, 'url'>,
  identity: Identity,
  name: string,
  input: Record<string, unknown>,
  selection: string,
) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ... on ${type}Success { ${selection} } ${ERROR} } }`
  const { data, errors } = await ask(service, query, { input }, identity)
  if (errors) throw new Error(JSON.stringify(errors))
  return data[name]
}

export const PASSWORD = 'correct horse battery'

/** The session cookie of an answer, as a browser would send it back. */
export const cookieOf = ({ headers }: Answer): string => headers.getSetCookie()[0]?.split(';')[0] ?? ''

/** Signs a user up; with a tenant of that name when one is given. */
export async function signUp(
  service: Pick<Service, 'url'>,
  name: string,
  tenantName?: string,
): Promise<Identity & { tenantId: string; email: string }> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.org`
  const query = `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on SignUpSuccess { tenant { id } } ${ERROR} } }`
  const answer = await ask(service, query, { input: { email, password: PASSWORD, name, tenantName } })
  if (answer.errors) throw new Error(JSON.stringify(answer.errors))
  return { cookie: cookieOf(answer), tenantId: answer.data.signUp.tenant?.id ?? '', email }
}

/** An API key with these scopes, made by a user. */
export async function keyFor(service: Service, owner: Identity, ...scopes: string[]): Promise<Identity> {
  const input = { name: scopes.join(' '), scopes }
  const { secret } = await mutate(service, owner, 'createApiKey', input, 'secret')
  return { key: secret }
}
