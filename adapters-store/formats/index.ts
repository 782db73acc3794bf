/** The registry of adapter file dialects: a new one is one file and one line here. */
import { join } from 'node:path'
import { type Adapter, type Base, loadAdapter, saveAdapter } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import type { JsonObject } from '../../files/json.ts'
import { type PublishedFamily, possibleFamilies } from './family-evidence.ts'
import { type AdapterSource, type Format, type Imported, invalid, listed, namesOf, notRepresentable } from './format.ts'
import { diffusers } from './pairs/diffusers.ts'
import { diffusersOld } from './pairs/diffusers-old.ts'
import { kohya, kohyaOriginal } from './pairs/kohya.ts'
import { peft } from './pairs/peft.ts'
import { semblance } from './pairs/semblance.ts'
import { publishedTargets } from './published.ts'
import type { AdapterRecord } from './record.ts'
import { assertNumbers, fromAdapter, toAdapter } from './serve.ts'
import { openPart, openSource } from './source.ts'
import { baseTarget, type Target } from './target.ts'
import { embeddingDiffusers } from './tokens/diffusers.ts'
import { embeddingSdxl } from './tokens/sdxl.ts'
import { embeddingSemblance } from './tokens/semblance.ts'
import { embeddingWebui } from './tokens/webui.ts'
import { refuseUnsupported } from './unsupported.ts'

export type { Format, Imported } from './format.ts'
export type { AdapterRecord, LowRankRecord, PairRecord, TokenRows } from './record.ts'

/** In the order in which files are tried. */
export const FORMATS: Readonly<Record<string, Format>> = {
  'embedding-semblance': embeddingSemblance,
  semblance,
  peft,
  kohya,
  'kohya-original': kohyaOriginal,
  'diffusers-old': diffusersOld,
  diffusers,
  'embedding-webui': embeddingWebui,
  'embedding-sdxl': embeddingSdxl,
  'embedding-diffusers': embeddingDiffusers,
}

/** @throws AppError INPUT_INVALID naming the known formats. */
export function findFormat(name: string): Format {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format) return format
  const known = Object.keys(FORMATS).join(', ')
  throw new AppError('INPUT_INVALID', `unknown adapter format "${name}"`, `Choose one of ${known}.`)
}

export const NO_DIALECT = 'has no dialect that is read'

/** @throws AppError ADAPTER_INVALID naming the kind of file, or its first tensors. */
export function detectFormat(source: AdapterSource): Format {
  for (const { weights } of source.parts) refuseUnsupported(weights)
  const format = Object.values(FORMATS).find(one => one.matches(source))
  if (format) return format
  const known = Object.values(FORMATS).map(({ title }) => title)
  throw invalid(`${NO_DIALECT}; it has ${listed(namesOf(source))}`, `Use ${known.join(', ')}.`)
}

export interface ReadRecord {
  readonly record: AdapterRecord
  readonly format: string
  /** What its names and shapes fit: the base, or the first of the published models. */
  readonly target: Target
  /** Where no base was named, all published models that it fits and that the file does not rule out. */
  readonly families: readonly string[]
}

/**
 * Reads an adapter whatever it is for, text encoders and convolutions included.
 * @param base absent: `family`, or the published models that the file's own notes leave possible.
 * @throws AppError ADAPTER_INVALID naming the kind or the tensors.
 */
export async function readRecord(source: AdapterSource, base?: Base, family?: PublishedFamily): Promise<ReadRecord> {
  const format = detectFormat(source)
  const fits: { record: AdapterRecord; target: Target }[] = []
  let first: unknown
  for (const target of base ? [baseTarget(base)] : likelyTargets(source, family)) {
    try {
      fits.push({ record: await format.read(source, target), target })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      first ??= error
    }
  }
  const [fit] = fits
  if (!fit) throw first
  return { ...fit, format: format.name, families: fits.map(({ target }) => target.family) }
}

