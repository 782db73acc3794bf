/**
 * Photos in and pictures out: files to float planes in -1..1 and back.
 *
 * libvips decides by content which decoder runs, so a file called .png may reach any of dozens. Here only what `formats.ts`
 * knows passes our own look at the first bytes, every other loader is blocked, and the pixel count is known before anything is decoded.
 */

import { readFile, stat } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { AppError, invariant } from '../../../errors.ts'
import { appendBytes, writeAtomically } from '../../../files/atomic.ts'
import { systemCode } from '../../../files/json.ts'
import { describeUnreadable, LOADERS, MAX_PIXELS, sniffFormat } from './formats.ts'
import { areaOf, type PictureSize, sizeText } from './size.ts'

sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: LOADERS })

const MIN_SIDE = 64
const MAX_FILE_BYTES = 100_000_000
/** What no photo has: the limit of its own format is looked at first. */
const ALL_PIXELS = Math.max(...Object.values(MAX_PIXELS))

const REPLACE = 'Replace or remove the photo.'

/**
 * A photo as [3, H, W] values in -1..1 (x / 127.5 - 1, sRGB): EXIF orientation applied, alpha flattened on white, resized with
 * Lanczos until it covers `size`, the centre cropped; never stretched. Throws IMAGE_INVALID naming the file (or `name`) and the reason.
 */
export async function loadImage(
  source: string | Uint8Array,
  size: PictureSize,
  name = typeof source === 'string' ? source : 'the image',
  minSide = MIN_SIDE,
): Promise<Float32Array> {
  const data = typeof source === 'string' ? await readPhoto(source) : source
  await assertPhoto(name, data, minSide)
  const pixels = await decode(name, () =>
    photo(data)
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize(size.width, size.height, {
        fit: 'cover',
        position: 'centre',
        kernel: 'lanczos3',
        fastShrinkOnLoad: false,
      })
      .raw({ depth: 'uchar' })
      .toBuffer(),
  )
  return toPlanes(pixels, areaOf(size))
}

function photo(data: Uint8Array): Sharp {
  return sharp(data, { limitInputPixels: ALL_PIXELS, failOn: 'error' })
}

