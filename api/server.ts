/** The API as a server: GraphQL over HTTP and WebSocket, uploads and downloads, health; opened and stopped as one. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer'
import { expressMiddleware } from '@as-integrations/express5'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import type { GraphQLSchema } from 'graphql'
import { createToken, deviceCookie, hashToken, readSessionCookie, sessionCookie } from './access/session.ts'
import { createStandings } from './access/standing.ts'
import { logMailer, type Mailer } from './account/mailer.ts'
import { createBaseOpener } from './base-models/open.ts'
import { type Context, createContext, type Services } from './context.ts'
import { openEventHub } from './events/hub.ts'
import { OPERATION_LIMITS } from './graphql/cost.ts'
import { mergeResolvers } from './graphql/resolvers.ts'
import { buildExecutableSchema } from './graphql/schema.ts'
import { type Authenticate, createAuthenticate } from './http/authenticate.ts'
import { healthRoutes } from './http/health.ts'
import { maskError } from './http/mask.ts'
import { createMetrics } from './http/metrics.ts'
import { operationPlugin } from './http/operations.ts'
import { allowOrigins, isOwnOrigin } from './http/origin.ts'
import { errorHandler, notFoundHandler, REQUEST_ID, requestLog } from './http/requests.ts'
import { BODY_SECONDS, cutOffSlowBodies, UPLOAD_BYTES } from './http/slow-bodies.ts'
import { openSockets } from './http/sockets.ts'
import { pageRoutes } from './pages/index.ts'
import { startUpkeep, type UpkeepTimes } from './upkeep/index.ts'

/** What of the configuration the API needs. */
export interface ApiSettings {
  /** 0 takes a free port. */
  readonly port: number
  readonly host: string
  /** Where clients reach it, if that is not this host and port: `https://semblance.example.com`. */
  readonly publicUrl?: string | undefined
  /** Cookies only over HTTPS, no introspection. */
  readonly production: boolean
  /** Closed: only invited people get accounts, and the first one whoever has the token that is logged. Default: open. */
  readonly signUp?: 'open' | 'closed'
  /** Further pages that may open sockets here with the user's session. */
  readonly allowedOrigins: readonly string[]
  /** Opens `/metrics` to whoever sends it; without it nobody may read them. */
  readonly metricsToken?: string | undefined
  /** What a body may take to come in, where it differs from the default. */
  readonly bodySeconds?: number
  /** Where base models lie. */
  readonly modelsDir: string
  /** Between two looks for jobs that workers have lost. */
  readonly reconcileSeconds: number
  /** How often and how soon the API cleans up, where it differs from the default. */
  readonly upkeep?: Partial<UpkeepTimes>
}

type ApiParts = Pick<Services, 'database' | 'dispatch' | 'store' | 'log'> & {
  /** The HTTP side of a store that has no server of its own. */
  readonly blobs?: RequestHandler | undefined
  /** Default: messages go to the operator's log. */
  readonly mailer?: Mailer | undefined
  /** Answers links that sign a browser in; only the one-machine default has them. */
  readonly signInLink?: RequestHandler | undefined
}

export interface Api {
  /** Where clients reach it. */
  readonly url: string
  /** What makes the first account where sign-up is closed. */
  readonly setupToken: string | undefined
  /** Finishes what is under way, ends subscriptions, and closes the port. The parts stay open. */
  stop(): Promise<void>
}

export async function openApi(given: ApiSettings, parts: ApiParts): Promise<Api> {
  const settings = { ...given, allowedOrigins: originsOf(given) }
  const { production, modelsDir } = settings
  const standings = createStandings(parts.database.login)
  const events = openEventHub({ ...parts, sweepCallers: standings.sweep })
  const openBase = createBaseOpener(modelsDir)
  const mailer = parts.mailer ?? logMailer(parts.log)
  const setupToken = settings.signUp === 'closed' ? await firstAccountToken(parts) : undefined
  const services: Services = {
    ...parts,
    metrics: createMetrics(),
    openBase,
    events,
    standings,
    mailer,
    setupToken,
    signUpClosed: settings.signUp === 'closed',
  }
  const schema = buildExecutableSchema(mergeResolvers())
  const authenticate = createAuthenticate(parts.database, production)
  const app = express().disable('x-powered-by').set('query parser', false)
  const server = createServer(app)
  const sockets = openSockets({ server, schema, services, authenticate, ...settings, introspection: !production })
  const apollo = createApollo(schema, server, services, production, sockets.close)
  await apollo.start()
  let stopping = false
  mount(app, { settings, parts, services, apollo, authenticate, isStopping: () => stopping })
  const port = await listen(server, settings).catch(async error => {
    await Promise.all([apollo.stop(), events.close()])
    throw error
  })
  const upkeep = startUpkeep(services, { ...settings.upkeep, reconcileSeconds: settings.reconcileSeconds })
  return {
    setupToken,
    url: settings.publicUrl ?? `http://${urlHost(settings.host)}:${port}`,
    stop: async () => {
      stopping = true
      await upkeep.stop()
      await apollo.stop()
      await events.close()
    },
  }
}

