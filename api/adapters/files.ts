/** Reads and writes adapter files between the store, a scratch folder and the dialects. */
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type AdapterFile,
  type BlobInfo,
  type BlobStore,
  type OpenedBlob,
  readAdapterFiles,
  readBlob,
  saveBlob,
  writeAdapter,
} from '../../adapters-store/index.ts'
import { type Base, loadAdapter, type Manifest, saveAdapter } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import type { JsonObject } from '../../files/json.ts'
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

export interface ImportedPart {
  readonly weights: OpenedBlob
  readonly config: JsonObject | undefined
  /** As the caller's program calls it, one folder before it at most. */
  readonly fileName: string
}

interface ImportSource {
  readonly parts: readonly ImportedPart[]
  /** The words that mean the subject, where the file does not say them. */
  readonly phrase: string
}

/**
 * Checks a stranger's file against the base, writes it in our own form and lets `use` have it.
 * @throws UserFault FILE_INVALID with what does not fit.
 */
export const importFile = <T>(
  base: Base,
  { parts, phrase }: ImportSource,
  use: (file: ImportedFile) => Promise<T>,
): Promise<T> =>
  inScratch(async folder => {
    const files: AdapterFile[] = []
    // Each in a folder of its own: two may have one name, and some formats look at the folder's.
    for (const [i, { weights, config, fileName }] of parts.entries()) {
      const path = join(folder, String(i), fileName)
      await mkdir(dirname(path), { recursive: true })
      await saveBlob(weights, path)
      files.push({ path, config })
    }
    const { adapter, format } = await readAdapterFiles(files, base, { subject: phrase }).catch(error =>
      asFault(error, folder),
    )
    const own = join(folder, 'adapter.safetensors')
    await saveAdapter(own, adapter)
    return use({ path: own, manifest: adapter.manifest, format })
  })

const UNFIT: readonly string[] = ['FILE_INVALID', 'ADAPTER_INVALID', 'ADAPTER_MISMATCH', 'WEIGHTS_MISMATCH']

/** Our scratch folder is nobody's business. */
function asFault(error: unknown, scratch: string): never {
  if (!(error instanceof AppError) || !UNFIT.includes(error.code)) throw error
  const text = `${error.message}. ${error.next}`.replaceAll(new RegExp(`${scratch}/\\d+/`, 'g'), '')
  throw validationFault('FILE_INVALID', 'uploadId', text)
}

export const putFile = (store: BlobStore, tenantId: string, path: string): Promise<BlobInfo> =>
  store.put(tenantId, createReadStream(path))

const CONFIG_BYTES = 2 ** 20

/** @throws UserFault FILE_INVALID when it is not a JSON object. */
export async function readConfig(opened: OpenedBlob): Promise<JsonObject> {
  const text = (await readBlob(opened, CONFIG_BYTES)).toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  } catch {
    // Said below.
  }
  throw validationFault('FILE_INVALID', 'configUploadId', 'the file is not a JSON object; upload adapter_config.json')
}

export interface ExportedFile extends BlobInfo {
  readonly fileName: string
}

/** What the dialect cannot say is the caller's choice. */
function asFormatFault(error: unknown): never {
  if (error instanceof AppError && (error.code === 'INPUT_INVALID' || UNFIT.includes(error.code)))
    throw validationFault('INVALID', 'format', `${error.message}. ${error.next}`)
  throw error
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
    const written = join(folder, 'written')
    await mkdir(written)
    const adapter = await loadAdapter(own, base)
    const names = await writeAdapter(adapter, format, base, written).catch(asFormatFault)
    const files = names.map(async name => ({
      fileName: name,
      ...(await putFile(store, tenantId, join(written, name))),
    }))
    return Promise.all(files)
  })
