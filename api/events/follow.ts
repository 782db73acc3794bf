/**
 * Follows the event log: reads it from the cursor to its end, and then takes what the hub hands over. The cursor alone decides what comes
 * next, so nothing is left out and nothing comes twice; who waits makes no query.
 */
import type { ActionName } from '../access/actions.ts'
import type { Standing } from '../access/standing.ts'
import { type Context, tenantOf } from '../context.ts'
import type { JobEventRow } from '../rows.ts'
import { isLast, isOver, type LogPosition, readEvents } from './log.ts'
import type { Follower, Inbox } from './tail.ts'

const PAGE = 100

interface Followed extends LogPosition {
  /** What the caller must be allowed to do, also while it goes on. */
  readonly action: ActionName
}

/** Events one by one. Ends with the job, where one is named; `return` ends the wait at once. @throws LIMIT_EXCEEDED */
export function followEvents(context: Context, position: Followed): AsyncIterableIterator<JobEventRow> {
  const tenantId = tenantOf(context)
  const standing = context.standings.open(context, tenantId, position.action)
  const follower: Follower = { jobId: position.jobId, bell: standing.bell }
  const closing = new AbortController()
  const following = openFollowing(context, tenantId, follower, standing)
  const close = () => {
    following.close()
    standing.close()
    closing.abort()
  }
  const events = deliver(context, position, { standing, signal: closing.signal, ...following, close })
  const end = async () => {
    close()
    return events.return(undefined)
  }
  const iterator: AsyncIterableIterator<JobEventRow> = {
    next: () => events.next(),
    return: end,
    throw: end,
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

function openFollowing({ events }: Context, tenantId: string, follower: Follower, standing: Standing) {
  try {
    return events.follow(tenantId, follower, standing.open)
  } catch (error) {
    standing.close()
    throw error
  }
}

interface Followable {
  readonly inbox: Promise<Inbox>
  readonly standing: Standing
  readonly signal: AbortSignal
  close(): void
}

async function* deliver(
  context: Context,
  position: Followed,
  { inbox: opening, standing, signal, close }: Followable,
): AsyncGenerator<JobEventRow, undefined> {
  const { metrics } = context
  let { after } = position
  metrics.subscriptions.inc()
  try {
    const inbox = await opening
    for (let look = true; !signal.aborted; ) {
      await standing.assert()
      const came = inbox.take()
      look ||= came.look
      // What came in is in the log, too: whoever reads that leaves it.
      const { rows, over, more }: Read = look
        ? await readOn(context, { ...position, after })
        : { rows: came.rows, over: false, more: false }
      look = more
      for (const row of rows) {
        if (row.number <= after) continue
        await standing.assert()
        after = row.number
        metrics.delivered.inc()
        context.refresh()
        yield row
        look ||= position.jobId !== undefined && isLast(row)
      }
      if (over && rows.length === 0) return
      if (rows.length === 0 && !look) await standing.bell.wait(signal)
    }
  } finally {
    metrics.subscriptions.dec()
    close()
  }
}

interface Read {
  readonly rows: readonly JobEventRow[]
  /** The job has no further event. */
  readonly over: boolean
  /** There is more in the log. */
  readonly more: boolean
}

/** One page of the log. */
const readOn = (context: Context, position: LogPosition): Promise<Read> =>
  context.database.withTenant(tenantOf(context), async tx => {
    // In this order: what a finished job reported is in the log by then.
    const over = position.jobId !== undefined && (await isOver(tx, position.jobId))
    const rows = await readEvents(tx, position, PAGE)
    return { rows, over, more: rows.length === PAGE || (over && rows.length > 0) }
  })
