/** The signed-in user and the user's sessions. */
import { invariant } from '../../errors.ts'
import type { UserActor } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { accessError } from '../faults.ts'
import type { SessionRow, UserRow } from '../rows.ts'

/** @throws UNAUTHENTICATED, FORBIDDEN for anybody but a signed-in user. */
export function userOf({ actor }: Pick<Context, 'actor'>): UserActor {
  if (actor.kind !== 'user') throw accessError(actor, 'account')
  return actor
}

export async function requireUser(context: Context): Promise<UserRow> {
  const { id } = userOf(context)
  const user = await context.database.login.findUser(id)
  invariant(user, `user ${id} has a session but no row`)
  return user
}

/** Sessions of the caller that have not ended. */
export const ownSessions = (context: Context): Promise<SessionRow[]> =>
  context.database.login.listSessions(userOf(context).id)

/** One of them. */
export const findSession = async (context: Context, id: string): Promise<SessionRow | undefined> =>
  (await ownSessions(context)).find(session => session.id === id)
