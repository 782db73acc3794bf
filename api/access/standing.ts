/**
 * Whether those who stay connected may still do what they began: asked once for each caller however many subscriptions the caller has,
 * when something is handed over, and of all callers together in one query every second or so, so that a revoked key ends what is idle.
 */
import type { Login } from '../../prisma/index.ts'
import { type Bell, createBell } from '../../queue/index.ts'
import { accessError } from '../faults.ts'
import { type ActionName, isAllowed } from './actions.ts'
import { type Actor, actorName } from './actor.ts'

/** With the half second that a key is trusted (key-lookup.ts), a revoked one gets nothing more within a second. */
const TRUST_MILLISECONDS = 400

/** A request that stays open. */
interface Request {
  readonly actor: Actor
  authenticate(): Promise<Actor>
  enter(actor: Actor): void
}

/** All that one caller has open. */
interface Caller {
  readonly bells: Set<Bell>
  readonly tenantId: string
  /** Of the key or the session. */
  readonly id: string
  readonly kind: 'key' | 'user'
  asked: number
  answer: Promise<Actor>
}

export interface Standing {
  /** The caller's bell, rung when the caller has to be asked again. */
  readonly bell: Bell
  /** How many the caller has open, this one included. */
  readonly open: number
  /** @throws UNAUTHENTICATED, FORBIDDEN when the caller may no longer do it */
  assert(): Promise<void>
  close(): void
}

export interface Standings {
  open(request: Request, tenantId: string, action: ActionName): Standing
  /** Rings for those whose key or session has ended. */
  sweep(): Promise<void>
}

export function createStandings(login: Pick<Login, 'endedKeys' | 'endedSessions'>): Standings {
  const callers = new Map<string, Caller>()
  return {
    open: (request, tenantId, action) => {
      const { actor } = request
      const id = actor.kind === 'user' ? actor.sessionId : actor.kind === 'key' ? actor.id : ''
      const name = `${actorName(actor)} ${id} ${tenantId}`
      const caller = callers.get(name) ?? newCaller(actor, tenantId, id)
      callers.set(name, caller)
      const bell = createBell()
      caller.bells.add(bell)
      return {
        bell,
        open: caller.bells.size,
        assert: () => assertStanding(caller, request, action),
        close: () => {
          caller.bells.delete(bell)
          if (caller.bells.size === 0 && callers.get(name) === caller) callers.delete(name)
        },
      }
    },
    sweep: async () => {
      const all = [...callers.values()]
      const [keys, users] = [all.filter(({ kind }) => kind === 'key'), all.filter(({ kind }) => kind === 'user')]
      const ended = new Set([
        ...(keys.length > 0 ? await login.endedKeys(keys) : []),
        ...(users.length > 0 ? await login.endedSessions(users) : []),
      ])
      for (const caller of all) if (ended.has(caller.id)) for (const bell of caller.bells) bell.ring()
    },
  }
}

const newCaller = (actor: Actor, tenantId: string, id: string): Caller => ({
  ...{ bells: new Set<Bell>(), tenantId, id, kind: actor.kind === 'key' ? 'key' : 'user' },
  asked: performance.now(),
  answer: Promise.resolve(actor),
})

/** One question answers for everything that the caller has open. */
async function assertStanding(caller: Caller, request: Request, action: ActionName): Promise<void> {
  if (performance.now() - caller.asked >= TRUST_MILLISECONDS) {
    caller.asked = performance.now()
    caller.answer = request.authenticate()
  }
  const actor = await caller.answer
  if (actor !== request.actor) request.enter(actor)
  if (!isAllowed(actor, action)) throw accessError(actor, action)
}
