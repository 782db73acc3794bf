/** Units of work of one tenant: row-level security shows its rows only, and faults of the database are kept apart from ours. */
import { setTimeout as delay } from 'node:timers/promises'
import { AppError, invariant } from '../errors.ts'
import { Prisma, type PrismaClient } from './generated/client.ts'

export type Transaction = Prisma.TransactionClient

/** Runs `work` in a transaction that sees the rows of one tenant. Await nothing but calls of `tx` inside. */
export type WithTenant = <T>(tenantId: string, work: (tx: Transaction) => Promise<T>) => Promise<T>

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const TRIES = 4

/**
 * A transaction that the database broke off because of a deadlock or a conflict is run again: `work` must have no effect
 * outside of it. Calls throw AppError DATABASE_UNAVAILABLE while the server can't be reached or has no connection free.
 */
export const tenantTransactions =
  (app: PrismaClient): WithTenant =>
  async (tenantId, work) => {
    invariant(UUID.test(tenantId), `"${tenantId}" is not a tenant's id`)
    for (let tries = 1; ; tries++) {
      try {
        return await app.$transaction(async tx => {
          await tx.$queryRaw`select set_config('app.tenant_id', ${tenantId}, true)`
          return work(tx)
        })
      } catch (error) {
        if (!isConflict(error) || tries === TRIES) throw databaseError(error)
        await delay(tries * (10 + 20 * Math.random()))
      }
    }
  }

interface DriverCause {
  readonly kind?: string
  readonly originalCode?: string
}

/** What the adapter was told by the server, wherever Prisma has put it. */
function driverCause(error: unknown): DriverCause {
  const { meta, cause } = (error ?? {}) as {
    meta?: { driverAdapterError?: { cause?: DriverCause } }
    cause?: DriverCause
  }
  return meta?.driverAdapterError?.cause ?? cause ?? {}
}

const prismaCode = (error: unknown): string => (error instanceof Prisma.PrismaClientKnownRequestError ? error.code : '')

/** Serialization failure and deadlock. */
const isConflict = (error: unknown): boolean =>
  prismaCode(error) === 'P2034' || ['40001', '40P01'].includes(driverCause(error).originalCode ?? '')

/** Can't reach, timed out, closed, no connection free, transaction lost. */
const UNREACHED_CODES = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])
const UNREACHED_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])
/** Shutting down, crashed, starting, connection failures; out of disk, memory or connections; input or output that failed. */
const UNREACHED_STATES = /^(57P0[0-5]|08|53|58030)/
const UNREACHED_WORDS =
  /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|Connection terminated|timeout exceeded when trying to connect|not queryable/i

function isUnreached(error: unknown): boolean {
  const { kind = '', originalCode = '' } = driverCause(error)
  if (UNREACHED_CODES.has(prismaCode(error)) || UNREACHED_KINDS.has(kind) || UNREACHED_STATES.test(originalCode))
    return true
  if (error instanceof Prisma.PrismaClientInitializationError) return true
  const own =
    error instanceof Prisma.PrismaClientKnownRequestError || error instanceof Prisma.PrismaClientUnknownRequestError
  const plain = error instanceof Error && (own || error.name === 'DriverAdapterError' || error.constructor === Error)
  return plain && UNREACHED_WORDS.test(error.message)
}

/** A lost connection as DATABASE_UNAVAILABLE, everything else as it is. */
export function databaseError(error: unknown): unknown {
  if (!isUnreached(error)) return error
  return new AppError('DATABASE_UNAVAILABLE', 'the database cannot be reached', 'Try again in a moment.', error)
}
