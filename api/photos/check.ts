/**
 * Looks at the photos of a set before anything is paid for: each gets a verdict or comes back upright, as PNG, without its
 * metadata. PNG because the engine reads it, it has no limit on sides as WebP has, and it loses nothing of what was checked.
 */
import { createHash } from 'node:crypto'
import { describeUnreadable, LOADERS, MAX_PIXELS, READABLE, sniffFormat } from '../../engine/descriptors.ts'
import { type Decoded, decodePhoto } from './decode.ts'
import type { RefusedHeader } from './decoder.ts'
import { isCopy, leastSharpness } from './quality.ts'

export const VERDICTS = [
  'MISSING',
  'UNSUPPORTED',
  'UNREADABLE',
  'TOO_LARGE',
  'TOO_SMALL',
  'BLURRED',
  'DUPLICATE',
] as const

export type PhotoVerdict = (typeof VERDICTS)[number]

export interface PhotoSource {
  /** How messages name it. */
  readonly name: string
  /** The file as it was uploaded; undefined when it never came. One photo is in memory at a time. */
  read(): Promise<Uint8Array | undefined>
}

interface PhotoRules {
  /** Pixels of a side the base was trained for: the least of a photo's shorter side. */
  readonly size: number
  readonly maxBytes?: number
}

export interface AcceptedPhoto {
  readonly accepted: true
  /** Of the uploaded file. */
  readonly sourceSha256: string
  readonly png: Buffer
  /** Of the PNG. */
  readonly sha256: string
  readonly width: number
  readonly height: number
}

export interface RejectedPhoto {
  readonly accepted: false
  /** Undefined when there was no file. */
  readonly sourceSha256: string | undefined
  readonly verdict: PhotoVerdict
  /** Names the limit and the next step; follows the photo's name. */
  readonly reason: string
  /** With the name. */
  readonly message: string
}

export type CheckedPhoto = AcceptedPhoto | RejectedPhoto

const MAX_BYTES = 50_000_000
/** The engine reads no smaller photos, whatever the base. */
const MIN_SIDE = 64
/** Four times what the largest base trains at; what is larger is reduced to it. */
const MAX_SIDE = 4096

const NEXT: Readonly<Record<PhotoVerdict, string>> = {
  MISSING: 'Upload it again.',
  UNSUPPORTED: `Save it as ${READABLE}.`,
  UNREADABLE: 'Replace the photo.',
  TOO_LARGE: 'Send a smaller version.',
  TOO_SMALL: 'Send a larger version; enlarging this one does not help.',
  BLURRED: 'Take a sharper photo.',
  DUPLICATE: 'Send another photo.',
}

const hashOf = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

/**
 * The photos in their order, each as soon as it is checked. Nothing a photo holds stops the others.
 * @throws AppError SERVICE_UNAVAILABLE when no decoder can be started; what `read` throws.
 */
export async function* checkPhotos(photos: Iterable<PhotoSource>, rules: PhotoRules): AsyncGenerator<CheckedPhoto> {
  const kept: { name: string; print: Uint8Array }[] = []
  for (const { name, read } of photos) {
    const data = await read()
    const sourceSha256 = data && hashOf(data)
    const reject = (verdict: PhotoVerdict, what: string, next = NEXT[verdict]): CheckedPhoto => {
      const reason = `${what}. ${next}`
      return { accepted: false, sourceSha256, verdict, reason, message: `${name} ${reason}` }
    }
    const found = data ? await inspect(data, rules) : refuse('MISSING', 'was not uploaded')
    if ('refused' in found) {
      yield reject(found.refused, found.reason, found.next)
      continue
    }
    const copy = kept.find(({ print }) => isCopy(print, found.print))
    if (copy) {
      yield reject('DUPLICATE', `shows the same as ${copy.name}`)
      continue
    }
    kept.push({ name, print: found.print })
    const { png, width, height } = found
    yield { accepted: true, sourceSha256: hashOf(data!), png, sha256: hashOf(png), width, height }
  }
}

interface Refused extends Omit<RefusedHeader, 'refused'> {
  readonly refused: PhotoVerdict
  /** Where it is another one than of the verdict. */
  readonly next?: string
}
const refuse = (refused: PhotoVerdict, reason: string): Refused => ({ refused, reason })

async function inspect(data: Uint8Array, { size, maxBytes = MAX_BYTES }: PhotoRules): Promise<Decoded | Refused> {
  if (data.byteLength === 0) return refuse('UNREADABLE', 'is empty')
  if (data.byteLength > maxBytes)
    return refuse('TOO_LARGE', `has ${data.byteLength} bytes; at most ${maxBytes} are taken`)
  const format = sniffFormat(data)
  if (!format) {
    const { what, next } = describeUnreadable(data)
    return { refused: 'UNSUPPORTED', reason: `${what}, whatever its name says`, next }
  }
  const minSide = Math.max(MIN_SIDE, size)
  const limits = { maxPixels: MAX_PIXELS[format], minSide, maxSide: MAX_SIDE, loaders: LOADERS }
  const found: Decoded | Refused = await decodePhoto(data, limits)
  if ('refused' in found) return found
  const least = leastSharpness(minSide)
  if (found.sharpness >= least) return found
  return refuse('BLURRED', `is blurred: its sharpness is ${Math.round(found.sharpness)}, the least is ${least}`)
}

/** Names a complete set: SHA-256 over the hashes of its accepted photos in their order. */
export function photoSetHash(sha256s: readonly string[]): string {
  return hashOf(Buffer.from(`semblance-photo-set-1\n${sha256s.join('\n')}\n`))
}
