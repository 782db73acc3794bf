/** Pages of the event log. */
import type { Context } from '../context.ts'
import { type Connection, connection, pageSize } from '../reading/page.ts'
import type { JobEventRow } from '../rows.ts'
import { readEvents } from './log.ts'

interface EventPage {
  readonly first?: number | null | undefined
  /** Only events with a greater number: the log's cursor is the number itself. */
  readonly after?: number | null | undefined
}

export async function pageOfEvents(
  { read }: Context,
  page: EventPage,
  jobId?: string,
): Promise<Connection<JobEventRow>> {
  const size = pageSize(page)
  const position = { after: BigInt(page.after ?? 0), jobId }
  const rows = await read(tx => readEvents(tx, position, size + 1))
  const number = (row: JobEventRow): string => String(row.number)
  const count = () => read(tx => tx.jobEvent.count({ where: jobId === undefined ? {} : { jobId } }))
  return connection(rows, size, count, number, text => text)
}
