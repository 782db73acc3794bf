/** Around every HTTP request: its number, one line in the log, a few protecting headers, and errors as JSON. */
import { randomUUID } from 'node:crypto'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from '../../log.ts'
import type { Metrics } from './metrics.ts'

export const REQUEST_ID = 'x-request-id'

const PROTECTION: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** Only the first part of a path: the rest and the query of signed links are as good as passwords. */
const routeOf = (path: string): string => `/${path.split(/[/?]/)[1] ?? ''}`
const ROUTES = new Set(['/graphql', '/uploads', '/blobs', '/livez', '/readyz', '/metrics'])

export const requestLog =
  (log: Logger, metrics: Metrics): RequestHandler =>
  (request, response, next) => {
    const start = performance.now()
    const requestId = randomUUID()
    response.setHeader(REQUEST_ID, requestId)
    for (const [name, value] of Object.entries(PROTECTION)) response.setHeader(name, value)
    const route = routeOf(request.originalUrl)
    response.on('close', () => {
      const { method } = request
      const status = response.writableFinished ? response.statusCode : 499
      metrics.requests.inc({ route: ROUTES.has(route) ? route : 'other', status })
      log.debug({ requestId, method, route, status, ms: Math.round(performance.now() - start) }, 'request')
    })
    next()
  }

export const notFoundHandler: RequestHandler = (_request, response) => {
  response
    .status(404)
    .json({ error: { code: 'NOT_FOUND', message: 'there is nothing at this address; the API is at /graphql' } })
}

/** Express would answer in HTML, with a stack trace: bodies that are not JSON or too large never reach the GraphQL server. */
export const errorHandler =
  (log: Logger): ErrorRequestHandler =>
  (error: { status?: unknown; type?: unknown }, _request, response, next) => {
    if (response.headersSent) return next(error)
    const status = typeof error.status === 'number' && error.status < 500 ? error.status : 500
    const requestId = response.getHeader(REQUEST_ID)
    if (status === 500) log.error({ err: error, requestId }, 'request failed')
    const message = MESSAGES[String(error.type)] ?? (status === 500 ? 'internal error' : 'the request is malformed')
    response
      .status(status)
      .json({ errors: [{ message, extensions: { code: CODES[status] ?? 'BAD_REQUEST', requestId } }] })
  }

/** By the types that the JSON parser gives. */
const MESSAGES: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'the body is not JSON',
  'entity.too.large': 'the body is over 1 MB; files go through upload forms',
  'encoding.unsupported': 'the content encoding is not supported',
  'charset.unsupported': 'the character set is not supported; send UTF-8',
}
const CODES: Readonly<Record<number, string>> = { 413: 'LIMIT_EXCEEDED', 500: 'INTERNAL_SERVER_ERROR' }
