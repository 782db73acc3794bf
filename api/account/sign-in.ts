/** Signing up, in and out. */
import { z } from 'zod'
import { ANONYMOUS, type UserActor } from '../access/actor.ts'
import { sameHash } from '../access/api-key.ts'
import { hashPassword, verifyPassword } from '../access/password.ts'
import { createToken, hashToken, SESSION_SECONDS } from '../access/session.ts'
import type { Context } from '../context.ts'
import { check, conflictFault, credentialsFault, notFoundFault, validationFault } from '../faults.ts'
import type { SignInInput, SignOutInput, SignUpInput } from '../generated/schema.ts'
import { keyOf } from '../graphql/global-id.ts'
import type { SessionRow, TenantRow, UserRow } from '../rows.ts'
import { foundTenant, tenantName } from '../tenants/tenants.ts'
import { newPassword } from './passwords.ts'
import { takeSignIn, takeSignUp } from './tries.ts'
import { requireUser } from './user.ts'

export const emailAddress = z.string().trim().max(254).toLowerCase().pipe(z.email())

const newUser = z.object({
  email: emailAddress,
  password: newPassword,
  name: z.string().trim().min(1).max(200),
  tenantName: tenantName.nullish(),
})

export async function signUp(
  context: Context,
  input: SignUpInput,
): Promise<{ user: UserRow; tenant: TenantRow | null }> {
  const { password, tenantName: workspace, ...person } = check(newUser, input)
  await takeSignUp(context)
  if (context.signUpClosed) await assertInvited(context, person.email, input.inviteToken ?? '')
  const userId = await context.database.login.createUser({ ...person, passwordHash: await hashPassword(password) })
  if (userId === undefined) throw conflictFault('TAKEN', 'email', 'this address is already registered; sign in instead')
  await startSession(context, userId)
  const tenant = workspace ? await foundTenant(context, userId, workspace) : null
  return { user: await requireUser(context), tenant }
}

/** Where sign-up is closed: with an invitation of this address, or as the first of all with the operator's token. */
async function assertInvited({ database, setupToken }: Context, email: string, token: string): Promise<void> {
  const isSetup = setupToken !== undefined && sameHash(hashToken(token), hashToken(setupToken))
  if (isSetup && !(await database.login.hasUsers())) return
  const invitation = await database.login.findInvitation(hashToken(token))
  if (invitation?.email === email && invitation.acceptedAt === null && invitation.expiresAt > new Date()) return
  const message = 'sign-up is closed here: give the token of an invitation that was made for this address'
  throw validationFault('INVALID', 'inviteToken', message)
}

/** A wrong address and a wrong password take the same time and get the same answer. */
export async function signIn(
  context: Context,
  { email, password }: SignInInput,
): Promise<{ user: UserRow; session: SessionRow }> {
  const account = email.trim().toLowerCase().slice(0, 254)
  const tries = await takeSignIn(context, account)
  const known = await context.database.login.findPassword(account)
  const right = password.length <= 200 && (await verifyPassword(password, known?.hash))
  if (!known || !right)
    throw credentialsFault('BAD_CREDENTIALS', [], 'address and password do not belong together; check both')
  await tries.succeeded()
  const session = await startSession(context, known.userId)
  return { user: await requireUser(context), session }
}

/** The request goes on as the user, in the tenant joined first. */
async function startSession(context: Context, userId: string): Promise<SessionRow> {
  const { login } = context.database
  const token = createToken()
  const { id, expiresAt } = await login.createSession(userId, hashToken(token), SESSION_SECONDS)
  const [first] = await login.listMemberships(userId)
  // The device keeps its token for every account that signs in with it.
  const device = createToken()
  await login.addDevice(userId, context.device ?? hashToken(device))
  const place = first ? { tenantId: first.tenantId, role: first.role } : {}
  context.enter({ kind: 'user', id: userId, sessionId: id, ...place })
  context.setSession(token)
  if (!context.device) context.setDevice(device)
  const now = new Date()
  return { id, createdAt: now, lastUsedAt: now, expiresAt }
}

/** Returns how many sessions ended. */
export async function signOut(context: Context, user: UserActor, input: SignOutInput): Promise<number> {
  const { sessionId, everywhere } = input
  const key = sessionId ? keyOf(sessionId, 'Session') : user.sessionId
  if (key === undefined) throw notFoundFault('sessionId')
  const ended = await context.database.login.revokeSessions(user.id, everywhere ? undefined : key)
  if (ended === 0 && sessionId) throw notFoundFault('sessionId')
  if (everywhere || key === user.sessionId) {
    context.setSession(undefined)
    context.enter(ANONYMOUS)
  }
  return ended
}
