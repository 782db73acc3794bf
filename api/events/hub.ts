/**
 * Wakes those who follow event logs: one listener of the process, one read of a tenant's new events for all its followers, one sweep
 * every few seconds for what hints have missed. A follower that waits makes no query.
 */
import type { Logger } from '../../log.ts'
import type { Database } from '../../prisma/index.ts'
import type { DispatchQueue } from '../../queue/index.ts'
import { limitError } from '../faults.ts'
import { LIMITS } from '../service/limits.ts'
import { readEvents } from './log.ts'
import { createTail, type Follower, type Inbox, type Tail } from './tail.ts'

export interface EventHub {
  /**
   * From now on the tenant's new events come into the inbox. `callerHas` is how many the caller has open, this one included.
   * @throws LIMIT_EXCEEDED
   */
  follow(tenantId: string, follower: Follower, callerHas: number): Following
  close(): Promise<void>
}

interface Following {
  /** Once the end of the log is known: what was in the log before must be read from it, the rest comes in here. */
  readonly inbox: Promise<Inbox>
  close(): void
}

/** Of one tenant: its followers, and the tail once the log's last number is known. */
interface Room {
  readonly followers: Set<Follower>
  readonly tail: Promise<Tail>
}

interface HubParts {
  readonly database: Database
  readonly dispatch: DispatchQueue
  readonly log: Logger
  /** Looks for callers whose key or session has ended. */
  sweepCallers(): Promise<void>
}

const SWEEP_MILLISECONDS = 1000
/** The log itself is looked at in every so many sweeps: its hints come nearly always. */
const LOG_SWEEPS = 3

export function openEventHub({ database, dispatch, log, sweepCallers }: HubParts): EventHub {
  const rooms = new Map<string, Room>()
  const guard = (work: Promise<unknown>) =>
    work.catch(error => log.warn({ err: error }, 'the event log cannot be read now; followers wait'))
  const open = (tenantId: string): Room => {
    const heads = database.upkeep.eventHeads([tenantId])
    const read = (after: bigint, limit: number) => database.withTenant(tenantId, tx => readEvents(tx, { after }, limit))
    const tail = heads.then(found => createTail(found.get(tenantId) ?? 0n, read))
    tail.catch(() => rooms.get(tenantId)?.tail === tail && rooms.delete(tenantId))
    const room = { followers: new Set<Follower>(), tail }
    rooms.set(tenantId, room)
    return room
  }
  const sweepLog = () => Promise.all([sweepHeads(database, rooms), lookAtJobs(database, rooms)])
  const unsubscribe = dispatch.onEvents({
    event: (tenantId, number) => {
      const room = rooms.get(tenantId)
      if (!room) return
      if (number === 0n) void guard(lookAtJobs(database, new Map([[tenantId, room]])))
      else void guard(room.tail.then(tail => tail.reach(number)))
    },
    missed: () => void guard(sweepLog()),
  })
  let sweeps = 0
  const sweeper = every(SWEEP_MILLISECONDS, async () => {
    if (rooms.size === 0) return
    await guard(sweepCallers())
    if (++sweeps % LOG_SWEEPS === 0) await guard(sweepLog())
  })
  return {
    follow: (tenantId, follower, callerHas) => {
      assertRoom(callerHas, rooms.get(tenantId)?.followers.size ?? 0)
      const room = rooms.get(tenantId) ?? open(tenantId)
      room.followers.add(follower)
      const inbox = room.tail.then(tail => tail.join(follower))
      // A follower that leaves before it begins asks for nothing.
      inbox.catch(() => undefined)
      return {
        inbox,
        close: () => {
          room.followers.delete(follower)
          room.tail.then(
            tail => tail.leave(follower),
            () => undefined,
          )
          if (room.followers.size === 0 && rooms.get(tenantId) === room) rooms.delete(tenantId)
        },
      }
    },
    close: async () => {
      unsubscribe()
      await sweeper.stop()
    },
  }
}

/** `tenantHas` without the new one. */
function assertRoom(callerHas: number, tenantHas: number): void {
  const { subscriptionsPerCaller, subscriptionsPerTenant } = LIMITS
  const next = 'end some, or follow tenantEvents once instead of each job'
  if (callerHas > subscriptionsPerCaller)
    throw limitError(
      `a key or session has at most ${subscriptionsPerCaller} subscriptions (subscriptionsPerCaller); ${next}`,
    )
  if (tenantHas >= subscriptionsPerTenant)
    throw limitError(`a tenant has at most ${subscriptionsPerTenant} subscriptions (subscriptionsPerTenant); ${next}`)
}

type Rooms = ReadonlyMap<string, Room>

/** Whatever a hint should have told. */
async function sweepHeads({ upkeep }: Database, rooms: Rooms): Promise<void> {
  if (rooms.size === 0) return
  for (const [tenantId, number] of await upkeep.eventHeads([...rooms.keys()]))
    await (await rooms.get(tenantId)?.tail)?.reach(number)
}

/** Those who follow a job that is over or gone are asked to look. */
async function lookAtJobs({ upkeep }: Database, rooms: Rooms): Promise<void> {
  const jobs = new Map<string, { tenantId: string; jobId: string }>()
  for (const [tenantId, { followers }] of rooms)
    for (const { jobId } of followers) if (jobId !== undefined) jobs.set(jobId, { tenantId, jobId })
  if (jobs.size === 0) return
  const ended = await upkeep.endedJobs([...jobs.values()])
  for (const { followers, tail } of rooms.values())
    for (const follower of followers)
      if (follower.jobId !== undefined && ended.has(follower.jobId)) (await tail).look(follower)
}

/** One run at a time. */
function every(milliseconds: number, work: () => Promise<void>) {
  let [running, stopped] = [Promise.resolve(), false]
  const run = (): void => {
    running = work().finally(() => {
      if (!stopped) timer = setTimeout(run, milliseconds).unref()
    })
  }
  let timer = setTimeout(run, milliseconds).unref()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
