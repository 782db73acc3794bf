/** Converts an adapter from one dialect to another, completely or not at all. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Base } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import { storageError } from '../../files/atomic.ts'
import type { OnWarning } from '../../warnings.ts'
import type { PublishedFamily } from './family-evidence.ts'
import { findFormat, type ReadRecord, readRecord, writeRecord } from './index.ts'
import type { AdapterRecord } from './record.ts'
import { assertRecordNumbers } from './serve.ts'
import { openSource } from './source.ts'
import { baseTarget } from './target.ts'

export interface ConvertOptions {
  /** Name of the dialect to write. */
  readonly to: string
  /** A folder, or for dialects of one file a path that ends with .safetensors. */
  readonly out: string
  /** What the adapter is for; absent: a published model. */
  readonly base?: Base | undefined
  /** Which published model, where the file fits several and says nothing. */
  readonly family?: PublishedFamily | undefined
  /** The words that call the subject, where the file does not have them. */
  readonly subject?: string | undefined
  /** Keeps every alpha as it is, though some readers of the format do not read each. */
  readonly exact?: boolean | undefined
  /** Writes pairs and words as files of their own. */
  readonly split?: boolean | undefined
  readonly onWarning?: OnWarning | undefined
}

interface Converted extends ReadRecord {
  /** Paths of what was written. */
  readonly files: readonly string[]
}

/** @throws AppError ADAPTER_INVALID for what cannot be read, INPUT_INVALID for what the other dialect has no names for. */
export async function convertAdapter(
  path: string,
  { to, out, base, family, subject, exact, split, onWarning }: ConvertOptions,
): Promise<Converted> {
  findFormat(to)
  const read = await readRecord(await openSource(path), base, family)
  if (read.families.length > 1) throw ambiguous(read.families)
  assertRecordNumbers(read.record)
  const record = withWords(read.record, subject)
  const target = base ? baseTarget(base) : read.target
  const work = await makeWork(dirname(resolve(out)))
  try {
    const names = await writeRecord(record, to, target, work, { exact, split, onWarning })
    return { ...read, record, files: await place(work, names, out) }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

const ambiguous = (families: readonly string[]): AppError =>
  new AppError(
    'INPUT_INVALID',
    `the adapter fits ${families.join(' and ')}, and nothing in the file says which it is for`,
    `Name it with --family ${families[0]}, or name its base with --base FOLDER.`,
  )

/** Beside what is written, so that moving it there is one step. */
async function makeWork(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true })
    return await mkdtemp(join(parent, '.convert-'))
  } catch (error) {
    throw storageError(parent, error)
  }
}

function withWords(record: AdapterRecord, words: string | undefined): AdapterRecord {
  if (!words) return record
  if (record.kind === 'tokens') return { ...record, placeholder: words }
  const { manifest } = record
  return { ...record, subject: words, ...(manifest ? { manifest: { ...manifest, subject: words } } : {}) }
}

const isFile = (out: string): boolean => out.endsWith('.safetensors')

async function place(work: string, names: readonly string[], out: string): Promise<string[]> {
  if (isFile(out) && names.length > 1)
    throw new AppError('INPUT_INVALID', `it takes ${names.length} files: ${names.join(', ')}`, 'Name a folder.')
  const placed = names.map(name => (isFile(out) ? out : join(out, name)))
  for (const [i, path] of placed.entries()) {
    try {
      await mkdir(dirname(path), { recursive: true })
      await rename(join(work, names[i] ?? ''), path)
    } catch (error) {
      throw storageError(path, error)
    }
  }
  return placed
}
