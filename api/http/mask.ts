/** Masks errors for callers: their own mistakes stay as they are, internal errors become one sentence with a request id. */
import { randomUUID } from 'node:crypto'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { AppError, type ErrorCode } from '../../errors.ts'
import type { Logger } from '../../log.ts'

/** Faults that pass: the caller may try again. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'STORAGE_FAILED',
  'DATABASE_UNAVAILABLE',
  'QUEUE_UNAVAILABLE',
  'SERVICE_UNAVAILABLE',
])
/** AppErrors whose words are meant for callers of the API. */
const SHOWN: ReadonlySet<ErrorCode> = new Set(['INPUT_INVALID', 'NOT_FOUND', 'CONFLICT', 'LIMIT_EXCEEDED', 'FORBIDDEN'])

/** The error as the caller sees it; what is masked goes to the log whole. */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
  faultId: string = randomUUID(),
): GraphQLFormattedError {
  // graphql-js and graphql-ws wrap what resolvers and streams throw.
  const cause = error instanceof GraphQLError && error.originalError ? error.originalError : error
  const place = {
    ...(formatted.path ? { path: formatted.path } : {}),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
  }
  // Errors of ours carry a code. graphql-js makes some without one from results that break the schema: our bugs.
  if (cause instanceof GraphQLError && (formatted.path === undefined || cause.extensions.code !== undefined))
    return withoutTrace(formatted)
  if (cause instanceof AppError && SHOWN.has(cause.code))
    return { ...place, message: `${cause.message}. ${cause.next}`, extensions: { code: cause.code } }
  log.error({ err: cause, faultId, path: formatted.path }, 'request failed')
  if (cause instanceof AppError && PASSING.has(cause.code))
    return {
      ...place,
      message: 'the service cannot do this at the moment; try again in some seconds',
      extensions: { code: 'SERVICE_UNAVAILABLE', faultId },
    }
  return {
    ...place,
    message: `internal error; name the fault ${faultId} when you report it`,
    extensions: { code: 'INTERNAL_SERVER_ERROR', faultId },
  }
}

function withoutTrace(formatted: GraphQLFormattedError): GraphQLFormattedError {
  // Over HTTP the status and headers have been set by then; over a socket there are none.
  const { stacktrace: _, http: __, ...extensions } = formatted.extensions ?? {}
  return { ...formatted, extensions }
}
