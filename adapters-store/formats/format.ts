/**
 * A dialect of adapter files: how it is recognised, read into a record and written from one. Reading
 * is strict: every tensor belongs to a layer of the target, or the file is refused with the list; no value changes.
 */
import type { SafetensorsFile } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import type { JsonObject } from '../../files/json.ts'
import type { AdapterRecord, PairRecord, TokenRows } from './record.ts'
import type { Target } from './target.ts'

/** One safetensors file, and the configuration beside it where the dialect has one. */
export interface AdapterPart {
  readonly weights: SafetensorsFile
  readonly config?: JsonObject | undefined
}

/** An adapter as it came: some dialects have a file for each part of the model. */
export interface AdapterSource {
  readonly parts: readonly AdapterPart[]
}

/** What the files of other programs do not say. */
export interface Imported {
  /** The words that name the subject in prompts: "sks person". */
  readonly subject: string
}

/** A dialect of one kind of record. */
interface Dialect<R extends AdapterRecord> {
  readonly name: string
  readonly kind: R['kind']
  /** For people: what writes such files. */
  readonly title: string
  /** By the names of tensors and of metadata; rows of tokens by their widths too. */
  matches(source: AdapterSource): boolean
  /** @throws AppError ADAPTER_INVALID with the list of what does not fit. */
  read(source: AdapterSource, target: Target): Promise<R>
  /** Writes into a folder and returns the names of the files in it. @throws AppError INPUT_INVALID for what it has no names for. */
  write(record: R, target: Target, folder: string): Promise<string[]>
}

export interface PairFormat extends Dialect<Extract<AdapterRecord, { kind: 'pairs' }>> {
  /** Whether the dialect has a name for the layer; absent: for every layer. */
  holds?(pair: Pick<PairRecord, 'component' | 'key'>): boolean
  /** Whether the dialect is one of such a model; absent: of every one. */
  fits?(target: Target): boolean
  /** False for a dialect whose readers take every alpha for the rank, whatever the file says. */
  readonly alphas?: false
  /** What the poorest of its readers take into account of alphas; absent: each. See `portable`. */
  readonly readAlphas?: 'one' | 'none'
  /** Whether its file has names for the words of a record, too. */
  readonly bundles?: true
  /** The dialect of words that its readers take in files of their own; absent: that of diffusers. */
  wordFormat?(rows: TokenRows): TokenFormat
  /** Layers whose names some of its readers pass over without an error, and who. */
  readonly missed?: { readonly by: string; readonly layers: RegExp }
}

export type TokenFormat = Dialect<Extract<AdapterRecord, { kind: 'tokens' }>>

export type Format = PairFormat | TokenFormat

/** All tensor names of all files. */
export const namesOf = ({ parts }: AdapterSource): string[] =>
  parts.flatMap(({ weights }) => [...weights.tensors.keys()])

/** The first names of a list that may be long. */
export function listed(names: readonly string[]): string {
  const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
  return `${names.slice(0, 10).join(', ')}${more}`
}

export const invalid = (what: string, next: string, cause?: unknown): AppError =>
  new AppError('ADAPTER_INVALID', `the adapter ${what}`, next, cause)

/** What a dialect cannot say. */
export const notRepresentable = (format: string, what: string, next: string): AppError =>
  new AppError('INPUT_INVALID', `the format "${format}" ${what}`, next)
