/**
 * API keys: `smb_<env>_<id>_<secret><checksum>`. The checksum finds typing errors and made-up keys without asking the database; the
 * database keeps the id and the SHA-256 of the whole key.
 */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const [ID_LENGTH, SECRET_LENGTH, CHECKSUM_LENGTH] = [12, 32, 6]
const FORM = /^(smb_(live|test)_([0-9A-Za-z]{12})_[0-9A-Za-z]{32})([0-9A-Za-z]{6})$/

interface NewApiKey {
  readonly publicId: string
  /** What the program sends; never stored. */
  readonly key: string
  readonly secretHash: string
}

interface ParsedApiKey {
  readonly publicId: string
  readonly environment: string
  readonly secretHash: string
}

/** `count` digits, each equally likely: 5.95 bits of chance a digit. */
const randomDigits = (count: number): string =>
  Array.from({ length: count }, () => DIGITS[randomInt(DIGITS.length)]).join('')

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

function checksum(body: string): string {
  let value = sha256(body).readUIntBE(0, 6)
  let text = ''
  while (text.length < CHECKSUM_LENGTH) {
    text += DIGITS[value % DIGITS.length]
    value = Math.floor(value / DIGITS.length)
  }
  return text
}

export function createKey(environment: 'live' | 'test'): NewApiKey {
  const publicId = randomDigits(ID_LENGTH)
  const body = `smb_${environment}_${publicId}_${randomDigits(SECRET_LENGTH)}`
  const key = body + checksum(body)
  return { publicId, key, secretHash: sha256(key).toString('hex') }
}

/** The parts of a well-formed key with the right checksum; undefined for anything else. */
export function parseKey(key: string): ParsedApiKey | undefined {
  const [, body, environment, publicId, sum] = FORM.exec(key) ?? []
  if (!body || !environment || !publicId || !sum || checksum(body) !== sum) return undefined
  return { publicId, environment, secretHash: sha256(key).toString('hex') }
}

/** Compares two hexadecimal SHA-256 in a time that does not depend on where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')]
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b)
}
