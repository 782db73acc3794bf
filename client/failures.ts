/** Turns failures of the service and the connection into AppErrors with a next step. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, type ErrorCode } from '../errors.ts'
import type { UserErrorCode } from './generated/operations.ts'

/** Codes of user errors and what a caller does next; the service's own message already says what is wrong. */
const USER_ERRORS: Readonly<Record<UserErrorCode, readonly [code: ErrorCode, next: string]>> = {
  INVALID: ['INPUT_INVALID', 'Correct the value and run the command again.'],
  NOT_FOUND: ['NOT_FOUND', 'Check the id, and that the key or the workspace is the right one.'],
  TAKEN: ['CONFLICT', 'Choose another name.'],
  WRONG_STATE: ['CONFLICT', 'Check its state: another step must come first, or it is too late.'],
  IDEMPOTENCY_MISMATCH: ['CONFLICT', 'Use another idempotency key for another request.'],
  BAD_CREDENTIALS: ['UNAUTHENTICATED', 'Check the address and the password.'],
  CONSENT_MISSING: ['FORBIDDEN', 'Name who consents with --consent-from NAME, or create the subject with --no-person.'],
  CONSENT_REVOKED: ['FORBIDDEN', 'Ask the person again and record the new consent.'],
  EXCEEDS_RIGHTS: ['FORBIDDEN', 'Ask for less, or let somebody with more rights do it.'],
  LIMIT_EXCEEDED: ['LIMIT_EXCEEDED', 'Ask for less, or wait until other jobs have been taken.'],
  FILE_INVALID: ['FILE_INVALID', 'Send a complete file in one of the formats that the service takes.'],
}

interface UserErrorAnswer {
  readonly __typename: string
  readonly message: string
  readonly path: readonly string[]
  readonly code: UserErrorCode
}

type Answer = { readonly __typename: string }
type Success<A extends Answer> = A extends { readonly code: UserErrorCode; readonly path: readonly string[] }
  ? never
  : A

/** The success type of a mutation's union. @throws AppError for each of its user errors */
export function assertSuccess<A extends Answer>(answer: A): Success<A> {
  if (!('code' in answer && 'path' in answer)) return answer as Success<A>
  const { code, message, path } = answer as unknown as UserErrorAnswer
  const [mapped, next] = USER_ERRORS[code] ?? ['INPUT_INVALID', 'Correct the request.']
  const place = path.filter(part => part !== 'input').join('.')
  const where = place === '' || message.startsWith(place) ? '' : `${place}: `
  throw new AppError(mapped, `${where}${message}`, next)
}

/** A top-level error of GraphQL, as much of it as is looked at. */
export interface GraphQLFault {
  readonly message: string
  readonly extensions?: { readonly code?: unknown }
}

const TOP_LEVEL: Readonly<Record<string, readonly [code: ErrorCode, next: string]>> = {
  UNAUTHENTICATED: ['UNAUTHENTICATED', 'Run semblance login; the key or session may have expired or been revoked.'],
  FORBIDDEN: ['FORBIDDEN', 'Use a key with this scope, or ask an administrator of the workspace.'],
  NOT_FOUND: ['NOT_FOUND', 'Check the id, and that the key or the workspace is the right one.'],
  LIMIT_EXCEEDED: ['LIMIT_EXCEEDED', 'Ask for less at once, or wait and try again.'],
  BAD_USER_INPUT: ['INPUT_INVALID', 'Correct the value and run the command again.'],
  INPUT_INVALID: ['INPUT_INVALID', 'Correct the value and run the command again.'],
  CONFLICT: ['CONFLICT', 'Look at the state of the object first.'],
  GRAPHQL_VALIDATION_FAILED: ['SERVICE_UNAVAILABLE', 'Use a command line of the same version as the service.'],
}

export function graphqlFailure(faults: readonly GraphQLFault[]): AppError {
  const [first] = faults
  const code = String(first?.extensions?.code ?? '')
  const [mapped, next] = TOP_LEVEL[code] ?? [
    'SERVICE_UNAVAILABLE',
    "Try again; if it persists, look at the service's log.",
  ]
  return new AppError(mapped, first?.message ?? 'the service answered with an error without a message', next)
}

/** The way to the service is broken: nothing listens, the name is unknown, the connection ended. */
export function unreachable(address: string, cause: unknown): AppError {
  const reason = reasonOf(cause)
  const next = 'Start it with npm start, or name its address with --server or semblance login.'
  return new AppError('SERVICE_UNAVAILABLE', `${address} does not answer${reason && `: ${reason}`}`, next, cause)
}

/** fetch wraps the system's error; a refused connection to a name with two addresses wraps two. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.cause instanceof Error) return reasonOf(error.cause)
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  return error.message
}

/** Whether sending the same again may help. */
export const isPassing = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'SERVICE_UNAVAILABLE' || error.code === 'QUEUE_UNAVAILABLE')

/** Does the work again after each pause while what stops it is passing. */
export async function withRetries<T>(pauses: readonly number[], work: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
      await sleep(pause)
    }
  }
  return work()
}
