/** Checks that a key, to be made, replaced or revoked, has no more rights and no later expiry than the caller. */
import { ACTIONS, type ActionName, isAllowed } from '../access/actions.ts'
import type { Actor } from '../access/actor.ts'
import { expandScopes, type Scope } from '../access/roles.ts'
import { rightsFault } from '../faults.ts'

export interface Grant {
  readonly scopes: readonly Scope[]
  readonly environment: 'LIVE' | 'TEST'
  readonly expiresAt: Date | null
}

const withScope = (scope: Scope): ActionName[] =>
  (Object.keys(ACTIONS) as ActionName[]).filter(name => {
    const { scopes }: { scopes: readonly Scope[] | 'ANY' } = ACTIONS[name]
    return scopes !== 'ANY' && scopes.includes(scope)
  })

/** Whether the caller may do everything that the scope allows. */
const has = (actor: Actor, scope: Scope): boolean =>
  actor.kind === 'key' ? actor.scopes.has(scope) : withScope(scope).every(name => isAllowed(actor, name))

/** @throws UserFault EXCEEDS_RIGHTS naming what is missing. */
export function assertGrantable(actor: Actor, { scopes, environment, expiresAt }: Grant): void {
  const missing = [...expandScopes(scopes)].filter(scope => !has(actor, scope))
  if (missing.length > 0)
    throw rightsFault(
      'EXCEEDS_RIGHTS',
      'scopes',
      `you do not have ${missing.join(', ')}; name only rights that you have, or ask an administrator`,
    )
  if (actor.kind !== 'key') return
  if (actor.environment !== environment.toLowerCase())
    throw rightsFault(
      'EXCEEDS_RIGHTS',
      'environment',
      `a ${actor.environment} key makes and revokes ${actor.environment} keys only`,
    )
  const end = actor.expiresAt
  if (end !== null && (expiresAt === null || expiresAt > end))
    throw rightsFault(
      'EXCEEDS_RIGHTS',
      'expiresAt',
      `your key ends at ${end.toISOString()}; the other one must end by then`,
    )
}
