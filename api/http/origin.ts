/** Which web pages may use the API with their user's session: our own, and those of allowed origins. */
import type { RequestHandler } from 'express'

/** Programs send no origin. `allowed` are further origins such as `https://app.example.com`. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

const HEADERS = {
  'access-control-allow-credentials': 'true',
  'access-control-allow-headers': 'content-type, authorization, semblance-tenant',
  'access-control-allow-methods': 'POST',
  'access-control-expose-headers': 'x-request-id',
  'access-control-max-age': '600',
} as const

/** Tells browsers that pages of allowed origins may read the answers; to others it says nothing, which forbids it. */
export const allowOrigins =
  (allowed: readonly string[]): RequestHandler =>
  ({ method, headers: { origin } }, response, next) => {
    response.vary('origin')
    const known = origin !== undefined && allowed.includes(origin)
    if (known) response.set({ ...HEADERS, 'access-control-allow-origin': origin })
    if (known && method === 'OPTIONS') response.status(204).end()
    else next()
  }
