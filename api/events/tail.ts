/** The end of one tenant's event log as it grows: read once for all who follow it. */
import type { Bell } from '../../queue/index.ts'
import type { JobEventRow } from '../rows.ts'

/** Rows that wait for one follower at most; a slower one reads the log itself again. */
const MAX_WAITING = 1000
/** Rows read at once. */
const PAGE = 500

export interface Inbox {
  /** Rows that have come since the last call, in order; `look` asks the follower to read the log itself from its cursor. */
  take(): { readonly rows: readonly JobEventRow[]; readonly look: boolean }
}

export interface Follower {
  readonly jobId: string | undefined
  readonly bell: Bell
}

export interface Tail {
  readonly followers: ReadonlyMap<Follower, Inbox>
  /** Everything after the number that the log had then is put into the inbox. */
  join(follower: Follower): Inbox
  leave(follower: Follower): void
  /** The log has events up to this number. Reads them unless it is reading already. */
  reach(number: bigint): Promise<void>
  /** Asks a follower to read the log itself. */
  look(follower: Follower): void
}

interface Waiting {
  rows: JobEventRow[]
  look: boolean
}

/** `read` gives the next events after a number, in order; the tail starts at `head`. */
export function createTail(head: bigint, read: (after: bigint, limit: number) => Promise<JobEventRow[]>): Tail {
  const followers = new Map<Follower, Inbox & { readonly waiting: Waiting }>()
  let [at, wanted, reading] = [head, head, false]
  const deliver = (rows: readonly JobEventRow[]): void => {
    for (const [follower, { waiting }] of followers) {
      const own = follower.jobId === undefined ? rows : rows.filter(({ jobId }) => jobId === follower.jobId)
      if (own.length === 0) continue
      add(waiting, own)
      follower.bell.ring()
    }
  }
  return {
    followers,
    join: follower => {
      const waiting: Waiting = { rows: [], look: false }
      const inbox = { waiting, take: () => take(waiting) }
      followers.set(follower, inbox)
      return inbox
    },
    leave: follower => void followers.delete(follower),
    reach: async number => {
      if (number > wanted) wanted = number
      if (reading) return
      reading = true
      try {
        while (at < wanted && followers.size > 0) {
          const rows = await read(at, PAGE)
          at = rows.at(-1)?.number ?? wanted
          deliver(rows)
        }
      } finally {
        reading = false
      }
    },
    look: follower => {
      const inbox = followers.get(follower)
      if (!inbox) return
      inbox.waiting.look = true
      follower.bell.ring()
    },
  }
}

function add(waiting: Waiting, rows: readonly JobEventRow[]): void {
  if (waiting.look) return
  if (waiting.rows.length + rows.length <= MAX_WAITING) waiting.rows.push(...rows)
  else {
    waiting.rows = []
    waiting.look = true
  }
}

function take(waiting: Waiting): { rows: JobEventRow[]; look: boolean } {
  const taken = { ...waiting }
  waiting.rows = []
  waiting.look = false
  return taken
}
