/** Deletes the caller's own account. */
import { ANONYMOUS } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { validationFault } from '../faults.ts'
import type { DeleteAccountInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { assertPassword } from './passwords.ts'
import { userOf } from './user.ts'

/** Returns the global id that the user had. @throws UserFault WRONG_STATE with the tenants that would have no owner */
export async function deleteAccount(context: Context, { password }: DeleteAccountInput): Promise<string> {
  const { id } = userOf(context)
  await assertPassword(context, password)
  const owned = await context.database.login.deleteAccount(id)
  if (owned.length > 0) {
    const names = owned.map(name => JSON.stringify(name)).join(', ')
    const message = `you are the only owner of ${names}; make another member an owner (setRole), or delete them (deleteTenant)`
    throw validationFault('WRONG_STATE', 'password', message)
  }
  context.setSession(undefined)
  context.enter(ANONYMOUS)
  return toGlobalId('User', id)
}
