/**
 * Who may read the metrics of the process: whoever has the token, wherever the request comes from. A request from this machine may have been
 * passed on by a proxy that does not say so.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import type { Metrics } from './metrics.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function hasToken({ headers }: IncomingMessage, token: string | undefined): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
  return token !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(token))
}

/** `/metrics`: 401 for strangers, with no word on the figures. */
export const figures =
  ({ registry }: Metrics, token: string | undefined): RequestHandler =>
  async (request, response) => {
    if (hasToken(request, token)) {
      response.type(registry.contentType).send(await registry.metrics())
      return
    }
    const message =
      token === undefined
        ? 'the metrics are closed: set METRICS_TOKEN and start the service again, then send it as "Authorization: Bearer TOKEN"'
        : 'send "Authorization: Bearer TOKEN" with the METRICS_TOKEN of the service'
    response
      .status(401)
      .set('www-authenticate', 'Bearer')
      .json({ error: { code: 'UNAUTHENTICATED', message } })
  }
