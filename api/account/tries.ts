/**
 * Limits against guessing passwords, counted in the database for all processes. A stranger who guesses closes the account for the own address
 * alone; a slow second limit holds for all strangers together; a device that has signed in before has tries of its own.
 */
import { createHash } from 'node:crypto'
import type { Context } from '../context.ts'
import { tooMany } from '../faults.ts'

interface Limit {
  readonly most: number
  /** In which they are refilled. */
  readonly seconds: number
}

const LIMITS = {
  address: { most: 60, seconds: 60 },
  accountAtAddress: { most: 10, seconds: 300 },
  account: { most: 100, seconds: 3600 },
  accountOnDevice: { most: 10, seconds: 300 },
} as const satisfies Record<string, Limit>

type Name = readonly [limit: keyof typeof LIMITS, ...of: string[]]

/** Accounts and addresses are not kept in the clear. */
const nameOf = (name: Name): string => createHash('sha256').update(JSON.stringify(name)).digest('hex')

/** @throws LIMIT_EXCEEDED with the seconds to wait */
async function take({ database }: Caller, names: readonly Name[]): Promise<void> {
  const limits = names.map(([limit]) => LIMITS[limit])
  const wait = await database.login.take(
    names.map(nameOf),
    limits.map(({ most }) => most),
    limits.map(({ seconds }) => seconds),
  )
  if (wait > 0) throw tooMany('too many attempts', wait)
}

/** What is asked of a request. */
type Caller = Pick<Context, 'address' | 'device'> & {
  readonly database: { readonly login: Context['database']['login'] }
}

export const takeSignUp = (context: Caller): Promise<void> => take(context, [['address', context.address]])

/** `succeeded` gives the tries of this account back. @throws LIMIT_EXCEEDED */
export async function takeSignIn(context: Caller, account: string): Promise<{ succeeded(): Promise<void> }> {
  const { login } = context.database
  const { address, device } = context
  const known = device !== undefined && (await login.isDevice(account, device))
  const own: Name = known ? ['accountOnDevice', account, device] : ['accountAtAddress', account, address]
  await take(context, known ? [own] : [['address', address], own, ['account', account]])
  return { succeeded: () => login.forgive(nameOf(own)) }
}
