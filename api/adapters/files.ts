/** Adapter files on their way in and out: between the store, a scratch folder and the dialects. */
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BlobInfo,
  type BlobStore,
  type OpenedBlob,
  readAdapter,
  readBlob,
  saveBlob,
  writeAdapter,
} from '../../adapters-store/index.ts'
import { type Base, type JsonObject, loadAdapter, type Manifest, saveAdapter } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import { validationFault } from '../faults.ts'

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-adapter-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The file in our own form, in the scratch folder. */
export interface ImportedFile {
  readonly path: string
  readonly manifest: Manifest
  readonly format: string
}

export interface ImportSource {
  readonly weights: OpenedBlob
  readonly config: JsonObject | undefined
  /** The words that mean the subject, where the file does not say them. */
  readonly phrase: string
}

/**
 * Checks a stranger's file against the base, writes it in our own form and lets `use` have it.
 * @throws UserFault FILE_INVALID with what does not fit.
 */
export const importFile = <T>(
  base: Base,
  { weights, config, phrase }: ImportSource,
  use: (file: ImportedFile) => Promise<T>,
): Promise<T> =>
  inScratch(async folder => {
    const [given, own] = [join(folder, 'given.safetensors'), join(folder, 'adapter.safetensors')]
    await saveBlob(weights, given)
    const { adapter, format } = await readAdapter(given, base, { subject: phrase, config }).catch(asFault)
    await saveAdapter(own, adapter)
    return use({ path: own, manifest: adapter.manifest, format })
  })

const UNFIT: readonly string[] = ['FILE_INVALID', 'ADAPTER_INVALID', 'ADAPTER_MISMATCH', 'WEIGHTS_MISMATCH']

function asFault(error: unknown): never {
  if (error instanceof AppError && UNFIT.includes(error.code))
    throw validationFault('FILE_INVALID', 'uploadId', `${error.message}. ${error.next}`)
  throw error
}

export const putFile = (store: BlobStore, tenantId: string, path: string): Promise<BlobInfo> =>
  store.put(tenantId, createReadStream(path))

const CONFIG_BYTES = 2 ** 20

/** @throws UserFault FILE_INVALID when it is no JSON object. */
export async function readConfig(opened: OpenedBlob): Promise<JsonObject> {
  const text = (await readBlob(opened, CONFIG_BYTES)).toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Said below.
  }
  throw validationFault('FILE_INVALID', 'configUploadId', 'the file is no JSON object; upload adapter_config.json')
}

export interface ExportedFile extends BlobInfo {
  readonly fileName: string
}

/** Writes the version in the dialect and stores the files, so that links to them can be signed. */
export const exportFiles = (
  store: BlobStore,
  tenantId: string,
  { sha256, format, base }: { sha256: string; format: string; base: Base },
): Promise<ExportedFile[]> =>
  inScratch(async folder => {
    const own = join(folder, 'own.safetensors')
    await saveBlob(await store.open(tenantId, sha256), own)
    const names = await writeAdapter(await loadAdapter(own, base), format, base, folder)
    const files = names.map(async name => ({
      fileName: name,
      ...(await putFile(store, tenantId, join(folder, name))),
    }))
    return Promise.all(files)
  })