/** The published models that are possible, the likeliest first: told apart by their context widths. */
function likelyTargets(source: AdapterSource, family: PublishedFamily | undefined): Target[] {
  const possible: readonly string[] = family ? [family] : possibleFamilies(source)
  const sides = new Set(
    source.parts.flatMap(({ weights }) => [...weights.tensors.values()].flatMap(({ shape }) => shape)),
  )
  const likely = sides.has(2048) ? 'sdxl' : sides.has(1024) ? 'sd2' : 'sd1'
  return publishedTargets()
    .filter(({ family }) => possible.includes(family))
    .sort((a, b) => Number(b.family === likely) - Number(a.family === likely))
}

/** Writes a record into a folder and returns the names of its files. @throws AppError INPUT_INVALID, STORAGE_FAILED */
export async function writeRecord(
  record: AdapterRecord,
  name: string,
  target: Target,
  folder: string,
): Promise<string[]> {
  const format = findFormat(name)
  if (format.kind === 'pairs' && record.kind === 'pairs') return format.write(record, target, folder)
  if (format.kind === 'tokens' && record.kind === 'tokens') return format.write(record, target, folder)
  const fitting = Object.values(FORMATS).filter(({ kind }) => kind === record.kind)
  const what = record.kind === 'tokens' ? 'low-rank pairs, not rows of tokens' : 'rows of tokens, not low-rank pairs'
  throw notRepresentable(name, `is one of ${what}`, `Choose one of ${fitting.map(one => one.name).join(', ')}.`)
}

/**
 * Reads a stranger's adapter for serving on a base, whatever dialect it has.
 * @param config adapter_config.json, where there is one.
 * @throws AppError FILE_INVALID when it is not a safetensors file; ADAPTER_INVALID naming the kind or the tensors; ADAPTER_MISMATCH
 */
export async function readAdapter(
  path: string,
  base: Base,
  { config, subject }: Imported & { config?: JsonObject | undefined },
): Promise<{ adapter: Adapter; format: string }> {
  return readAdapterFiles([{ path, config }], base, { subject })
}

export interface AdapterFile {
  readonly path: string
  /** Its adapter_config.json, where it has one. */
  readonly config?: JsonObject | undefined
}

/** The same for an adapter that may have several files. */
export async function readAdapterFiles(
  files: readonly AdapterFile[],
  base: Base,
  { subject }: Imported,
): Promise<{ adapter: Adapter; format: string }> {
  const parts = await Promise.all(files.map(({ path, config }) => openPart(path, config)))
  return adapterOf({ parts }, base, subject)
}

/** The same for a file or folder with what lies beside it, such as a PEFT adapter with its config. */
export const openAdapter = async (path: string, base: Base): Promise<{ adapter: Adapter; format: string }> =>
  adapterOf(await openSource(path), base, '')

async function adapterOf({ parts }: AdapterSource, base: Base, subject: string) {
  const [first] = parts
  if (parts.length === 1 && first?.weights.metadata.semblance !== undefined)
    return { adapter: await readOwn(first.weights.path, base), format: 'semblance' }
  const { record, format } = await readRecord({ parts }, base)
  return { adapter: await toAdapter(record, base, { subject, format }), format }
}

async function readOwn(path: string, base: Base): Promise<Adapter> {
  const adapter = await loadAdapter(path, base)
  assertNumbers(adapter.tensors)
  return adapter
}

/** Writes an adapter into a folder and returns the names of its files. @throws AppError INPUT_INVALID, STORAGE_FAILED */
export async function writeAdapter(adapter: Adapter, format: string, base: Base, folder: string): Promise<string[]> {
  if (format === 'semblance') {
    const name = 'adapter.safetensors'
    await saveAdapter(join(folder, name), adapter)
    return [name]
  }
  return writeRecord(fromAdapter(adapter, base), format, baseTarget(base), folder)
}
