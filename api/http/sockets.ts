/** Subscriptions over WebSocket (graphql-transport-ws): the origin is checked on connecting, the credentials for each operation. */
import type { IncomingMessage, Server } from 'node:http'
import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import type { Context as SocketContext, SubscribePayload } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { createContext, type Services } from '../context.ts'
import { badInput, limitError } from '../faults.ts'
import { exceededLimit, OPERATION_LIMITS } from '../graphql/cost.ts'
import { unusableInput } from '../graphql/unusable-text.ts'
import { worded, wrongVariable } from '../graphql/wrong-values.ts'
import { LIMITS } from '../service/limits.ts'
import type { Authenticate, Credentials } from './authenticate.ts'
import { maskError } from './mask.ts'
import { isOwnOrigin } from './origin.ts'

const MAX_MESSAGE_BYTES = 100_000

interface SocketOptions {
  readonly server: Server
  readonly schema: GraphQLSchema
  readonly services: Services
  readonly authenticate: Authenticate
  readonly introspection: boolean
  readonly allowedOrigins: readonly string[]
}

type Socket = SocketContext<Record<string, unknown>, Extra>

/** Accepts sockets at /graphql. `close` ends all with code 1001. */
export function openSockets({ server, schema, services, authenticate, introspection, allowedOrigins }: SocketOptions) {
  // Not bound to the server itself: a port that can't be had is the server's error alone.
  const sockets = new WebSocketServer({
    noServer: true,
    path: '/graphql',
    maxPayload: MAX_MESSAGE_BYTES,
    verifyClient: ({ req }, answer) => answer(isOwnOrigin(req.headers.origin, req.headers.host, allowedOrigins), 403),
  })
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]
  const prepare = async (socket: Socket, payload: SubscribePayload): Promise<ExecutionArgs> => {
    if (Object.keys(socket.subscriptions).length > LIMITS.subscriptionsPerConnection)
      throw limitError(
        `a connection carries at most ${LIMITS.subscriptionsPerConnection} subscriptions (subscriptionsPerConnection); open another one`,
      )
    const request = parseOperation(schema, payload, rules)
    const whoCalls = () => authenticate(credentialsOf(socket))
    const facts = {
      requestId: crypto.randomUUID(),
      address: socket.extra.request.socket.remoteAddress ?? '',
      foreignPage: false,
      setSession: () => undefined,
      setDevice: () => undefined,
      authenticate: whoCalls,
    }
    return { ...request, contextValue: createContext(services, facts, await whoCalls()) }
  }
  const mask = (error: GraphQLError) => maskError(error.toJSON(), error, services.log)
  const disposable = useServer<Record<string, unknown>>(
    {
      // Words of ours never become the reason of a close.
      isProd: true,
      onConnect: socket => connect(socket, authenticate),
      onSubscribe: (socket, _id, payload) => prepare(socket, payload).catch(asErrors),
      onNext: (_socket, _id, _payload, _args, { errors, data = null }) =>
        errors ? { data, errors: errors.map(mask) } : { data },
      onError: (_socket, _id, _payload, errors) => errors.map(mask),
    },
    sockets,
  )
  server.on('upgrade', (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, client => sockets.emit('connection', client, request)),
  )
  watch(sockets, services)
  return { close: async () => disposable.dispose() }
}

function watch(sockets: WebSocketServer, { metrics, log }: Services): void {
  sockets.on('connection', socket => {
    metrics.sockets.inc()
    socket.on('close', () => metrics.sockets.dec())
    socket.on('error', error => log.debug({ err: error }, 'socket failed'))
  })
}

/** Wrong credentials close the socket at once with 4403; missing ones are reported at the first operation. */
async function connect(socket: Socket, authenticate: Authenticate): Promise<boolean> {
  try {
    await authenticate(credentialsOf(socket))
    return true
  } catch (error) {
    if (error instanceof GraphQLError) return false
    throw error
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Browsers cannot set headers on a WebSocket: the first message carries what a header would. */
function credentialsOf({ connectionParams = {}, extra: { request } }: Socket): Credentials {
  return {
    authorization: text(connectionParams.authorization) ?? header(request, 'authorization'),
    cookie: header(request, 'cookie'),
    tenant: text(connectionParams.tenant),
  }
}

const header = (request: IncomingMessage, name: 'authorization' | 'cookie'): string | undefined => request.headers[name]

/** @throws GraphQLError, or an array of them as `cause`, unless it is a valid subscription within the limits. */
function parseOperation(schema: GraphQLSchema, payload: SubscribePayload, rules: typeof specifiedRules) {
  const document = parse(payload.query, { maxTokens: OPERATION_LIMITS.tokens })
  const errors = worded(schema, document, validate(schema, document, rules))
  if (errors[0]) throw errors[0]
  const operation = getOperationAST(document, payload.operationName)
  if (operation?.operation !== 'subscription')
    throw badInput('a socket carries subscriptions; send queries and mutations to POST /graphql')
  const variableValues = payload.variables ?? {}
  const exceeded =
    unusableInput(document, variableValues) ??
    exceededLimit(schema, document, operation, variableValues) ??
    wrongVariable(schema, operation, variableValues)
  if (exceeded) throw exceeded
  return { schema, document, variableValues, operationName: payload.operationName ?? null }
}

const asErrors = (error: unknown): readonly GraphQLError[] => [
  error instanceof GraphQLError
    ? error
    : new GraphQLError('internal error', { originalError: error instanceof Error ? error : new Error(String(error)) }),
]
