/** Reads adapters of any dialect: into a record, or into what the engine serves. */
import { type Adapter, type Base, loadAdapter, readManifest } from '../../engine/descriptors.ts'
import { AppError, invariant } from '../../errors.ts'
import type { JsonObject } from '../../files/json.ts'
import { type Unbundled, unbundle } from './bundle.ts'
import { type PublishedFamily, possibleFamilies, refuseForeign } from './family-evidence.ts'
import { type AdapterSource, type Format, type Imported, invalid } from './format.ts'
import { publishedTargets } from './published.ts'
import type { AdapterRecord, TokenRows } from './record.ts'
import { detectFormat, TOKEN_FORMATS } from './registry.ts'
import { assertNumbers, toAdapter } from './serve.ts'
import { openPart, openSource } from './source.ts'
import { baseTarget, type Target } from './target.ts'

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
 * @throws AppError ADAPTER_INVALID naming the kind, the architecture or the tensors; INPUT_INVALID where the file's notes contradict each other.
 */
export async function readRecord(source: AdapterSource, base?: Base, family?: PublishedFamily): Promise<ReadRecord> {
  const unbundled = unbundle(source, TOKEN_FORMATS)
  const format = detectFormat(mainPart(unbundled))
  refuseForeign(source)
  const fits: { record: AdapterRecord; target: Target }[] = []
  let first: unknown
  for (const target of base ? [baseTarget(base)] : likelyTargets(source, family)) {
    try {
      fits.push({ record: await readUnbundled(unbundled, format, target), target })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      first ??= error
    }
  }
  const [fit] = fits
  if (!fit) throw base ? first : (ownWithoutBase(source) ?? first)
  return { ...fit, format: format.name, families: fits.map(({ target }) => target.family) }
}

/** Ours names its base, whose layers alone it fits. */
function ownWithoutBase({ parts }: AdapterSource): AppError | undefined {
  const own = parts.find(({ weights }) => weights.metadata.semblance !== undefined)
  if (!own) return undefined
  const { base } = readManifest(own.weights)
  return new AppError(
    'INPUT_INVALID',
    `the adapter was made by Semblance for the base ${base.slice(0, 12)}, which is not one of the published models`,
    'Name that base with --base FOLDER; semblance inspect FOLDER shows the fingerprint of a base.',
  )
}

/** The pairs; of a file of words alone the only word. */
function mainPart({ pairs, words }: Unbundled): AdapterSource {
  const [word, ...others] = words
  if (pairs.parts.length > 0 || !word) return pairs
  if (others.length === 0) return word
  throw invalid(`holds ${words.length} words and no pairs`, 'Save each word in a file of its own.')
}

async function readUnbundled(unbundled: Unbundled, format: Format, target: Target): Promise<AdapterRecord> {
  const record = await format.read(mainPart(unbundled), target)
  if (record.kind === 'tokens' || unbundled.words.length === 0) return record
  const words: TokenRows[] = []
  for (const source of unbundled.words) {
    const own = detectFormat(source)
    invariant(own.kind === 'tokens', `the format ${own.name} reads rows of tokens`)
    words.push(await own.read(source, target))
  }
  return { ...record, words }
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
