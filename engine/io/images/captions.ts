/**
 * The captions of a folder's photos, from all that the trade writes them in: metadata.jsonl and metadata.csv (Hugging Face image
 * folders), and a text file beside each photo (kohya and the web UIs).
 */
import { basename, extname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { AppError } from '../../../errors.ts'
import { parseJsonObject, readTextIfPresent } from '../../../files/json.ts'
import type { OnWarning } from '../../../warnings.ts'

const LISTS = ['metadata.jsonl', 'metadata.csv'] as const
const BESIDE = ['.txt', '.caption']
const NEXT =
  'Give each line file_name and text: {"file_name": "photo.jpg", "text": "caption"}, or columns of these names.'

/** A line of a list: which photo it is about, and what it says. */
interface Line {
  readonly where: string
  readonly record: Readonly<Record<string, unknown>>
}

/** Names that look the same are the same: file systems differ in how they store accents. */
const same = (name: string): string => name.normalize('NFC')

/**
 * @param entries all names in the folder
 * @param photos those that are photos
 * @returns captions by photo, and the entries that they came from
 * @throws AppError INPUT_INVALID naming the file and line that is broken or names no photo of the folder
 */
export async function readCaptions(
  folder: string,
  entries: readonly string[],
  photos: readonly string[],
  onWarning: OnWarning,
): Promise<{ captions: ReadonlyMap<string, string>; sources: ReadonlySet<string> }> {
  const captions = new Map<string, { text: string; from: string }>()
  const sources = new Set<string>()
  const known = new Map(photos.map(name => [same(name), name]))
  const add = (photo: string, text: string, from: string): void => {
    const earlier = captions.get(photo)
    if (!earlier) return void captions.set(photo, { text, from })
    if (earlier.text === text) return
    const message = `${photo} has a caption in ${earlier.from} and another one in ${from}, which is not used`
    onWarning({ code: 'CAPTION_UNUSED', message })
  }
  for (const list of LISTS.filter(name => entries.includes(name))) {
    sources.add(list)
    for (const { where, record } of await readList(join(folder, list))) {
      const { file_name: name, text } = record
      if (typeof name !== 'string' || typeof text !== 'string') throw incomplete(where, record)
      const photo = known.get(same(name))
      if (photo === undefined)
        throw new AppError('INPUT_INVALID', `${where} names ${name}, which is not a photo in the folder`, NEXT)
      add(photo, text, list)
    }
  }
  for (const photo of photos) {
    const stem = same(basename(photo, extname(photo)))
    for (const file of entries.filter(name => BESIDE.some(ending => same(name) === stem + ending))) {
      sources.add(file)
      const text = (await readTextIfPresent(join(folder, file), 'INPUT_INVALID'))?.trim().replace(/\s*\r?\n\s*/g, ' ')
      if (text) add(photo, text, file)
    }
  }
  warnOfMissing(photos, captions, onWarning)
  return { captions: new Map([...captions].map(([photo, { text }]) => [photo, text])), sources }
}

async function readList(path: string): Promise<Line[]> {
  const text = (await readTextIfPresent(path, 'INPUT_INVALID')) ?? ''
  return path.endsWith('.csv') ? readCsv(path, text) : readJsonLines(path, text)
}

const readJsonLines = (path: string, text: string): Line[] =>
  text.split('\n').flatMap((line, i) => {
    const where = `${path}, line ${i + 1}`
    return line.trim() === '' ? [] : [{ where, record: parseJsonObject(line, where, 'INPUT_INVALID') }]
  })

function readCsv(path: string, text: string): Line[] {
  try {
    const rows: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
      columns: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
    })
    return rows.map(({ record, info }) => ({ where: `${path}, line ${info.lines}`, record }))
  } catch (error) {
    throw new AppError('INPUT_INVALID', `${path} is not a CSV file: ${(error as Error).message}`, NEXT, error)
  }
}

function incomplete(where: string, record: Line['record']): AppError {
  const missing = ['file_name', 'text'].filter(key => typeof record[key] !== 'string')
  const message = `${where} lacks ${missing.join(' and ')}; it has ${Object.keys(record).join(', ') || 'nothing'}`
  return new AppError('INPUT_INVALID', message, NEXT)
}

/** None at all is a way to train; some without is mostly an oversight. */
function warnOfMissing(photos: readonly string[], captions: ReadonlyMap<string, unknown>, onWarning: OnWarning): void {
  const missing = photos.filter(photo => !captions.has(photo))
  if (captions.size === 0 || missing.length === 0) return
  const message = `${missing.length} of ${photos.length} photos have no caption: ${missing.slice(0, 5).join(', ')}; a plain one is used`
  onWarning({ code: 'CAPTION_MISSING', message })
}
