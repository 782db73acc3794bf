/** Identifies the caller of each request: by API key, or by session cookie and the tenant that the request names. */
import type { Database, Login } from '../../prisma/index.ts'
import { type Actor, ANONYMOUS } from '../access/actor.ts'
import { parseKey, sameHash } from '../access/api-key.ts'
import { createKeyLookup, type KeyLookup } from '../access/key-lookup.ts'
import { expandScopes } from '../access/roles.ts'
import { hashToken, readSessionCookie, SESSION_SECONDS } from '../access/session.ts'
import { forbidden, unauthenticated } from '../faults.ts'
import { keyOf } from '../graphql/global-id.ts'

export interface Credentials {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** Global id of the tenant that a user wants to work in. */
  readonly tenant: string | undefined
}

/** @throws UNAUTHENTICATED for keys that do not hold, FORBIDDEN for tenants of others. A session that ended is nobody's. */
export type Authenticate = (credentials: Credentials) => Promise<Actor>

export function createAuthenticate({ login }: Pick<Database, 'login'>, secureCookies: boolean): Authenticate {
  const findKey = createKeyLookup(login)
  return async ({ authorization, cookie, tenant }) => {
    if (authorization !== undefined) return keyActor(login, findKey, authorization)
    const token = readSessionCookie(cookie, secureCookies)
    return token === undefined ? ANONYMOUS : userActor(login, token, tenant)
  }
}

const refused = (why: string) =>
  unauthenticated(`the API key ${why}; send a valid one as "Authorization: Bearer smb_..."`)

async function keyActor(login: Login, findKey: KeyLookup, authorization: string): Promise<Actor> {
  const [, text = ''] = /^Bearer (\S{1,200})$/i.exec(authorization) ?? []
  const parsed = parseKey(text)
  // Typing errors and made-up keys end here, without a question to the database.
  if (!parsed) throw refused('is malformed')
  const row = await findKey(parsed.publicId)
  if (!row || row.env !== parsed.environment || !sameHash(row.secretHash, parsed.secretHash))
    throw refused('is unknown')
  const now = Date.now()
  if (row.revokedAt !== null) throw refused('was revoked')
  if (row.expiresAt !== null && row.expiresAt.getTime() <= now) throw refused('has ended')
  if (row.lastUsedAt === null || row.lastUsedAt.getTime() < now - 60_000) await login.touchKey(row.tenantId, row.id)
  const { id, tenantId, env: environment, expiresAt } = row
  return { kind: 'key', id, tenantId, environment, expiresAt, scopes: expandScopes(row.scopes) }
}

async function userActor(login: Login, token: string, tenant: string | undefined): Promise<Actor> {
  const session = await login.findSession(hashToken(token), SESSION_SECONDS)
  if (!session) return ANONYMOUS
  const memberships = await login.listMemberships(session.userId)
  const wanted = tenant === undefined ? undefined : (keyOf(tenant, 'Tenant') ?? '')
  const membership = wanted === undefined ? memberships[0] : memberships.find(({ tenantId }) => tenantId === wanted)
  if (wanted !== undefined && !membership) throw forbidden('you are not a member of the tenant named by the request')
  const place = membership ? { tenantId: membership.tenantId, role: membership.role } : {}
  return { kind: 'user', id: session.userId, sessionId: session.id, ...place }
}
