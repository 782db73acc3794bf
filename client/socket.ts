/** One subscription over one WebSocket (graphql-transport-ws); a connection that no longer answers counts as broken. */
import { type Client, createClient } from 'graphql-ws/client'
import { AppError } from '../errors.ts'
import { type GraphQLFault, graphqlFailure, unreachable } from './failures.ts'
import type { Operation } from './operation.ts'

const PING_MS = 10_000
const PONG_MS = 10_000

export async function* openSubscription<R, V>(
  url: string,
  headers: Readonly<Record<string, string>>,
  { name, text }: Operation<R, V>,
  variables: V,
  signal?: AbortSignal,
): AsyncGenerator<R, undefined> {
  const client = openSocket(url, headers)
  const stop = () => void client.dispose()
  signal?.addEventListener('abort', stop)
  try {
    const payload = { operationName: name, query: text, variables: variables as Record<string, unknown> }
    for await (const { data, errors } of client.iterate<R>(payload)) {
      if (errors?.length) throw graphqlFailure(errors as readonly GraphQLFault[])
      if (data) yield data
    }
    return undefined
  } catch (error) {
    if (signal?.aborted) return undefined
    throw asFailure(url, error)
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
}

/** Credentials go as headers (the cookie) and as the first message. Closes the connection when a ping gets no answer: a laptop that slept, a cable that was pulled. */
function openSocket(url: string, headers: Readonly<Record<string, string>>): Client {
  const { authorization, 'semblance-tenant': tenant } = headers
  let socket: WebSocket | undefined
  let timer: NodeJS.Timeout | undefined
  return createClient({
    url,
    webSocketImpl: new Proxy(WebSocket, {
      construct: (Socket, [to, protocols]) => new Socket(to, { protocols, headers }),
    }),
    connectionParams: { ...(authorization && { authorization }), ...(tenant && { tenant }) },
    retryAttempts: 0,
    keepAlive: PING_MS,
    on: {
      opened: opened => {
        socket = opened as WebSocket
      },
      ping: received => {
        if (!received) timer = setTimeout(() => socket?.close(4408, 'no answer'), PONG_MS)
      },
      pong: received => received && clearTimeout(timer),
      closed: () => clearTimeout(timer),
    },
  })
}

/** graphql-ws throws the errors of the operation, what closed the connection, or what broke it. */
function asFailure(url: string, error: unknown): AppError {
  if (error instanceof AppError) return error
  if (Array.isArray(error)) return graphqlFailure(error as readonly GraphQLFault[])
  const { code, reason } = (error ?? {}) as { code?: unknown; reason?: unknown }
  if (code === 4401 || code === 4403)
    return graphqlFailure([
      { message: String(reason || 'the service refused the key'), extensions: { code: 'UNAUTHENTICATED' } },
    ])
  return unreachable(
    url,
    typeof code === 'number' ? new Error(`closed with ${code} ${String(reason ?? '')}`.trim()) : error,
  )
}
