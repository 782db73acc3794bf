/** The caller of a request: anonymous, a signed-in user (perhaps in a tenant), or an API key. */
import type { Role, Scope } from './roles.ts'

interface AnonymousActor {
  readonly kind: 'anonymous'
}

export interface UserActor {
  readonly kind: 'user'
  readonly id: string
  readonly sessionId: string
  /** The tenant of the request and the user's role in it; absent for users without one. */
  readonly tenantId?: string
  readonly role?: Role
}

interface KeyActor {
  readonly kind: 'key'
  readonly id: string
  readonly tenantId: string
  readonly scopes: ReadonlySet<Scope>
  readonly environment: string
  readonly expiresAt: Date | null
}

export type Actor = AnonymousActor | UserActor | KeyActor

export const ANONYMOUS: AnonymousActor = { kind: 'anonymous' }

/** How rows name an actor: `user:<id>` or `key:<id>`. */
export const actorName = (actor: Actor): string =>
  actor.kind === 'anonymous' ? 'anonymous' : `${actor.kind}:${actor.id}`
