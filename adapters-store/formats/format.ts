/**
 * What a dialect of adapter files is: how it is told from others, and how it is read into our form and written from it. Reading
 * is strict: every tensor belongs to a layer of the base that is served, or the file is refused with the list; no value changes.
 */
import type { Adapter, Base, JsonObject, SafetensorsFile } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'

/** An adapter as it came: its weights, and the configuration file beside them where the dialect has one. */
export interface AdapterSource {
  readonly weights: SafetensorsFile
  readonly config?: JsonObject
}

/** What the files of other programs do not say. */
export interface Imported {
  /** The words that name the subject in prompts: "sks person". */
  readonly subject: string
}

export interface Format {
  readonly name: string
  /** For people: what writes such files. */
  readonly title: string
  /** By the names of tensors and of metadata alone. */
  matches(source: AdapterSource): boolean
  /** @throws AppError ADAPTER_INVALID with the list of what does not fit; ADAPTER_MISMATCH for another base. */
  read(source: AdapterSource, base: Base, imported: Imported): Promise<Adapter>
  /** Writes into a folder and returns the names of the files. */
  write(adapter: Adapter, base: Base, folder: string): Promise<string[]>
}

/** The first names of a list that may be long. */
export function listed(names: readonly string[]): string {
  const more = names.length > 10 ? ` and ${names.length - 10} more` : ''
  return `${names.slice(0, 10).join(', ')}${more}`
}

export const invalid = (what: string, next: string, cause?: unknown): AppError =>
  new AppError('ADAPTER_INVALID', `the adapter ${what}`, next, cause)
