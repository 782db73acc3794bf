/**
 * Follows the event log: reads from the cursor, waits for a hint that there is more, reads again. Hints may be lost, so it also looks
 * every now and then; the cursor alone decides what comes next, so nothing is left out and nothing comes twice.
 */
import { type Bell, createBell } from '../../queue/index.ts'
import { type ActionName, isAllowed } from '../access/actions.ts'
import { type Context, tenantOf } from '../context.ts'
import { accessError } from '../faults.ts'
import type { JobEventRow } from '../rows.ts'
import { isOver, type LogPosition, readEvents } from './log.ts'

const PAGE = 100
const POLL_MILLISECONDS = 2000
/** With the half second that a key is trusted (access/key-lookup.ts), a revoked one gets nothing more within a second. */
const TRUST_MILLISECONDS = 400

interface Followed extends LogPosition {
  /** What the caller must be allowed to do, also while it goes on. */
  readonly action: ActionName
}

/** Events one by one. Ends with the job, where one is named; `return` ends the wait at once. */
export function followEvents(context: Context, position: Followed): AsyncIterableIterator<JobEventRow> {
  const hints = openHints(context)
  const events = deliver(context, position, hints)
  const end = async () => {
    hints.close()
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

async function* deliver(
  context: Context,
  position: Followed,
  { bell, signal, close }: Hints,
): AsyncGenerator<JobEventRow, undefined> {
  const { metrics, database } = context
  const tenantId = tenantOf(context)
  const trust = createTrust(context, position.action)
  let { after } = position
  metrics.subscriptions.inc()
  try {
    while (!signal.aborted) {
      await trust()
      const { rows, over } = await database.withTenant(tenantId, async tx => {
        // In this order: what a finished job reported is in the log by then.
        const over = position.jobId !== undefined && (await isOver(tx, position.jobId))
        return { over, rows: await readEvents(tx, { ...position, after }, PAGE) }
      })
      for (const row of rows) {
        await trust()
        after = row.number
        metrics.delivered.inc()
        context.refresh()
        yield row
      }
      if (rows.length === 0 && over) return
      if (rows.length < PAGE) await bell.wait(signal, POLL_MILLISECONDS)
    }
  } finally {
    metrics.subscriptions.dec()
    close()
  }
}

/** Asks again who is calling when the last answer is older than it may be. */
function createTrust(context: Context, action: ActionName): () => Promise<void> {
  let asked = performance.now()
  return async () => {
    if (performance.now() - asked < TRUST_MILLISECONDS) return
    context.enter(await context.authenticate())
    if (!isAllowed(context.actor, action)) throw accessError(context.actor, action)
    asked = performance.now()
  }
}

/** What is announced of the tenant, until it is closed. */
interface Hints {
  readonly bell: Bell
  readonly signal: AbortSignal
  close(): void
}

function openHints(context: Context): Hints {
  const tenantId = tenantOf(context)
  const [bell, end] = [createBell(), new AbortController()]
  const unsubscribe = context.dispatch.onEvents(tenant => {
    if (tenant === tenantId) bell.ring()
  })
  const close = () => {
    unsubscribe()
    end.abort()
  }
  return { bell, signal: end.signal, close }
}
