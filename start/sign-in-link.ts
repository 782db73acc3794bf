/**
 * The link that `npm start` prints: it signs a browser in as the demo user. Whoever holds it could as well type the password, which stands
 * beside it; it ends with the process, so that one in a browser's history is worth nothing later.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { RequestHandler } from 'express'
import { sessionCookie } from '../api/index.ts'
import type { DemoFile } from '../cli/service/demo-file.ts'
import { openClient } from '../client/client.ts'
import { assertSuccess } from '../client/failures.ts'
import { SignIn } from '../client/generated/operations.ts'
import { AppError } from '../errors.ts'

export interface SignInLink {
  /** Behind the address of the service. */
  readonly path: string
  readonly routes: RequestHandler
}

const FOLDER = '/sign-in/'
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** @param address of the service, once it serves */
export function createSignInLink(file: DemoFile, address: () => string | undefined): SignInLink {
  const code = randomBytes(24).toString('base64url')
  const routes: RequestHandler = async ({ method, path }, response, next) => {
    if (!path.startsWith(FOLDER) || method !== 'GET') return next()
    response.set('cache-control', 'no-store')
    const place = address()
    const known = timingSafeEqual(digest(path.slice(FOLDER.length)), digest(code))
    const token = known && place ? await sessionOf(place, file) : undefined
    if (token) response.append('set-cookie', sessionCookie(token, false)).redirect(303, '/graphql')
    else response.status(404).type('text/plain').send(ENDED)
  }
  return { path: `${FOLDER}${code}`, routes }
}

const ENDED = `This link has ended, because the service was started anew or the demo user's password was changed.
npm start prints the present one, and so does: node bin/semblance.mjs demo
`

/** The token of a new session; nothing when the password of the file is no longer that of the user. */
async function sessionOf(address: string, file: DemoFile): Promise<string | undefined> {
  const demo = await file.read()
  if (!demo) return undefined
  const client = openClient(address)
  try {
    assertSuccess((await client.run(SignIn, { input: { email: demo.email, password: demo.password } })).signIn)
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHENTICATED') return undefined
    throw error
  }
  return client.credentials().cookie?.split('=')[1]
}
