/** A running API and those who speak to it over HTTP. */
import type { FileStore } from '../../adapters-store/index.ts'
import type { Base } from '../../engine/descriptors.ts'
import type { Database } from '../../prisma/index.ts'
import type { DispatchQueue, WorkerQueue } from '../../queue/index.ts'

export interface Service {
  readonly url: string
  readonly database: Database
  /** A superuser's connection string. */
  readonly ownerUrl: string
  readonly dispatch: DispatchQueue
  readonly store: FileStore
  readonly worker: WorkerQueue
  readonly base: Base
  /** Of the store. */
  readonly folder: string
  close(): Promise<void>
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
