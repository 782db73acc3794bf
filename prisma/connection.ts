/** Connection strings and single connections of the database. */
import pg from 'pg'
import { AppError } from '../errors.ts'

/** The same server and database for another role. */
export function urlFor(url: string, user: string, password: string): string {
  const other = new URL(url)
  other.username = user
  other.password = password
  return other.href
}

/** Runs `work` on one connection. @throws AppError DATABASE_UNAVAILABLE when the server can't be reached. */
export async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect().catch(error => {
    throw unreachable(url, error)
  })
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** SQLSTATE of what the server refused, '' for everything else. */
export const sqlState = (error: unknown): string => (error as { code?: unknown } | undefined)?.code?.toString() ?? ''

/** Class 28: the role is unknown or the password is wrong. */
export const isRefusedLogin = (error: unknown): boolean =>
  sqlState(error instanceof AppError ? error.cause : error).startsWith('28')

function unreachable(url: string, error: Error): AppError {
  const { username, hostname, pathname, searchParams } = new URL(url)
  const where = `database ${pathname.slice(1)} on ${searchParams.get('host') ?? hostname} as ${username}`
  return new AppError(
    'DATABASE_UNAVAILABLE',
    `no connection to ${where}: ${error.message}`,
    'Check that the server runs and that DATABASE_URL names it with the right password.',
    error,
  )
}
