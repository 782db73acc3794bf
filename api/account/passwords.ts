/** Passwords: changing one's own, and setting a new one with a token that was sent to the account's address. */
import { z } from 'zod'
import { hashPassword, verifyPassword } from '../access/password.ts'
import { createToken, hashToken } from '../access/session.ts'
import type { Context } from '../context.ts'
import { check, credentialsFault, notFoundFault } from '../faults.ts'
import type { ChangePasswordInput, RequestPasswordResetInput, ResetPasswordInput } from '../generated/schema.ts'
import { takeSignIn, takeSignUp } from './tries.ts'
import { requireUser, userOf } from './user.ts'

const RESET_SECONDS = 3600

export const newPassword = z.string().min(10).max(200)
const change = z.object({ newPassword })

/** Of the caller; guesses count as those at signing in. @throws UserFault BAD_CREDENTIALS, LIMIT_EXCEEDED */
export async function assertPassword(context: Context, password: string): Promise<void> {
  const { email } = await requireUser(context)
  const tries = await takeSignIn(context, email)
  const known = await context.database.login.findPassword(email)
  const right = password.length <= 200 && (await verifyPassword(password, known?.hash))
  if (!right) throw credentialsFault('BAD_CREDENTIALS', 'password', 'this is not the present password; check it')
  await tries.succeeded()
}

/** Ends all other sessions of the user; returns how many. */
export async function changePassword(context: Context, input: ChangePasswordInput): Promise<number> {
  const { id, sessionId } = userOf(context)
  check(change, input)
  await assertPassword(context, input.password)
  return context.database.login.setPassword(id, await hashPassword(input.newPassword), sessionId)
}

/** The same answer and no hint whether there is such an account. Only the token's hash is kept; a newer token replaces an older one. */
export async function requestPasswordReset(context: Context, { email }: RequestPasswordResetInput): Promise<number> {
  await takeSignUp(context)
  const address = email.trim().toLowerCase().slice(0, 254)
  const token = createToken()
  const userId = await context.database.login.createReset(address, hashToken(token), RESET_SECONDS)
  if (userId)
    await context.mailer.send({ to: address, subject: 'A new password for Semblance', text: resetText(token) })
  return RESET_SECONDS
}

const resetText = (token: string): string =>
  `Set a new password with the mutation resetPassword and the token ${token}. It is good once, for ${RESET_SECONDS / 60} minutes.`

/** Ends all sessions of the user. */
export async function resetPassword(context: Context, input: ResetPasswordInput): Promise<void> {
  await takeSignUp(context)
  check(change, input)
  const userId = await context.database.login.useReset(hashToken(input.token), await hashPassword(input.newPassword))
  if (userId === undefined) throw notFoundFault('token')
}
