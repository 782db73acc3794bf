/** Errors of callers: typed user errors for the result unions, and the few top-level errors. */
import { GraphQLError } from 'graphql'
import type { z } from 'zod'
import { type ActionName, requirement } from './access/actions.ts'
import type { Actor } from './access/actor.ts'
import type { UserErrorCode } from './generated/schema.ts'

/** One member of a result union, by its type's name. */
export interface UserErrorAnswer {
  readonly __typename:
    | 'ValidationError'
    | 'NotFoundError'
    | 'ConflictError'
    | 'CredentialsError'
    | 'ConsentError'
    | 'RightsError'
    | 'LimitError'
  readonly code: UserErrorCode
  readonly message: string
  readonly path: string[]
  readonly [extra: string]: unknown
}

/** Thrown anywhere in a mutation, so that its transaction rolls back; `mutation` makes it the answer. */
export class UserFault extends Error {
  readonly answer: UserErrorAnswer

  constructor(answer: UserErrorAnswer) {
    super(answer.message)
    this.name = 'UserFault'
    this.answer = answer
  }
}

type Path = string | readonly (string | number)[]

/** `input.` stands before every path: the only argument of a mutation. */
const inInput = (path: Path): string[] => ['input', ...(typeof path === 'string' ? [path] : path.map(String))]

const fault =
  (typename: UserErrorAnswer['__typename']) =>
  (code: UserErrorCode, path: Path, message: string, extra: Record<string, unknown> = {}): UserFault =>
    new UserFault({ ...extra, __typename: typename, code, message, path: inInput(path) })

export const validationFault = fault('ValidationError')
export const conflictFault = fault('ConflictError')
export const consentFault = fault('ConsentError')
export const rightsFault = fault('RightsError')
export const credentialsFault = fault('CredentialsError')

/** `extra` is the limit by its name, what is allowed, and what was found. */
export const limitFault = (
  path: Path,
  message: string,
  extra: { limit: string; allowed: number; found: number },
): UserFault => fault('LimitError')('LIMIT_EXCEEDED', path, message, extra)

/** The same for an unknown id, one of another type and one of another tenant. */
export const notFoundFault = (path: Path): UserFault =>
  fault('NotFoundError')(
    'NOT_FOUND',
    path,
    `nothing was found with this ${typeof path === 'string' ? path : path.at(-1)}; check the id and the tenant`,
  )

/** Checks an input against the rules that GraphQL types cannot say. */
export function check<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const issues = result.error.issues
  const message = issues.map(issue => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ')
  throw validationFault('INVALID', (issues[0]?.path ?? []) as (string | number)[], message)
}

/** A resolver of a mutation: user faults become answers of its union. */
export const mutation =
  <C, I, R>(run: (input: I, context: C) => Promise<R>) =>
  async (_root: unknown, { input }: { input: I }, context: C): Promise<R> => {
    try {
      return await run(input, context)
    } catch (error) {
      // The union of every mutation lists the faults it may throw; a missing one is refused when the answer is typed.
      if (error instanceof UserFault) return error.answer as R
      throw error
    }
  }

const topLevel = (code: string, message: string): GraphQLError => new GraphQLError(message, { extensions: { code } })

export const badInput = (message: string): GraphQLError => topLevel('BAD_USER_INPUT', message)
export const notFound = (argument: string): GraphQLError =>
  topLevel('NOT_FOUND', `nothing was found with this ${argument}; check the id and the tenant`)
export const forbidden = (message: string): GraphQLError => topLevel('FORBIDDEN', message)
/** A page of another site would act with the session of its reader. */
export const foreignOrigin = (): GraphQLError =>
  new GraphQLError(
    'a page of this origin may not change anything here; add it to ALLOWED_ORIGINS, or send an API key',
    {
      extensions: { code: 'FORBIDDEN', http: { status: 403 } },
    },
  )
export const unauthenticated = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } })
export const limitError = (message: string): GraphQLError => topLevel('LIMIT_EXCEEDED', message)
/** An operation that is too large, now and later: there is no time after which it goes through. */
export const operationLimit = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'LIMIT_EXCEEDED', retryAfter: null, http: { status: 400 } } })
/** Too many tries: `seconds` until the next may be made, as the header says, too. */
export const tooMany = (message: string, seconds: number): GraphQLError => {
  const retryAfter = Math.max(1, Math.ceil(seconds))
  const http = { status: 429, headers: new Map([['retry-after', String(retryAfter)]]) }
  return new GraphQLError(`${message}; try again in ${retryAfter} s`, {
    extensions: { code: 'LIMIT_EXCEEDED', retryAfter, http },
  })
}

export function accessError(actor: Actor, action: ActionName): GraphQLError {
  if (actor.kind === 'anonymous')
    return topLevel('UNAUTHENTICATED', `${action} needs a session or an API key; sign in or send a key`)
  return topLevel('FORBIDDEN', `${action} needs ${requirement(actor, action)}`)
}
