/** Which picture files are read, known by their first bytes, and what the others are called. */

export type PhotoFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF'

/** As messages name them. */
export const READABLE = 'JPEG, PNG, WebP or AVIF'

/** By the file's name, before it is opened. */
export const PHOTO_EXTENSIONS: readonly string[] = ['.jpg', '.jpeg', '.jfif', '.png', '.webp', '.avif']

/**
 * Pixels of a photo at most. Phones take 48 and 108 megapixels; JPEG and WebP are made smaller while they are decoded, PNG line by line.
 * AVIF is decoded whole, in 24 bytes a pixel.
 */
export const MAX_PIXELS: Readonly<Record<PhotoFormat, number>> = {
  JPEG: 120_000_000,
  PNG: 120_000_000,
  WebP: 120_000_000,
  AVIF: 24_000_000,
}

/** The decoders of libvips that may run: it chooses by content among dozens. */
export const LOADERS = ['Jpeg', 'Png', 'Webp', 'Heif'].map(format => `VipsForeignLoad${format}Buffer`)

const START = 64
const startOf = (data: Uint8Array): string =>
  Buffer.from(data.buffer, data.byteOffset, Math.min(START, data.byteLength)).toString('latin1')

/** Brands of an ISO media file: its own and those it is compatible with. */
function brandsOf(start: string): string[] {
  if (start.slice(4, 8) !== 'ftyp') return []
  const length = Math.min(start.charCodeAt(2) * 256 + start.charCodeAt(3), start.length)
  return [start.slice(8, 12), ...(start.slice(16, length).match(/.{4}/gs) ?? [])]
}

/** Undefined for all that is not read. */
export function sniffFormat(data: Uint8Array): PhotoFormat | undefined {
  const start = startOf(data)
  if (start.startsWith('\xff\xd8\xff')) return 'JPEG'
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'PNG'
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'WebP'
  return brandsOf(start).includes('avif') ? 'AVIF' : undefined
}

const JPEG_ADVICE = 'Save it as JPEG.'
const HEIC_ADVICE =
  'Save it as JPEG; an iPhone takes JPEG itself with Settings, Camera, Formats, Most Compatible, and sends it with Automatic under Photos.'

/** First bytes of what people take for photos, its name, and what to do. */
const OTHERS: readonly (readonly [RegExp, string, string])[] = [
  [/^.{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)/s, 'a HEIC photo', HEIC_ADVICE],
  [/^.{4}ftyp/s, 'a video', 'Save a picture of it as JPEG.'],
  [/^GIF8/, 'a GIF', JPEG_ADVICE],
  [/^(?:II\*\0|MM\0\*)/, 'a TIFF or camera raw file', JPEG_ADVICE],
  [/^BM/, 'a BMP', JPEG_ADVICE],
  [/^(?:\xff\n|.{4}JXL )/s, 'a JPEG XL', JPEG_ADVICE],
  [/^.{4}jP {2}/s, 'a JPEG 2000', JPEG_ADVICE],
  [/^%PDF/, 'a PDF', 'Save its picture as JPEG.'],
]

export interface Unreadable {
  /** Continues "the photo ...". */
  readonly what: string
  readonly next: string
}

/** Says of a file that `sniffFormat` doesn't know what it is and what to do with it. */
export function describeUnreadable(data: Uint8Array): Unreadable {
  const start = startOf(data)
  const found = OTHERS.find(([pattern]) => pattern.test(start))
  return {
    what: `is ${found ? `${found[1]}, ` : ''}not a ${READABLE} image`,
    next: found?.[2] ?? `Save it as ${READABLE}.`,
  }
}
