/** The context of one request's resolvers: the caller, the services, and the reads of this request. */

import type { BlobStore } from '../adapters-store/index.ts'
import type { Logger } from '../log.ts'
import type { Database } from '../prisma/index.ts'
import type { DispatchQueue } from '../queue/index.ts'
import type { ActionName } from './access/actions.ts'
import type { Actor } from './access/actor.ts'
import type { Standings } from './access/standing.ts'
import type { Mailer } from './account/mailer.ts'
import type { BaseOpener } from './base-models/open.ts'
import type { EventHub } from './events/hub.ts'
import { accessError } from './faults.ts'
import type { Metrics } from './http/metrics.ts'
import { createLoaders, type Loaders } from './reading/loaders.ts'
import { createRead, type Query, type Read } from './reading/read.ts'

/** Services of the process, shared by all requests. */
export interface Services {
  readonly database: Database
  readonly dispatch: DispatchQueue
  readonly store: BlobStore
  readonly log: Logger
  readonly metrics: Metrics
  readonly mailer: Mailer
  /** Where sign-up is closed: what makes the first account. */
  readonly setupToken: string | undefined
  readonly signUpClosed: boolean
  readonly openBase: BaseOpener
  readonly events: EventHub
  readonly standings: Standings
}

/** Facts about the request itself. */
interface RequestFacts {
  readonly requestId: string
  /** Address of the client. */
  readonly address: string
  /** Whether a web page of another site sent it without a key: its user may know nothing of it. */
  readonly foreignPage: boolean
  /** Hash of the token by which the client is known as a device; undefined for one that has none. */
  readonly device?: string | undefined
  /** Makes the client known from now on. */
  setDevice(token: string): void
  /** Sends the session cookie with the answer; over a WebSocket there is no answer to carry it. */
  setSession(token: string | undefined): void
  /** Authenticates the caller again. @throws UNAUTHENTICATED when the credentials are no longer valid. */
  authenticate(): Promise<Actor>
}

export interface Context extends Services, RequestFacts {
  readonly actor: Actor
  readonly read: Read
  readonly loaders: Loaders
  /** Forgets what was read: something has changed. */
  refresh(): void
  /** Continues the request as another actor: after signing in or out, in another tenant, or authenticated again. */
  enter(actor: Actor): void
}

export function createContext(services: Services, facts: RequestFacts, actor: Actor): Context {
  let current = actor
  const read = createRead(query => inTenant({ ...services, actor: current }, query))
  let loaders = createLoaders(read)
  const enter = (next: Actor) => {
    current = next
    loaders = createLoaders(read)
  }
  // Apollo Server copies the context's own properties: what changes lies in the prototype, which the copy shares.
  const changing = {
    get actor() {
      return current
    },
    get loaders() {
      return loaders
    },
  }
  const fixed = { ...services, ...facts, read, enter, refresh: () => enter(current) }
  return Object.assign(Object.create(changing) as typeof changing, fixed)
}

/** @throws FORBIDDEN or UNAUTHENTICATED for callers without a tenant. */
export function tenantOf({ actor }: Pick<Context, 'actor'>, action: ActionName = 'catalog.read'): string {
  const tenantId = actor.kind === 'anonymous' ? undefined : actor.tenantId
  if (tenantId === undefined) throw accessError(actor, action)
  return tenantId
}

const inTenant = async <T>(caller: Pick<Context, 'actor' | 'database'>, query: Query<T>): Promise<T> =>
  caller.database.withTenant(tenantOf(caller), query)