/** Pages that may act with their user's session: those of other sites that were allowed, and our own, whatever the proxy calls us. */
const originsOf = ({ allowedOrigins, publicUrl }: ApiSettings): string[] =>
  publicUrl ? [...allowedOrigins, new URL(publicUrl).origin] : [...allowedOrigins]

/** Printed for the operator, who makes the first account with it; undefined when there is one. */
async function firstAccountToken({ database, log }: ApiParts): Promise<string | undefined> {
  if (await database.login.hasUsers()) return undefined
  const token = createToken()
  log.warn(`sign-up is closed and nobody has an account: make the first one with signUp and the inviteToken ${token}`)
  return token
}

const urlHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host

function createApollo(
  schema: GraphQLSchema,
  httpServer: Server,
  { log }: Services,
  production: boolean,
  closeSockets: () => Promise<void>,
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    parseOptions: { maxTokens: OPERATION_LIMITS.tokens },
    logger: log,
    formatError: (formatted, error) => maskError(formatted, error, log),
    plugins: [
      ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: 10_000 }),
      ApolloServerPluginLandingPageDisabled(),
      { serverWillStart: async () => ({ drainServer: closeSockets }) },
      operationPlugin,
    ],
  })
}

interface Mounted {
  readonly settings: ApiSettings
  readonly parts: ApiParts
  readonly services: Services
  readonly apollo: ApolloServer<Context>
  readonly authenticate: Authenticate
  isStopping(): boolean
}

function mount(app: Express, { settings, parts, services, apollo, authenticate, isStopping }: Mounted): void {
  const { log, metrics } = services
  const context = ({ req, res }: { req: Request; res: Response }) =>
    requestContext(services, authenticate, settings, req, res)
  // Behind a proxy the client's address is what the proxy says; only one of this network is believed.
  if (settings.publicUrl) app.set('trust proxy', 'loopback, linklocal, uniquelocal')
  app.use(requestLog(log, metrics))
  app.use(healthRoutes(services, { isStopping, metricsToken: settings.metricsToken }))
  const { bodySeconds = BODY_SECONDS } = settings
  app.use('/graphql', cutOffSlowBodies(bodySeconds, Number.POSITIVE_INFINITY))
  app.use('/uploads', cutOffSlowBodies(bodySeconds, UPLOAD_BYTES))
  for (const routes of [parts.blobs, parts.signInLink]) if (routes) app.use(routes)
  // Before the page of the same path, whose router would answer what a browser asks before it posts.
  app.use('/graphql', allowOrigins(settings.allowedOrigins))
  app.use(pageRoutes({ ...parts, authenticate, production: settings.production }))
  app.use('/graphql', express.json({ limit: '1mb' }), expressMiddleware(apollo, { context }))
  app.use(notFoundHandler)
  app.use(errorHandler(log))
}

async function requestContext(
  services: Services,
  authenticate: Authenticate,
  settings: ApiSettings,
  request: Request,
  response: Response,
): Promise<Context> {
  const { authorization, cookie } = request.headers
  const { production: secure } = settings
  const device = readSessionCookie(cookie, secure, 'device')
  const whoCalls = () => authenticate({ authorization, cookie, tenant: request.get('semblance-tenant') })
  const facts = {
    requestId: String(response.getHeader(REQUEST_ID)),
    address: request.ip ?? '',
    foreignPage:
      authorization === undefined && !isOwnOrigin(request.headers.origin, request.host, settings.allowedOrigins),
    device: device === undefined ? undefined : hashToken(device),
    setDevice: (token: string) => void response.append('set-cookie', deviceCookie(token, secure)),
    setSession: (token: string | undefined) => void response.append('set-cookie', sessionCookie(token, secure)),
    authenticate: whoCalls,
  }
  return createContext(services, facts, await whoCalls())
}

function listen(server: Server, { port, host }: ApiSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