async function readPhoto(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) throw invalid(path, `has ${size} bytes; at most ${MAX_FILE_BYTES} are read`)
    return await readFile(path)
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = systemCode(error)
    throw invalid(path, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`, error)
  }
}

/** Where a photo's pixels come from, `[height, width]` or `[top, left]`: the upright original, the crop of the resized one, its size. */
export type PhotoFrame = {
  readonly original: readonly [number, number]
  readonly crop: readonly [number, number]
  readonly target: readonly [number, number]
}

/** A photo as `loadImage` gives it, and the frame of it that was cut out. Errors as there. */
export async function loadFramed(
  source: string | Uint8Array,
  wanted: PictureSize | ((original: PictureSize) => PictureSize),
  name = typeof source === 'string' ? source : 'the image',
  minSide = MIN_SIDE,
) {
  const data = typeof source === 'string' ? await readPhoto(source) : source
  await assertPhoto(name, data, minSide)
  const { autoOrient } = await photo(data).metadata()
  const size = typeof wanted === 'function' ? wanted(autoOrient) : wanted
  return { pixels: await loadImage(data, size, name, minSide), frame: frameOf(autoOrient, size), size }
}

/** Resized until it covers `size`, the middle of the longer side is kept. */
function frameOf({ width, height }: PictureSize, size: PictureSize): PhotoFrame {
  const scale = Math.max(size.width / width, size.height / height)
  const start = (side: number, kept: number) => Math.floor((Math.round(side * scale) - kept) / 2)
  return {
    original: [height, width],
    crop: [start(height, size.height), start(width, size.width)],
    target: [size.height, size.width],
  }
}

/** Checks format and sides by the header alone. */
async function assertPhoto(name: string, data: Uint8Array, minSide: number): Promise<void> {
  if (data.byteLength === 0) throw invalid(name, 'is empty')
  const format = sniffFormat(data)
  if (!format) {
    const { what, next } = describeUnreadable(data)
    throw new AppError('IMAGE_INVALID', `${name} ${what}`, next)
  }
  const { width, height } = await decode(name, () =>
    sharp(data, { limitInputPixels: false, failOn: 'error' }).metadata(),
  )
  const sides = `is ${width} x ${height} pixels`
  const limit = MAX_PIXELS[format]
  if (width * height > limit) throw invalid(name, `${sides}; of a ${format} at most ${limit / 1e6} megapixels are read`)
  if (Math.min(width, height) < minSide) throw invalid(name, `${sides}; each side needs at least ${minSide}`)
}

async function decode<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw invalid(name, `is damaged or cut off (${reason})`, error)
  }
}

function invalid(name: string, what: string, cause?: unknown): AppError {
  return new AppError('IMAGE_INVALID', `${name} ${what}`, REPLACE, cause)
}

/** Interleaved bytes to planes. */
function toPlanes(pixels: Uint8Array, count: number): Float32Array {
  const planes = new Float32Array(3 * count)
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) planes[c * count + i] = pixels[3 * i + c]! / 127.5 - 1
  }
  return planes
}

/** Writes [3, H, W] values in -1..1 (clamped) as PNG, whole or not at all. Throws STORAGE_FAILED; IMAGE_INVALID for NaN. */
export async function saveImage(path: string, pixels: Float32Array, size: PictureSize): Promise<void> {
  await savePng(path, toBytes(path, pixels, size), size)
}

/**
 * Writes pictures of one size in rows of `columns`, left to right; free places stay white. Errors as saveImage.
 */
export async function saveGrid(
  path: string,
  images: readonly Float32Array[],
  columns: number,
  size: PictureSize,
): Promise<void> {
  if (images.length === 0)
    throw new AppError('INPUT_INVALID', `${path}: a grid needs at least one picture`, 'Generate one first.')
  const { height, width } = size
  const across = Math.min(columns, images.length)
  const grid = { width: across * width, height: Math.ceil(images.length / across) * height }
  const bytes = new Uint8Array(grid.width * grid.height * 3).fill(255)
  for (const [i, image] of images.entries()) {
    const picture = toBytes(path, image, size)
    const corner = (Math.floor(i / across) * height * grid.width + (i % across) * width) * 3
    for (let y = 0; y < height; y++) {
      bytes.set(picture.subarray(y * width * 3, (y + 1) * width * 3), corner + y * grid.width * 3)
    }
  }
  await savePng(path, bytes, grid)
}

/** The bytes of the file that `saveImage` writes; `name` stands for it in messages. Throws IMAGE_INVALID for NaN. */
export async function encodePng(name: string, pixels: Float32Array, size: PictureSize): Promise<Uint8Array> {
  return pngOf(toBytes(name, pixels, size), size)
}

const pngOf = (bytes: Uint8Array, { width, height }: PictureSize): Promise<Uint8Array> =>
  sharp(bytes, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()

async function savePng(path: string, bytes: Uint8Array, size: PictureSize): Promise<void> {
  const png = await pngOf(bytes, size)
  await writeAtomically(path, file => appendBytes(file, png))
}

/** Planes in -1..1 to interleaved bytes, rounded. */
export function toBytes(path: string, planes: Float32Array, size: PictureSize): Uint8Array {
  const count = areaOf(size)
  invariant(planes.length === 3 * count, `${path}: ${planes.length} values are no picture of ${sizeText(size)}`)
  const bytes = new Uint8Array(planes.length)
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) {
      const value = planes[c * count + i]!
      if (Number.isNaN(value)) {
        throw new AppError(
          'IMAGE_INVALID',
          `${path}: the picture has values that are not finite`,
          'Draw it in float32.',
        )
      }
      bytes[3 * i + c] = Math.round(Math.min(1, Math.max(-1, value)) * 127.5 + 127.5)
    }
  }
  return bytes
}
