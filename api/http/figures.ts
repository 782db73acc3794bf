/** Who may read the metrics of the process: programs on this machine, and others with the token. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import type { Metrics } from './metrics.ts'

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/
/** What proxies add: a request from this machine that has one comes from somewhere else. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip'] as const

const isLocal = ({ socket, headers }: IncomingMessage): boolean =>
  LOOPBACK.test(socket.remoteAddress ?? '') && !FORWARDED.some(name => name in headers)

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function hasToken({ headers }: IncomingMessage, token: string | undefined): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
  return token !== undefined && given !== undefined && timingSafeEqual(digest(given), digest(token))
}

/** `/metrics`: 401 for strangers, with no word on the figures. */
export const figures =
  ({ registry }: Metrics, token: string | undefined): RequestHandler =>
  async (request, response) => {
    if (isLocal(request) || hasToken(request, token)) {
      response.type(registry.contentType).send(await registry.metrics())
      return
    }
    const message = 'send "Authorization: Bearer" with the METRICS_TOKEN of the service, or ask from its own machine'
    response
      .status(401)
      .set('www-authenticate', 'Bearer')
      .json({ error: { code: 'UNAUTHENTICATED', message } })
  }
