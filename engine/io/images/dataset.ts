/**
 * Reads training sets picture by picture: what the portrait renderer wrote (images.u8, attributes.jsonl), or a folder of
 * images with metadata.jsonl. Captions are kept in memory, pictures stay on the disk until they are asked for.
 */

import { createHash } from 'node:crypto'
import { open, readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { AppError } from '../../../errors.ts'
import { isObject, parseJsonObject, readTextIfPresent } from '../../../files/json.ts'
import { PHOTO_EXTENSIONS } from './formats.ts'
import { loadImage } from './image.ts'
import { square } from './size.ts'

export interface Dataset {
  readonly folder: string
  /** Pictures. */
  readonly count: number
  /** Of captions, names and sizes: distinguishes two sets without reading the pixels. */
  readonly hash: string
  /** `[3, size, size]` in -1..1. Throws IMAGE_INVALID naming the file. */
  image(index: number): Promise<Float32Array>
  /** The variants of a picture's caption; none only where no captions were asked for. */
  captions(index: number): readonly string[]
}

export interface DatasetOptions {
  /** Pixels of a side that the pictures must have or are brought to. */
  readonly size: number
  /** Whether every picture needs a caption. */
  readonly captions: boolean
}

const PACKED = 'images.u8'
const NEXT = `Name a folder with ${PACKED} and attributes.jsonl, or with images and metadata.jsonl.`

/** Opens a training set. Throws INPUT_INVALID naming the folder, file or line at fault. */
export async function openDataset(folder: string, options: DatasetOptions): Promise<Dataset> {
  const names = await readdir(folder).catch(async error => {
    const isFile = (await stat(folder).catch(() => undefined)) !== undefined
    throw new AppError('INPUT_INVALID', `${folder} ${isFile ? 'is not a folder' : 'does not exist'}`, NEXT, error)
  })
  if (names.includes(PACKED)) return openPacked(folder, options)
  const images = names
    .filter(name => PHOTO_EXTENSIONS.includes(extname(name).toLowerCase()) && !name.startsWith('.'))
    .sort()
  if (images.length > 0) return openImages(folder, images, options)
  const held = names.length > 0 ? `it holds ${names.sort().slice(0, 5).join(', ')}` : 'it is empty'
  throw new AppError('INPUT_INVALID', `${folder} is not a training set: ${held}`, NEXT)
}

/** Pictures of equal size, one after the other as interleaved bytes; a line of attributes for each. */
async function openPacked(folder: string, { size, captions }: DatasetOptions): Promise<Dataset> {
  const [path, linesPath] = [join(folder, PACKED), join(folder, 'attributes.jsonl')]
  const text = await readTextIfPresent(linesPath, 'INPUT_INVALID')
  if (text === undefined) throw new AppError('INPUT_INVALID', `${linesPath} is missing`, NEXT)
  const variants = readLines(text, linesPath).map(({ line, where }) => captionsOf(line.captions, where, captions))
  const { size: bytes } = await stat(path)
  const side = Math.sqrt(bytes / variants.length / 3)
  if (!Number.isInteger(side) || side === 0) {
    const message = `${path} has ${bytes} bytes, which are not ${variants.length} square pictures as attributes.jsonl says`
    throw new AppError('INPUT_INVALID', message, 'The data set is cut off: write it again.')
  }
  if (side !== size) {
    const message = `${path} holds pictures of ${side} px, the base takes ${size} px`
    throw new AppError('INPUT_INVALID', message, 'Render the data set at the size of the base.')
  }
  return {
    folder,
    count: variants.length,
    hash: createHash('sha256').update(text).update(`\0${bytes}`).digest('hex'),
    captions: index => variants[index] ?? [],
    image: async index => toPlanes(await readRange(path, index * side * side * 3, side * side * 3), side * side),
  }
}

async function readRange(path: string, from: number, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const data = new Uint8Array(bytes)
    const { bytesRead } = await file.read(data, 0, bytes, from)
    if (bytesRead === bytes) return data
    throw new AppError(
      'IMAGE_INVALID',
      `${path} ended early: it changed while it was read`,
      'Write the data set again.',
    )
  } finally {
    await file.close()
  }
}

/** Interleaved bytes to planes in -1..1. */
function toPlanes(pixels: Uint8Array, count: number): Float32Array {
  const planes = new Float32Array(3 * count)
  for (let i = 0; i < count; i++)
    for (let channel = 0; channel < 3; channel++)
      planes[channel * count + i] = (pixels[3 * i + channel] ?? 0) / 127.5 - 1
  return planes
}

async function openImages(folder: string, names: readonly string[], options: DatasetOptions): Promise<Dataset> {
  const path = join(folder, 'metadata.jsonl')
  const text = await readTextIfPresent(path, 'INPUT_INVALID')
  const known = new Map(
    readLines(text ?? '', path).map(({ line, where }) => {
      const { file_name: name } = line
      if (typeof name === 'string' && names.includes(name))
        return [name, captionsOf(line.text, where, options.captions)] as const
      throw new AppError('INPUT_INVALID', `${where} names ${name ?? 'no file'}, which is not there`, METADATA)
    }),
  )
  const bare = options.captions ? names.filter(name => !known.has(name)) : []
  if (bare.length > 0) {
    const what = text === undefined ? `${path} is missing` : `${path} has no line for ${bare.length} of ${names.length}`
    throw new AppError('INPUT_INVALID', `no caption for ${bare.slice(0, 3).join(', ')}: ${what}`, METADATA)
  }
  const hash = createHash('sha256').update(text ?? '')
  for (const name of names) hash.update(`\0${name}\0${(await stat(join(folder, name))).size}`)
  return {
    folder,
    count: names.length,
    hash: hash.digest('hex'),
    captions: index => known.get(names[index] ?? '') ?? [],
    image: index => loadImage(join(folder, names[index] ?? ''), square(options.size)),
  }
}

const METADATA = 'Write {"file_name": "a.jpg", "text": "caption"} on each line; text may be a list of variants.'

function readLines(text: string, path: string) {
  return text.split('\n').flatMap((line, i) => {
    const where = `${path}, line ${i + 1}`
    return line.trim() === '' ? [] : [{ line: parseJsonObject(line, where, 'INPUT_INVALID'), where }]
  })
}

/** One caption or a list of variants, both as a list. */
function captionsOf(value: unknown, where: string, needed: boolean): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || isObject(value) ? [] : [value]
  const texts = list.filter(one => typeof one === 'string' && one.trim() !== '')
  if (texts.length === list.length && (texts.length > 0 || !needed)) return texts as string[]
  throw new AppError('INPUT_INVALID', `${where} has no caption (a text or a list of texts)`, METADATA)
}
