/** Roles of members and scopes of API keys, and which include which. */

/** From the least to the most; each includes those before it. */
const ROLES = ['VIEWER', 'MEMBER', 'ADMIN', 'OWNER'] as const
export type Role = (typeof ROLES)[number]

export const SCOPES = [
  'TENANT_READ',
  'MEMBERS_READ',
  'MEMBERS_WRITE',
  'KEYS_READ',
  'KEYS_WRITE',
  'SUBJECTS_READ',
  'SUBJECTS_WRITE',
  'SUBJECTS_DELETE',
  'TRAINING_READ',
  'TRAINING_WRITE',
  'ADAPTERS_READ',
  'ADAPTERS_WRITE',
  'IMAGES_READ',
  'IMAGES_WRITE',
  'EVENTS_READ',
  'AUDIT_READ',
] as const
export type Scope = (typeof SCOPES)[number]

export const roleReaches = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

const isScope = (text: string): text is Scope => (SCOPES as readonly string[]).includes(text)

/** The scopes with all they include: writing includes reading. Unknown scopes grant nothing. */
export function expandScopes(scopes: readonly string[]): ReadonlySet<Scope> {
  const readers = scopes.map(scope => scope.replace(/_(WRITE|DELETE)$/, '_READ'))
  return new Set([...scopes, ...readers].filter(isScope))
}
