/**
 * The store on one machine's disk: `blobs/<tenant>/<sha256>` and `staging/<tenant>/<upload>`. Every file is written beside its
 * final name, synced and renamed, so a name always stands for whole content; several processes may use one folder.
 */
import { link, readdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { storageError, syncFolder, systemCode } from '../engine/descriptors.ts'
import { AppError } from '../errors.ts'
import { signLink } from './download-link.ts'
import { isSha256, isTenantId, requireTenantId, requireUploadId } from './names.ts'
import type { BlobBody, BlobInfo, BlobStore, OpenedBlob } from './port.ts'
import { createSigner, type Signer } from './signing.ts'
import { signForm, type UploadPolicy } from './upload-form.ts'
import { type OpenFile, openVerified } from './verified-file.ts'
import { isTemporary, temporaryIn, writeWhole } from './whole-file.ts'

export interface FileStoreOptions {
  /** Gets the folders `blobs` and `staging`. */
  readonly folder: string
  /** At least 32 secret bytes; another key ends all forms and links. */
  readonly signingKey: Uint8Array
  /** Where clients reach `blobHandler`, as in `http://localhost:4000`; asked at each form and link. */
  readonly publicUrl: () => string
}

/** What the HTTP side needs beside the port. */
export interface FileStore extends BlobStore {
  readonly signer: Signer
  /** Stages what a form allows, refusing the rest as it comes in. @throws AppError INPUT_INVALID, LIMIT_EXCEEDED, STORAGE_FAILED */
  receive(policy: UploadPolicy, body: BlobBody): Promise<BlobInfo>
  /** The checked file of a blob. @throws as `open` of the port */
  openFile(tenantId: string, sha256: string): Promise<OpenFile>
}

export function openFileStore({ folder, signingKey, publicUrl }: FileStoreOptions): FileStore {
  const signer = createSigner(signingKey)
  const blobs = (tenantId: string) => join(folder, 'blobs', requireTenantId(tenantId))
  const staging = (tenantId: string) => join(folder, 'staging', requireTenantId(tenantId))
  const upload = (tenantId: string, uploadId: string) => join(staging(tenantId), requireUploadId(uploadId))
  const openFile: FileStore['openFile'] = async (tenantId, sha256) => {
    const file = isSha256(sha256) ? await openVerified(join(blobs(tenantId), sha256), sha256) : undefined
    return file ?? missing(tenantId, sha256)
  }
  return {
    signer,
    openFile,
    put: (tenantId, body, expected = {}) => put(blobs(tenantId), body, expected),
    stat: (tenantId, sha256) => describe(blobs(tenantId), sha256),
    open: async (tenantId, sha256) => opened(await openFile(tenantId, sha256)),
    remove: async (tenantId, sha256, before) => isSha256(sha256) && remove(blobs(tenantId), sha256, before),
    list: (tenantId, before) => list(blobs(tenantId), before),
    tenants: () => tenants(join(folder, 'blobs')),
    uploadForm: async (tenantId, terms) => {
      requireUploadId(terms.uploadId)
      return signForm(signer, `${publicUrl()}/uploads`, requireTenantId(tenantId), terms)
    },
    receive: (policy, body) => receive(staging(policy.tenant), policy, body),
    takeUpload: async (tenantId, uploadId) => {
      const file = await openVerified(upload(tenantId, uploadId))
      return file && opened(file)
    },
    dropUpload: (tenantId, uploadId) => remove(staging(tenantId), requireUploadId(uploadId)),
    sweepUploads: before => sweep(folder, before),
    downloadLink: async (tenantId, sha256, terms) =>
      signLink(signer, `${publicUrl()}/blobs`, requireTenantId(tenantId), sha256, terms),
    check: () => check(folder),
  }
}

const opened = (file: OpenFile): OpenedBlob => ({ bytes: file.bytes, body: file.stream() })

function missing(tenantId: string, sha256: string): never {
  throw new AppError(
    'BLOB_NOT_FOUND',
    `tenant ${tenantId} has no blob ${JSON.stringify(sha256.slice(0, 64))}`,
    'It may have been deleted; store it again.',
  )
}

function put(folder: string, body: BlobBody, expected: Partial<BlobInfo>): Promise<BlobInfo> {
  const nameOf = (written: BlobInfo) => {
    const agrees = (key: keyof BlobInfo) => expected[key] === undefined || expected[key] === written[key]
    if (agrees('sha256') && agrees('bytes')) return written.sha256
    const wanted = `${expected.bytes ?? 'some'} bytes with the hash ${expected.sha256 ?? 'not given'}`
    throw new AppError(
      'BLOB_CORRUPT',
      `a blob of ${wanted} came in as ${written.bytes} bytes with the hash ${written.sha256}`,
      'Send it again.',
    )
  }
  return writeWhole({ folder, nameOf }, body)
}

function receive(folder: string, policy: UploadPolicy, body: BlobBody): Promise<BlobInfo> {
  const { maxBytes, minBytes, sha256, upload } = policy
  const what = `upload ${upload}`
  const admit = (bytes: number) => {
    if (bytes <= maxBytes) return
    throw new AppError('LIMIT_EXCEEDED', `${what} has more than the ${maxBytes} bytes of its form`, 'Send less.')
  }
  const nameOf = (written: BlobInfo) => {
    const next = 'Send the file that the form was asked for.'
    if (written.bytes < minBytes)
      throw new AppError('INPUT_INVALID', `${what} has ${written.bytes} bytes, its form wants ${minBytes}`, next)
    if (sha256 !== undefined && sha256 !== written.sha256)
      throw new AppError('INPUT_INVALID', `${what} has the hash ${written.sha256}, its form wants ${sha256}`, next)
    return upload
  }
  return writeWhole({ folder, nameOf, admit }, body)
}

async function describe(folder: string, sha256: string): Promise<BlobInfo | undefined> {
  if (!isSha256(sha256)) return undefined
  const found = await ifPresent(folder, () => stat(join(folder, sha256)))
  return found && { sha256, bytes: found.size }
}

async function* list(folder: string, before?: Date): AsyncIterable<BlobInfo> {
  for (const name of (await ifPresent(folder, () => readdir(folder))) ?? []) {
    if (!isSha256(name)) continue
    const found = await ifPresent(folder, () => stat(join(folder, name)))
    if (found && isOlder(found, before)) yield { sha256: name, bytes: found.size }
  }
}

async function* tenants(folder: string): AsyncIterable<string> {
  for (const name of (await ifPresent(folder, () => readdir(folder))) ?? []) if (isTenantId(name)) yield name
}

const isOlder = ({ mtime }: { readonly mtime: Date }, before: Date | undefined): boolean =>
  before === undefined || mtime < before

async function remove(folder: string, name: string, before?: Date): Promise<boolean> {
  const path = join(folder, name)
  const removed = await ifPresent(folder, () => (before ? takeOlder(path, before) : unlink(path).then(() => true)))
  if (removed) await ifPresent(folder, () => syncFolder(folder))
  return removed ?? false
}

/** Looks at the age again once the name is taken away: what was put in between is given its name back. */
async function takeOlder(path: string, before: Date): Promise<boolean> {
  if (!isOlder(await stat(path), before)) return false
  const aside = temporaryIn(dirname(path))
  await rename(path, aside)
  const old = isOlder(await stat(aside), before)
  // One that was put since then has the name already, with the same content.
  if (!old) await link(aside, path).catch(error => systemCode(error) === 'EEXIST' || Promise.reject(error))
  await unlink(aside)
  return old
}

/** Uploads by age, and everywhere what a killed writer left behind; a running one touches its file all the time. */
async function sweep(folder: string, before: Date): Promise<number> {
  let swept = 0
  for (const area of ['staging', 'blobs'])
    for (const tenant of (await ifPresent(folder, () => readdir(join(folder, area)))) ?? []) {
      const own = join(folder, area, tenant)
      for (const name of (await ifPresent(own, () => readdir(own))) ?? []) {
        if (area === 'blobs' && !isTemporary(name)) continue
        const found = await ifPresent(own, () => stat(join(own, name)))
        if (!found || found.mtime >= before || !(await remove(own, name))) continue
        if (!isTemporary(name)) swept++
      }
    }
  return swept
}

const PROOF = new Uint8Array(64 * 1024)

async function check(folder: string): Promise<void> {
  for (const area of ['blobs', 'staging']) {
    const place = join(folder, area)
    await writeWhole({ folder: place, nameOf: () => '.check' }, PROOF)
    await remove(place, '.check')
  }
}

async function ifPresent<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined
    throw storageError(path, error)
  }
}
