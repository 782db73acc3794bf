/** What a browser finds at this address: pages, documents and the schema. Programs get what they got before. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Request, type RequestHandler, Router } from 'express'
import { GraphQLError } from 'graphql'
import type { Database } from '../../prisma/index.ts'
import type { Actor } from '../access/actor.ts'
import type { Authenticate } from '../http/authenticate.ts'
import { aboutFacts, sendAbout } from './about.ts'
import { type Reader, sendGraphiql, sendGraphiqlFile } from './graphiql.ts'

const ROOT = join(import.meta.dirname, '../..')

/** All that is handed out, by path. */
const DOCUMENTS = [
  ...['docs/api.md', 'docs/cli.md', 'docs/methods.md'],
  ...['docs/examples/session.sh', 'docs/examples/session.mjs', 'docs/examples/session.py'],
]

interface PageParts {
  readonly database: Pick<Database, 'login'>
  readonly authenticate: Authenticate
  /** Pages show no schema, and hand it to those who have signed in. */
  readonly production: boolean
}

/** A browser names HTML first; programs name JSON or nothing. */
const wantsPage = (request: Request): boolean => request.accepts(['json', 'html']) === 'html'

export function pageRoutes({ database, authenticate, production }: PageParts): Router {
  const whoAsks = ({ headers: { authorization, cookie } }: Request): Promise<Actor> =>
    authenticate({ authorization, cookie, tenant: undefined })
  const home: RequestHandler = (request, response) => {
    if (wantsPage(request)) sendAbout(response, production)
    else response.json(aboutFacts)
  }
  const editor: RequestHandler = async (request, response, next) => {
    if (!wantsPage(request)) return next()
    if (production) return sendAbout(response, production)
    sendGraphiql(response, await readerOf(database, await whoAsks(request)))
  }
  const schema: RequestHandler = async (request, response) => {
    const problem = production ? await whyRefused(whoAsks(request)) : undefined
    if (problem === undefined) return sendText(response, 'schema.graphql')
    response
      .status(401)
      .set('www-authenticate', 'Bearer')
      .json({ error: { code: 'UNAUTHENTICATED', message: problem } })
  }
  const router = Router().get('/', home).get('/graphql', editor).get('/schema.graphql', schema)
  for (const path of DOCUMENTS) router.get(`/${path}`, (_request, response) => sendText(response, path))
  if (!production)
    router.get('/graphiql/:name', async (request, response, next) => {
      if (!(await sendGraphiqlFile(response, request.params.name))) next()
    })
  return router
}

/** Undefined for those who have signed in. @throws what is no fault of the caller */
async function whyRefused(asking: Promise<Actor>): Promise<string | undefined> {
  try {
    if ((await asking).kind !== 'anonymous') return undefined
    return 'the schema is for those who have a key: send it as "Authorization: Bearer smb_..."'
  } catch (error) {
    if (error instanceof GraphQLError) return error.message
    throw error
  }
}

const sendText = async (response: Parameters<RequestHandler>[1], path: string): Promise<void> =>
  void response.type('text/plain').send(await readFile(join(ROOT, path), 'utf8'))

/** The user behind a session, for the bar of the page. */
async function readerOf({ login }: Pick<Database, 'login'>, actor: Actor): Promise<Reader | undefined> {
  if (actor.kind !== 'user') return undefined
  const [user, memberships] = await Promise.all([login.findUser(actor.id), login.listMemberships(actor.id)])
  return user && { email: user.email, tenant: memberships[0]?.tenantName }
}
