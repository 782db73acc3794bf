/**
 * Decodes one stranger's photo in a process of its own: bytes on stdin; on stdout the line `ready`, then one line of JSON and,
 * for a good photo, its picture as PNG. The process has no secrets, no network of ours and little memory; it may die of anything.
 */
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { PRINT, sharpness } from './quality.ts'

export interface DecoderLimits {
  readonly maxPixels: number
  readonly minSide: number
  /** A longer side than this is reduced to it. */
  readonly maxSide: number
  /** The decoders of libvips that may run: it chooses by content among dozens. */
  readonly loaders: string[]
}

export interface DecodedHeader {
  readonly width: number
  readonly height: number
  readonly sharpness: number
  /** Base64 of the print. */
  readonly print: string
}

export interface RefusedHeader {
  readonly refused: 'UNREADABLE' | 'TOO_LARGE' | 'TOO_SMALL'
  readonly reason: string
}

type Answer = { header: RefusedHeader } | { header: DecodedHeader; png: Buffer }

async function decode(data: Buffer, { maxPixels, minSide, maxSide }: Omit<DecoderLimits, 'loaders'>): Promise<Answer> {
  const { width, height } = await sharp(data, { limitInputPixels: false, failOn: 'error' }).metadata()
  const sides = `is ${width} x ${height} pixels`
  if (width * height > maxPixels)
    return refuse('TOO_LARGE', `${sides}; at most ${maxPixels / 1e6} megapixels are taken`)
  const { data: pixels, info } = await sharp(data, { limitInputPixels: maxPixels, failOn: 'error' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  if (Math.min(info.width, info.height) < minSide)
    return refuse('TOO_SMALL', `${sides}; the shorter side needs ${minSide}`)
  const picture = () => sharp(pixels, { raw: { width: info.width, height: info.height, channels: info.channels } })
  const grey = await picture()
    .greyscale()
    .resize(minSide, minSide, { fit: 'outside', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const print = await picture().greyscale().resize(PRINT.width, PRINT.height, { fit: 'fill' }).raw().toBuffer()
  return {
    header: {
      width: info.width,
      height: info.height,
      sharpness: sharpness({ ...grey.info, values: grey.data }),
      print: print.toString('base64'),
    },
    png: await picture().png().toBuffer(),
  }
}

const refuse = (refused: RefusedHeader['refused'], reason: string): Answer => ({ header: { refused, reason } })

async function main(): Promise<void> {
  const { loaders, ...limits } = JSON.parse(process.argv[2] ?? '') as DecoderLimits
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: loaders })
  sharp.cache(false)
  sharp.concurrency(1)
  // What fails before this line is a fault of the machine, what fails after it is the photo's.
  await sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } })
    .resize(8)
    .png()
    .toBuffer()
  process.stdout.write('ready\n')
  const answer = await decode(await buffer(process.stdin), limits).catch((error: unknown) => {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    return /(out of|insufficient) memory/i.test(reason)
      ? refuse('TOO_LARGE', 'takes more memory to decode than a photo may')
      : refuse('UNREADABLE', `is damaged or cut off (${reason.slice(0, 200)})`)
  })
  process.stdout.write(`${JSON.stringify(answer.header)}\n`)
  if ('png' in answer) process.stdout.write(answer.png)
}

await main()
