/** Finds the photos in a folder, with their captions where metadata.jsonl gives some. */

import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { AppError } from '../../../errors.ts'
import { parseJsonObject, readTextIfPresent, systemCode } from '../../../files/json.ts'

export type ListedImage = {
  readonly path: string
  readonly name: string
  /** The caption, from metadata.jsonl ({"file_name": ..., "text": ...} per line, as in Hugging Face image folders). */
  readonly text?: string
}

const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp']
const NEXT = 'Name a folder with the JPEG, PNG or WebP photos of one subject.'

/**
 * The photos directly in `folder`, sorted by name; hidden files are left out, nothing is opened. Throws INPUT_INVALID when the
 * folder is missing, no folder or without photos (naming what it holds), or when metadata.jsonl is broken or names no photo of it.
 */
export async function listImages(folder: string): Promise<ListedImage[]> {
  const entries = (await readFolder(folder)).filter(name => !name.startsWith('.')).sort()
  const names = entries.filter(name => EXTENSIONS.includes(extname(name).toLowerCase()))
  if (names.length === 0) throw new AppError('INPUT_INVALID', `${folder} has no photos: ${describe(entries)}`, NEXT)
  const captions = await readCaptions(join(folder, 'metadata.jsonl'), names)
  return names.map(name => {
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

function describe(entries: readonly string[]): string {
  if (entries.length === 0) return 'it is empty'
  const more = entries.length > 5 ? ` and ${entries.length - 5} more` : ''
  return `it holds ${entries.slice(0, 5).join(', ')}${more}`
}

async function readCaptions(path: string, names: readonly string[]): Promise<Map<string, string>> {
  const captions = new Map<string, string>()
  const lines = (await readTextIfPresent(path, 'INPUT_INVALID'))?.split('\n') ?? []
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const where = `${path}, line ${i + 1}`
    const { file_name: name, text } = parseJsonObject(line, where, 'INPUT_INVALID')
    const next = 'Write {"file_name": "photo.jpg", "text": "caption"} on each line.'
    if (typeof name !== 'string' || typeof text !== 'string') {
      throw new AppError('INPUT_INVALID', `${where} lacks file_name or text`, next)
    }
    if (!names.includes(name)) throw new AppError('INPUT_INVALID', `${where} names ${name}, which is not there`, next)
    captions.set(name, text)
  }
  return captions
}
