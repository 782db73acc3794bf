/** Signs short texts with HMAC-SHA256, so that what we handed out comes back unchanged. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { invariant } from '../../errors.ts'

/** What a signature is for; one made for a form is none for a link. */
type Purpose = 'upload' | 'link'

export interface Signer {
  sign(purpose: Purpose, text: string): string
  isSigned(purpose: Purpose, text: string, signature: string): boolean
}

const LEAST_KEY_BYTES = 32

export function createSigner(key: Uint8Array): Signer {
  invariant(key.byteLength >= LEAST_KEY_BYTES, `the signing key has ${key.byteLength} bytes, not ${LEAST_KEY_BYTES}`)
  const sign = (purpose: Purpose, text: string) =>
    createHmac('sha256', key).update(`semblance ${purpose} 1\n${text}`).digest('base64url')
  return {
    sign,
    isSigned: (purpose, text, signature) => {
      const [own, given] = [Buffer.from(sign(purpose, text)), Buffer.from(signature)]
      return given.length === own.length && timingSafeEqual(given, own)
    },
  }
}

export const unixSeconds = (date: Date): number => Math.floor(date.getTime() / 1000)

export function expiry(seconds: number): Date {
  invariant(Number.isFinite(seconds) && seconds > 0, `it would expire in ${seconds} seconds`)
  return new Date((unixSeconds(new Date()) + Math.ceil(seconds)) * 1000)
}
