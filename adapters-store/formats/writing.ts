/** Writes adapters in any dialect that has names for what they hold. */
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Adapter, type Base, type Manifest, saveAdapter } from '../../engine/descriptors.ts'
import type { OnWarning } from '../../warnings.ts'
import { listed, notRepresentable, type PairFormat } from './format.ts'
import { pathOf } from './pairs/pairs.ts'
import { portable } from './pairs/portable.ts'
import type { AdapterRecord, LowRankRecord } from './record.ts'
import { FORMATS, findFormat } from './registry.ts'
import { fromAdapter } from './serve.ts'
import { baseTarget, type Target } from './target.ts'
import { embeddingDiffusers } from './tokens/diffusers.ts'
import { fileOf } from './tokens/tokens.ts'

export interface WriteOptions {
  /** Keeps every alpha as it is; default: as all readers of the format see the same, see `portable`. */
  readonly exact?: boolean | undefined
  /** Writes the words that were learned with the pairs as files of their own, though the format could hold them, too. */
  readonly split?: boolean | undefined
  readonly onWarning?: OnWarning | undefined
}

/** Writes a record into a folder and returns the names of its files. @throws AppError INPUT_INVALID, STORAGE_FAILED */
export async function writeRecord(
  record: AdapterRecord,
  name: string,
  target: Target,
  folder: string,
  options: WriteOptions = {},
): Promise<string[]> {
  const format = findFormat(name)
  if (format.kind === 'pairs' && record.kind === 'pairs')
    return writePairsWithWords(forAllReaders(record, format, options), format, { target, folder, split: options.split })
  if (format.kind === 'tokens' && record.kind === 'tokens') return format.write(record, target, folder)
  const fitting = Object.values(FORMATS).filter(({ kind }) => kind === record.kind)
  const what = record.kind === 'tokens' ? 'low-rank pairs, not rows of tokens' : 'rows of tokens, not low-rank pairs'
  throw notRepresentable(name, `is one of ${what}`, `Choose one of ${fitting.map(one => one.name).join(', ')}.`)
}

interface Place {
  readonly target: Target
  readonly folder: string
  readonly split?: boolean | undefined
}

/** Where the format has no names for words, or they are wanted apart, they stand in files beside the pairs. */
async function writePairsWithWords(record: LowRankRecord, format: PairFormat, place: Place): Promise<string[]> {
  const { target, folder, split = false } = place
  const words = format.bundles && !split ? [] : (record.words ?? [])
  const written = [...(await format.write(words.length > 0 ? withoutWords(record) : record, target, folder))]
  for (const word of words) {
    const own = format.wordFormat?.(word) ?? embeddingDiffusers
    const at = words.length > 1 ? basename(fileOf(word.placeholder), '.safetensors') : ''
    await mkdir(join(folder, at), { recursive: true })
    written.push(...(await own.write(word, target, join(folder, at))).map(name => join(at, name)))
  }
  return written
}

function withoutWords({ manifest, ...record }: LowRankRecord): LowRankRecord {
  const { word: _, ...rest } = manifest ?? {}
  return { ...record, words: undefined, ...(manifest && { manifest: rest as Manifest }) }
}

function forAllReaders(
  record: LowRankRecord,
  format: PairFormat,
  { exact = false, onWarning }: WriteOptions,
): LowRankRecord {
  const { name, missed } = format
  const left = record.pairs.map(pathOf).filter(path => missed?.layers.test(path))
  if (left.length > 0)
    onWarning?.({
      code: 'LAYERS_MISSED',
      message: `${missed?.by} passes over ${left.length} layers of the format "${name}": ${listed(left)}; the formats diffusers and peft have names for them that it reads`,
    })
  const written = exact ? record : portable(record, format)
  const changed = written.pairs.filter((pair, i) => pair !== record.pairs[i]).length
  if (changed > 0)
    onWarning?.({
      code: 'SCALE_FOLDED',
      message: `some programs do not read each alpha of the format "${name}": those of ${changed} pairs are multiplied into the values; --exact keeps them`,
    })
  return written
}

/** Writes an adapter into a folder and returns the names of its files. @throws AppError INPUT_INVALID, STORAGE_FAILED */
export async function writeAdapter(
  adapter: Adapter,
  format: string,
  base: Base,
  folder: string,
  options?: WriteOptions,
): Promise<string[]> {
  if (format === 'semblance') {
    const name = 'adapter.safetensors'
    await saveAdapter(join(folder, name), adapter)
    return [name]
  }
  return writeRecord(fromAdapter(adapter, base), format, baseTarget(base), folder, options)
}
