/** The one table of actions: the role that a member and the scope that an API key needs for each. */
import type { Actor } from './actor.ts'
import { type Role, roleReaches, type Scope } from './roles.ts'

/**
 * Who may do something: `ANYONE` also anonymous callers, `USER` whoever is signed in, a role a member of the tenant.
 * A key needs one of the scopes; without scopes no key may do it, `ANY` asks for no particular one.
 */
interface Action {
  readonly needs: 'ANYONE' | 'USER' | Role
  readonly scopes: readonly Scope[] | 'ANY'
}

const action = (needs: Action['needs'], ...scopes: Scope[]): Action => ({ needs, scopes })

export const ACTIONS = {
  public: { needs: 'ANYONE', scopes: 'ANY' },
  'own.read': { needs: 'USER', scopes: 'ANY' },
  'catalog.read': { needs: 'VIEWER', scopes: 'ANY' },
  'users.read': action('USER', 'MEMBERS_READ'),
  account: action('USER'),
  'tenant.read': action('VIEWER', 'TENANT_READ'),
  'members.read': action('VIEWER', 'MEMBERS_READ'),
  'members.manage': action('ADMIN', 'MEMBERS_WRITE'),
  'invitations.read': action('ADMIN', 'MEMBERS_READ'),
  'keys.read': action('ADMIN', 'KEYS_READ'),
  'keys.manage': action('ADMIN', 'KEYS_WRITE'),
  'subjects.read': action('VIEWER', 'SUBJECTS_READ'),
  'subjects.write': action('MEMBER', 'SUBJECTS_WRITE'),
  'subjects.delete': action('ADMIN', 'SUBJECTS_DELETE'),
  'receipts.read': action('ADMIN', 'SUBJECTS_READ'),
  'training.read': action('VIEWER', 'TRAINING_READ'),
  'training.write': action('MEMBER', 'TRAINING_WRITE'),
  'adapters.read': action('VIEWER', 'ADAPTERS_READ'),
  'adapters.write': action('MEMBER', 'ADAPTERS_WRITE'),
  'adapters.delete': action('ADMIN', 'ADAPTERS_WRITE'),
  'images.read': action('VIEWER', 'IMAGES_READ'),
  'images.write': action('MEMBER', 'IMAGES_WRITE'),
  'images.delete': action('ADMIN', 'IMAGES_WRITE'),
  /** Of trainings and of drawings; the kind of the job decides which. */
  'jobs.read': action('VIEWER', 'TRAINING_READ', 'IMAGES_READ', 'EVENTS_READ'),
  'jobs.write': action('MEMBER', 'TRAINING_WRITE', 'IMAGES_WRITE'),
  'events.read': action('VIEWER', 'EVENTS_READ'),
  'audit.read': action('ADMIN', 'AUDIT_READ'),
} as const satisfies Record<string, Action>

export type ActionName = keyof typeof ACTIONS

export function isAllowed(actor: Actor, name: ActionName): boolean {
  const { needs, scopes }: Action = ACTIONS[name]
  if (needs === 'ANYONE') return true
  if (actor.kind === 'anonymous') return false
  if (actor.kind === 'key') return scopes === 'ANY' || scopes.some(scope => actor.scopes.has(scope))
  return needs === 'USER' || (actor.role !== undefined && roleReaches(actor.role, needs))
}

/** What is missing, for the error message. */
export function requirement(actor: Actor, name: ActionName): string {
  const { needs, scopes }: Action = ACTIONS[name]
  if (actor.kind !== 'key') return needs === 'USER' ? 'a signed-in user' : `the role ${needs} in the tenant`
  return scopes === 'ANY' || scopes.length === 0 ? 'a signed-in user' : `the scope ${scopes.join(' or ')}`
}
