/** The database roles of the API, the workers and the database's functions; none of them owns a table. */
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { AppError } from '../errors.ts'
import { isRefusedLogin, sqlState, urlFor, withConnection } from './connection.ts'

export const APP_ROLE = 'semblance_app'
export const WORKER_ROLE = 'semblance_worker'
const DEFINER_ROLE = 'semblance_definer'

/** Creates the roles that are missing. @throws AppError DATABASE_INVALID when the owner may not. */
export async function ensureRoles(ownerUrl: string): Promise<void> {
  await withConnection(ownerUrl, async client => {
    for (const role of [APP_ROLE, WORKER_ROLE, DEFINER_ROLE]) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
      if (rowCount === 0)
        await changeRole(client, `create role ${role} nologin nosuperuser nobypassrls nocreatedb nocreaterole`)
    }
    await joinDefiner(client)
  })
}

/** The owner hands functions over to the definer, and else has none of its rights: the policies bind the owner too. */
async function joinDefiner(client: pg.Client): Promise<void> {
  const { rows } = await client.query('show server_version_num')
  const [right, options] =
    Number(rows[0].server_version_num) >= 160_000 ? ['SET', 'with inherit false, set true'] : ['MEMBER', '']
  const member = await client.query('select pg_has_role(current_user, $1, $2) as is', [DEFINER_ROLE, right])
  if (!member.rows[0].is) await changeRole(client, `grant ${DEFINER_ROLE} to current_user ${options}`)
}

/** The connection string of a role with this password; the role gets the password unless it has it already. */
export async function ensureLogin(ownerUrl: string, role: string, password: string): Promise<string> {
  const url = urlFor(ownerUrl, role, password)
  try {
    await withConnection(url, async () => undefined)
    return url
  } catch (error) {
    if (!isRefusedLogin(error)) throw error
  }
  await withConnection(ownerUrl, client =>
    changeRole(client, `alter role ${role} login password ${client.escapeLiteral(password)}`),
  )
  return url
}

/** Roles belong to the whole server, so another starting process may be changing the same one. */
async function changeRole(client: pg.Client, sql: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return void (await client.query(sql))
    } catch (error) {
      // Made by someone else meanwhile: duplicate object, or its row in the catalog.
      if (['42710', '23505'].includes(sqlState(error))) return
      if (sqlState(error) === '42501') throw notAllowed(error)
      // "tuple concurrently updated" has no state of its own.
      if (sqlState(error) !== 'XX000' || tries === 10) throw error
      await delay(50 * tries)
    }
  }
}

const notAllowed = (cause: unknown): AppError =>
  new AppError(
    'DATABASE_INVALID',
    `the owner in DATABASE_URL may not create or change the roles ${APP_ROLE}, ${WORKER_ROLE} and ${DEFINER_ROLE}`,
    `Give it CREATEROLE, or let an administrator create the three roles, grant ${DEFINER_ROLE} to the owner, and set DATABASE_APP_URL and DATABASE_WORKER_URL to logins of the first two.`,
    cause,
  )

/** @throws AppError DATABASE_INVALID for a role that row-level security would not hold, or that is not one of ours. */
export async function assertBoundRole(url: string, group: string, variable: string): Promise<void> {
  const { name, ...facts } = await withConnection(url, async client => {
    const { rows } = await client.query(
      `select current_user as name, rolsuper as superuser, rolbypassrls as bypasses,
        exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_has_role(relowner, 'MEMBER')) as owns,
        not pg_has_role($1, 'USAGE') as stranger
       from pg_roles where rolname = current_user`,
      [group],
    )
    return rows[0] as { name: string; superuser: boolean; bypasses: boolean; owns: boolean; stranger: boolean }
  })
  const reasons = {
    superuser: 'is a superuser',
    bypasses: 'has BYPASSRLS',
    owns: 'owns tables',
    stranger: `is not a member of ${group}`,
  }
  const wrong = Object.entries(reasons).filter(([fact]) => facts[fact as keyof typeof facts])
  if (wrong.length === 0) return
  throw new AppError(
    'DATABASE_INVALID',
    `the database role ${name} ${wrong.map(([, reason]) => reason).join(' and ')}, so tenants would not be kept apart`,
    `Set ${variable} to a plain login role: create role ... login nosuperuser nobypassrls in role ${group}.`,
  )
}
