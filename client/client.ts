/**
 * A client of the public API: operations over HTTP, subscriptions over WebSocket, every failure an AppError. What may be sent twice
 * (queries, and mutations with an idempotency key) is sent again when the way to the service breaks.
 */
import { AppError } from '../errors.ts'
import { type GraphQLFault, graphqlFailure, unreachable, withRetries } from './failures.ts'
import type { Operation } from './operation.ts'
import { openSubscription } from './socket.ts'

/** An API key, or a session's cookie with the tenant (global id) it works in. */
export interface Credentials {
  readonly key?: string
  readonly cookie?: string
  readonly tenant?: string
}

export interface ServiceClient {
  /** Without a slash at the end. */
  readonly address: string
  /** What the next request carries: signing in sets the cookie. */
  credentials(): Credentials
  /** @throws AppError */
  run<R, V>(operation: Operation<R, V>, variables: V): Promise<R>
  /** Values until the service ends the subscription, `signal` is aborted or the connection breaks (SERVICE_UNAVAILABLE). */
  subscribe<R, V>(operation: Operation<R, V>, variables: V, signal?: AbortSignal): AsyncIterable<R>
}

/** Milliseconds before the second, third, ... try. */
const PAUSES: readonly number[] = [200, 500, 1000]
const TIMEOUT_MS = 120_000

interface ClientOptions {
  /** Once it is aborted, every operation ends with CANCELED. */
  readonly signal?: AbortSignal
  /** False: nothing is sent twice. */
  readonly retry?: boolean
}

export function openClient(
  address: string,
  given: Credentials = {},
  { signal, retry = true }: ClientOptions = {},
): ServiceClient {
  const url = `${assertAddress(address)}/graphql`
  let credentials = given
  const send = async <R>(operation: Operation<R, unknown>, variables: unknown): Promise<R> => {
    const response = await post(url, headersOf(credentials), operation, variables, signal)
    const cookie = sessionCookie(response)
    if (cookie !== undefined) credentials = { ...credentials, cookie }
    return readAnswer(url, response)
  }
  return {
    address: url.slice(0, -'/graphql'.length),
    credentials: () => credentials,
    run: (operation, variables) =>
      withRetries(retry && mayRepeat(operation, variables) ? PAUSES : [], () => send(operation, variables)),
    subscribe: (operation, variables, stop = signal) =>
      openSubscription(url.replace(/^http/, 'ws'), headersOf(credentials), operation, variables, stop),
  }
}

/** @throws AppError INPUT_INVALID. Returns the address without a slash at the end. */
export function assertAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.username === '')
    return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  const next = 'Write it like http://127.0.0.1:4000 or https://semblance.example.com.'
  throw new AppError('INPUT_INVALID', `"${address}" is not the address of a service`, next)
}

function headersOf({ key, cookie, tenant }: Credentials): Record<string, string> {
  if (key !== undefined) return { authorization: `Bearer ${key}` }
  return { ...(cookie !== undefined && { cookie }), ...(tenant !== undefined && { 'semblance-tenant': tenant }) }
}

/** `name=value` of the session that the answer sets. */
function sessionCookie(response: Response): string | undefined {
  const [cookie] = response.headers.getSetCookie().filter(line => /semblance_session=/.test(line))
  return cookie?.split(';')[0]
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  { name, text }: Operation<unknown, unknown>,
  variables: unknown,
  stop?: AbortSignal,
): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ operationName: name, query: text, variables }),
      signal: stop ? AbortSignal.any([stop, limit]) : limit,
    })
  } catch (error) {
    throw stop?.aborted ? canceled() : unreachable(url, error)
  }
}

const canceled = (): AppError => new AppError('CANCELED', 'the command was stopped', 'Run it again.')

interface GraphQLAnswer<R> {
  readonly data?: R | null
  readonly errors?: readonly GraphQLFault[]
}

async function readAnswer<R>(url: string, response: Response): Promise<R> {
  const body = await response.text().catch(error => {
    throw unreachable(url, error)
  })
  const answer = parseAnswer<R>(body)
  if (answer?.errors?.length) throw graphqlFailure(answer.errors)
  if (answer?.data) return answer.data
  const what = `${url} answered with status ${response.status} and not with GraphQL`
  // A proxy whose service is gone says 502 or 503; anything else will say the same again.
  const code = response.status >= 500 ? 'SERVICE_UNAVAILABLE' : 'INPUT_INVALID'
  throw new AppError(code, what, 'Check that the address is that of a Semblance service.')
}

function parseAnswer<R>(body: string): GraphQLAnswer<R> | undefined {
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === 'object' && answer !== null ? answer : undefined
  } catch {
    return undefined
  }
}

function mayRepeat({ kind }: Operation<unknown, unknown>, variables: unknown): boolean {
  const { input } = (variables ?? {}) as { input?: { idempotencyKey?: unknown } }
  return kind === 'query' || typeof input?.idempotencyKey === 'string'
}
