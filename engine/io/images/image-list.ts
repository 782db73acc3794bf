/** Finds the photos in a folder, with their captions; whatever else lies there is named. */
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { AppError } from '../../../errors.ts'
import { systemCode } from '../../../files/json.ts'
import type { OnWarning } from '../../../warnings.ts'
import { readCaptions } from './captions.ts'
import { PHOTO_EXTENSIONS, READABLE } from './formats.ts'

export type ListedImage = {
  readonly path: string
  readonly name: string
  /** The caption, where the folder has one for it. See `readCaptions`. */
  readonly text?: string
}

/** Files of cameras and phones that are photos to people. */
const OTHER_PHOTOS = /\.(heic|heif|hif|gif|bmp|tiff?|jxl|jp2|dng|cr[23]|nef|arw|raf|orf|rw2)$/i
const NEXT = `Name a folder with the ${READABLE} photos of one subject.`

/**
 * The photos directly in `folder`, sorted by name; hidden files are left out, nothing is opened. Photos of other formats,
 * sub-folders and files that nobody reads are told to `onWarning`.
 * @throws AppError INPUT_INVALID when the folder is missing, no folder or without photos (naming what it holds), or when its
 *   captions are broken or name no photo of it
 */
export async function listImages(folder: string, onWarning: OnWarning): Promise<ListedImage[]> {
  const entries = (await readFolder(folder)).filter(name => !name.startsWith('.')).sort()
  const photos = entries.filter(name => PHOTO_EXTENSIONS.includes(extname(name).toLowerCase()))
  if (photos.length === 0) throw new AppError('INPUT_INVALID', `${folder} has no photos: ${describe(entries)}`, NEXT)
  const { captions, sources } = await readCaptions(folder, entries, photos, onWarning)
  const rest = entries.filter(name => !photos.includes(name) && !sources.has(name))
  await warnOfRest(folder, rest, onWarning)
  return photos.map(name => {
    const text = captions.get(name)
    return { path: join(folder, name), name, ...(text !== undefined && { text }) }
  })
}

async function readFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    const isFile = await stat(folder).then(
      stats => stats.isFile(),
      () => false,
    )
    const code = systemCode(error)
    const what = code === 'ENOENT' ? 'does not exist' : isFile ? 'is a file, not a folder' : `cannot be read (${code})`
    throw new AppError('INPUT_INVALID', `${folder} ${what}`, NEXT, error)
  }
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`

const describe = (entries: readonly string[]): string =>
  entries.length === 0 ? 'it is empty' : `it holds ${listed(entries)}`

async function warnOfRest(folder: string, names: readonly string[], onWarning: OnWarning): Promise<void> {
  const isFolder = async (name: string) =>
    (await stat(join(folder, name)).catch(() => undefined))?.isDirectory() ?? false
  const folders = (await Promise.all(names.map(isFolder))).flatMap((yes, i) => (yes ? [names[i] ?? ''] : []))
  const photos = names.filter(name => OTHER_PHOTOS.test(name) && !folders.includes(name))
  const others = names.filter(name => !folders.includes(name) && !photos.includes(name))
  const warn = (code: 'PHOTO_SKIPPED' | 'FILE_UNUSED', of: readonly string[], what: string) => {
    if (of.length > 0) onWarning({ code, message: `left out of ${folder}: ${listed(of)} (${what})` })
  }
  warn('PHOTO_SKIPPED', photos, `not ${READABLE}: save them as JPEG to use them`)
  warn('FILE_UNUSED', folders, 'sub-folders are not read: name one of them, or move its photos')
  warn('FILE_UNUSED', others, 'neither photos nor captions of one')
}
