/** Calls of the queue's functions in the database over a small pool. */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { AppError } from '../../errors.ts'
import type { Logger } from '../../log.ts'

export interface Calls {
  /** Rows of one statement. @throws AppError QUEUE_UNAVAILABLE when it did not get through; making it again is safe. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>
  close(): Promise<void>
}

const TRIES = 5
/** Broken off by the server because of another transaction: serialization failure, deadlock. */
const CONFLICTS = new Set(['40001', '40P01'])
/** Connection failures, shutdown or crash of the server, out of disk, memory or connections, and what the system says of sockets. */
const UNREACHED_STATES = /^(08...|57P0[0-5]|53...|58030|E[A-Z]+|EAI_[A-Z]+)$/
/** What the client says by words alone: the connection broke, or none came about in time. */
const UNREACHED_WORDS =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client .* is not queryable)/

const stateOf = (error: unknown): string => (error as { code?: unknown } | undefined)?.code?.toString() ?? ''

/** Anything else is a bug, and is not called again. */
const isUnreached = (error: unknown): boolean => {
  const state = stateOf(error)
  return state === '' ? error instanceof Error && UNREACHED_WORDS.test(error.message) : UNREACHED_STATES.test(state)
}

export function openCalls(url: string, connections: number, log: Logger): Calls {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  })
  pool.on('error', error => log.debug({ err: error }, 'a connection of the queue broke'))
  return {
    query: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      for (let tries = 1; ; tries++) {
        try {
          return (await pool.query<Row>(text, [...values])).rows
        } catch (error) {
          if (isUnreached(error)) throw unavailable(error)
          if (!CONFLICTS.has(stateOf(error)) || tries === TRIES) throw error
          await delay(tries * (5 + 10 * Math.random()))
        }
      }
    },
    close: () => pool.end(),
  }
}

const unavailable = (error: unknown): AppError =>
  new AppError('QUEUE_UNAVAILABLE', 'the job queue cannot be reached', 'Try again in a moment.', error)
