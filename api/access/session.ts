/** Session tokens and the cookie that carries them. The database keeps only the token's SHA-256. */
import { createHash, randomBytes } from 'node:crypto'

/** Each use moves a session's end to so long from then. */
export const SESSION_SECONDS = 30 * 86_400

/** Browsers accept a `__Host-` cookie only when it is secure, for this host and for all of it. */
const cookieName = (secure: boolean, kind: Cookie): string => `${secure ? '__Host-' : ''}semblance_${kind}`

type Cookie = 'session' | 'device'
/** A device that has signed in is known for a year, also when its session has ended. */
const DEVICE_SECONDS = 365 * 86_400

export const createToken = (): string => randomBytes(32).toString('base64url')

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The token in a Cookie header. */
export function readSessionCookie(
  header: string | undefined,
  secure: boolean,
  kind: Cookie = 'session',
): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (part.slice(0, at).trim() !== cookieName(secure, kind)) continue
    const token = part.slice(at + 1).trim()
    return /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined
  }
  return undefined
}

/** The Set-Cookie header for a token; without one the browser forgets the cookie. */
export function sessionCookie(token: string | undefined, secure: boolean): string {
  return cookie('session', token, token === undefined ? 0 : SESSION_SECONDS, secure)
}

export const deviceCookie = (token: string, secure: boolean): string => cookie('device', token, DEVICE_SECONDS, secure)

function cookie(kind: Cookie, token: string | undefined, age: number, secure: boolean): string {
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? '; Secure' : ''}`
  return `${cookieName(secure, kind)}=${token ?? ''}; ${attributes}`
}
