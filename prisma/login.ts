/**
 * Queries before a tenant is known: sign-up, log-in, sessions, a user's tenants, invitations, API keys. Each calls one
 * named function of the database; the app role has no other way to these rows.
 */
import { invariant } from '../errors.ts'
import { type DeletionPaths, deletionPaths } from './deletions.ts'
import { Prisma, type PrismaClient, type Role } from './generated/client.ts'
import { databaseError } from './transactions.ts'

interface LoginUser {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly createdAt: Date
}

interface LoginSession {
  readonly id: string
  readonly userId: string
  readonly expiresAt: Date
}

interface ListedSession {
  readonly id: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
}

interface UserMembership {
  readonly id: string
  readonly tenantId: string
  readonly tenantName: string
  readonly tenantCreatedAt: Date
  readonly role: Role
  readonly createdAt: Date
}

interface FoundInvitation {
  readonly id: string
  readonly tenantId: string
  readonly tenantName: string
  readonly email: string
  readonly role: Role
  readonly expiresAt: Date
  readonly acceptedAt: Date | null
  readonly createdAt: Date
}

export interface FoundKey {
  readonly id: string
  readonly tenantId: string
  readonly env: string
  readonly secretHash: string
  readonly scopes: string[]
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

/** What a caller holds in a tenant: a key or a session. */
interface Held {
  readonly tenantId: string
  readonly id: string
}

interface Joined {
  readonly tenantId: string
  readonly membershipId: string
}

const { sql } = Prisma

/** The unchecked rows behind a key, a token, an address: comparing hashes and dates of keys is the caller's. */
export interface Login extends DeletionPaths {
  /** The new user's id; undefined when the address is taken. */
  createUser(user: { email: string; name: string; passwordHash: string }): Promise<string | undefined>
  /** Whether anybody has an account. */
  hasUsers(): Promise<boolean>
  findPassword(email: string): Promise<{ userId: string; hash: string } | undefined>
  findUser(userId: string): Promise<LoginUser | undefined>
  createSession(userId: string, tokenHash: string, seconds: number): Promise<{ id: string; expiresAt: Date }>
  /** Ends the user's other sessions and open resets; returns how many sessions. */
  setPassword(userId: string, hash: string, sessionId: string): Promise<number>
  /** The user; undefined for an unknown address. Replaces an older token. */
  createReset(email: string, tokenHash: string, seconds: number): Promise<string | undefined>
  /** Once, in time: sets the password and ends all sessions. The user; undefined for a token that does not hold. */
  useReset(tokenHash: string, hash: string): Promise<string | undefined>
  /** A session that holds; its use moves its end to `seconds` from now. */
  findSession(tokenHash: string, seconds: number): Promise<LoginSession | undefined>
  /** Sessions that hold, oldest first. */
  listSessions(userId: string): Promise<ListedSession[]>
  /** Ends one session of the user, or all. Returns how many. */
  revokeSessions(userId: string, sessionId?: string): Promise<number>
  /** Oldest first. */
  listMemberships(userId: string): Promise<UserMembership[]>
  /** The user becomes its owner. */
  createTenant(userId: string, name: string): Promise<Joined>
  findInvitation(tokenHash: string): Promise<FoundInvitation | undefined>
  /** Undefined unless the invitation is open, in time, and made to this user's address. */
  acceptInvitation(tokenHash: string, userId: string): Promise<Joined | undefined>
  findKey(publicId: string): Promise<FoundKey | undefined>
  /** Those of the keys that were revoked, have expired or are gone. */
  endedKeys(keys: readonly Held[]): Promise<ReadonlySet<string>>
  /** Those of the sessions that have ended, or whose user is not a member of the tenant any more. */
  endedSessions(sessions: readonly Held[]): Promise<ReadonlySet<string>>
  /** One try of each name: at most `most[i]`, refilled within `seconds[i]`. 0, or the seconds until all have one. */
  take(names: readonly string[], most: readonly number[], seconds: readonly number[]): Promise<number>
  /** All tries of the name again. */
  forgive(name: string): Promise<void>
  /** From now on the user is known to sign in with this device. */
  addDevice(userId: string, tokenHash: string): Promise<void>
  isDevice(email: string, tokenHash: string): Promise<boolean>
  /** Notes that the key was used, at most once a minute. */
  touchKey(tenantId: string, keyId: string): Promise<void>
}

export function openLogin(app: PrismaClient): Login {
  const all = async <Row>(sql: Prisma.Sql): Promise<Row[]> => {
    try {
      return await app.$queryRaw<Row[]>(sql)
    } catch (error) {
      throw databaseError(error)
    }
  }
  const one = async <Row>(sql: Prisma.Sql): Promise<Row | undefined> => (await all<Row>(sql))[0]
  return {
    ...{ ...passwordPaths(one), ...userPaths(all, one), ...tenantPaths(all, one) },
    ...{ ...deletionPaths(all), ...triesPaths(all, one) },
  }
}

type All = <Row>(sql: Prisma.Sql) => Promise<Row[]>
type One = <Row>(sql: Prisma.Sql) => Promise<Row | undefined>

const passwordPaths = (one: One) => ({
  hasUsers: async () => (await one<{ has: boolean }>(sql`select login_has_users() as has`))?.has ?? false,
  setPassword: async (userId: string, hash: string, sessionId: string) => {
    const call = sql`select login_set_password(${userId}::uuid, ${hash}, ${sessionId}::uuid) as ended`
    return (await one<{ ended: number }>(call))?.ended ?? 0
  },
  createReset: async (email: string, tokenHash: string, seconds: number) => {
    const call = sql`select login_create_reset(${email}, ${tokenHash}, ${seconds}::int) as id`
    return (await one<{ id: string | null }>(call))?.id ?? undefined
  },
  useReset: async (tokenHash: string, hash: string) =>
    (await one<{ id: string | null }>(sql`select login_use_reset(${tokenHash}, ${hash}) as id`))?.id ?? undefined,
})

const userPaths = (all: All, one: One) => ({
  createUser: async ({ email, name, passwordHash }: { email: string; name: string; passwordHash: string }) => {
    const made = await one<{ id: string | null }>(
      sql`select login_create_user(${email}, ${name}, ${passwordHash}) as id`,
    )
    return made?.id ?? undefined
  },
  findPassword: (email: string) =>
    one<{ userId: string; hash: string }>(sql`select user_id as "userId", hash from login_find_password(${email})`),
  findUser: (userId: string) =>
    one<LoginUser>(sql`select id, email, name, created_at as "createdAt" from login_find_user(${userId}::uuid)`),
  createSession: async (userId: string, tokenHash: string, seconds: number) => {
    const made = await one<{ id: string; expiresAt: Date }>(
      sql`select id, expires_at as "expiresAt" from login_create_session(${userId}::uuid, ${tokenHash}, ${seconds}::int)`,
    )
    invariant(made, 'a session that was created has a row')
    return made
  },
  findSession: (tokenHash: string, seconds: number) =>
    one<LoginSession>(
      sql`select id, user_id as "userId", expires_at as "expiresAt" from login_find_session(${tokenHash}, ${seconds}::int)`,
    ),
  listSessions: (userId: string) =>
    all<ListedSession>(sql`
      select id, created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt"
      from login_list_sessions(${userId}::uuid)`),
  revokeSessions: async (userId: string, sessionId?: string) => {
    const done = await one<{ count: number }>(
      sql`select login_revoke_sessions(${userId}::uuid, ${sessionId ?? null}::uuid) as count`,
    )
    return done?.count ?? 0
  },
})

const triesPaths = (all: All, one: One) => ({
  take: async (names: readonly string[], most: readonly number[], seconds: readonly number[]) => {
    const numbers = sql`${most}::float8[], ${seconds}::float8[]`
    const row = await one<{ wait: number }>(sql`select login_take(${names}::text[], ${numbers}) as wait`)
    return row?.wait ?? 0
  },
  forgive: async (name: string) => {
    await all(sql`select login_forgive(${name})::text`)
  },
  addDevice: async (userId: string, tokenHash: string) => {
    await all(sql`select login_add_device(${userId}::uuid, ${tokenHash})::text`)
  },
  isDevice: async (email: string, tokenHash: string) => {
    const row = await one<{ known: boolean }>(sql`select login_is_device(${email}, ${tokenHash}) as known`)
    return row?.known ?? false
  },
})

const columnsOf = (held: readonly Held[]) => [held.map(({ tenantId }) => tenantId), held.map(({ id }) => id)] as const
const idsOf = (rows: readonly { id: string }[]): ReadonlySet<string> => new Set(rows.map(({ id }) => id))

const tenantPaths = (all: All, one: One) => ({
  listMemberships: (userId: string) =>
    all<UserMembership>(sql`
      select id, tenant_id as "tenantId", tenant_name as "tenantName", tenant_created_at as "tenantCreatedAt", role::text,
        created_at as "createdAt"
      from login_list_memberships(${userId}::uuid)`),
  createTenant: async (userId: string, name: string) => {
    const joined = await one<Joined>(
      sql`select tenant_id as "tenantId", membership_id as "membershipId" from login_create_tenant(${userId}::uuid, ${name})`,
    )
    invariant(joined, 'a tenant that was created has an owner')
    return joined
  },
  findInvitation: (tokenHash: string) =>
    one<FoundInvitation>(sql`
      select id, tenant_id as "tenantId", tenant_name as "tenantName", email, role::text, expires_at as "expiresAt",
        accepted_at as "acceptedAt", created_at as "createdAt"
      from login_find_invitation(${tokenHash})`),
  acceptInvitation: (tokenHash: string, userId: string) =>
    one<Joined>(sql`
      select tenant_id as "tenantId", membership_id as "membershipId"
      from login_accept_invitation(${tokenHash}, ${userId}::uuid)`),
  findKey: (publicId: string) =>
    one<FoundKey>(sql`
      select id, tenant_id as "tenantId", env, secret_hash as "secretHash", scopes, expires_at as "expiresAt",
        last_used_at as "lastUsedAt", revoked_at as "revokedAt"
      from login_find_key(${publicId})`),
  endedKeys: async (keys: readonly Held[]) => {
    const [tenants, ids] = columnsOf(keys)
    return idsOf(await all(sql`select login_ended_keys(${tenants}::uuid[], ${ids}::uuid[])::text as id`))
  },
  endedSessions: async (sessions: readonly Held[]) => {
    const [tenants, ids] = columnsOf(sessions)
    return idsOf(await all(sql`select login_ended_sessions(${tenants}::uuid[], ${ids}::uuid[])::text as id`))
  },
  touchKey: async (tenantId: string, keyId: string) => {
    await all(sql`select login_touch_key(${tenantId}::uuid, ${keyId}::uuid)::text`)
  },
})
