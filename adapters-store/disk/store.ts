/**
 * The store on one machine's disk: `blobs/<tenant>/<sha256>` and `staging/<tenant>/<upload>`. Every file is written beside its
 * final name, synced and renamed, so a name always stands for whole content; several processes may use one folder.
 */
import { link, readdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../errors.ts'
import { syncFolder } from '../../files/atomic.ts'
import { systemCode } from '../../files/json.ts'
import { isSha256, isTenantId, requireTenantId, requireUploadId } from '../names.ts'
import type { BlobBody, BlobInfo, BlobStore, OpenedBlob } from '../port.ts'
import { AREAS, type Areas, assertArea, ifPresent, ifPresentOf, openAreas } from './areas.ts'
import { signLink } from './download-link.ts'
import { createSigner, type Signer } from './signer.ts'
import { signForm, type UploadPolicy } from './upload-form.ts'
import { type OpenFile, openVerified } from './verified-file.ts'
import { isTemporary, temporaryIn, writeWhole } from './whole-file.ts'

interface FileStoreOptions {
  /** Gets the folders `blobs` and `staging`. */
  readonly folder: string
  /** At least 32 secret bytes; another key ends all forms and links. */
  readonly signingKey: Uint8Array
  /** Where clients reach `blobHandler`, as in `http://localhost:4000`; asked at each form and link. */
  readonly publicUrl: () => string
  /** Whether the two folders are made at the first use, default true; workers leave that to the API. */
  readonly creates?: boolean
}

/** What the HTTP side needs beside the port. */
export interface FileStore extends BlobStore {
  readonly signer: Signer
  /** Stages what a form allows, refusing the rest as it comes in. @throws AppError INPUT_INVALID, LIMIT_EXCEEDED, STORAGE_FAILED */
  receive(policy: UploadPolicy, body: BlobBody): Promise<BlobInfo>
  /** The checked file of a blob. @throws as `open` of the port */
  openFile(tenantId: string, sha256: string): Promise<OpenFile>
}

export function openFileStore({ folder, signingKey, publicUrl, creates = true }: FileStoreOptions): FileStore {
  const signer = createSigner(signingKey)
  const areas = openAreas(folder, creates)
  const blobs = (tenantId: string) => areas.folder('blobs', tenantId)
  const staging = (tenantId: string) => areas.folder('staging', tenantId)
  const openFile: FileStore['openFile'] = async (tenantId, sha256) => {
    const file = isSha256(sha256) ? await openIn(await blobs(tenantId), sha256, sha256) : undefined
    return file ?? missing(tenantId, sha256)
  }
  return {
    signer,
    openFile,
    put: async (tenantId, body, expected = {}) => put(await blobs(tenantId), body, expected),
    stat: async (tenantId, sha256) => describe(await blobs(tenantId), sha256),
    open: async (tenantId, sha256) => opened(await openFile(tenantId, sha256)),
    remove: async (tenantId, sha256, before) => isSha256(sha256) && remove(await blobs(tenantId), sha256, before),
    list: async function* (tenantId, before) {
      yield* list(await blobs(tenantId), before)
    },
    tenants: async function* () {
      yield* (await namesIn(await areas.folder('blobs'))).filter(isTenantId)
    },
    uploadForm: async (tenantId, terms) => {
      requireUploadId(terms.uploadId)
      return signForm(signer, `${publicUrl()}/uploads`, requireTenantId(tenantId), terms)
    },
    receive: async (policy, body) => receive(await staging(policy.tenant), policy, body),
    takeUpload: async (tenantId, uploadId) => {
      const file = await openIn(await staging(tenantId), requireUploadId(uploadId))
      return file && opened(file)
    },
    dropUpload: async (tenantId, uploadId) => remove(await staging(tenantId), requireUploadId(uploadId)),
    sweepUploads: async (before, tenantId) =>
      sweep(areas, before, tenantId === undefined ? undefined : requireTenantId(tenantId)),
    downloadLink: async (tenantId, sha256, terms) =>
      signLink(signer, `${publicUrl()}/blobs`, requireTenantId(tenantId), sha256, terms),
    check: () => check(areas),
  }
}

/** The file of a tenant's folder, checked against the hash if there is one. */
async function openIn(folder: string, name: string, sha256?: string): Promise<OpenFile | undefined> {
  const file = await openVerified(join(folder, name), sha256)
  if (!file) await assertArea(dirname(folder))
  return file
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
      throw new AppError('INPUT_INVALID', `${what} has ${written.bytes} bytes, its form requires ${minBytes}`, next)
    if (sha256 !== undefined && sha256 !== written.sha256)
      throw new AppError('INPUT_INVALID', `${what} has the hash ${written.sha256}, its form requires ${sha256}`, next)
    return upload
  }
  return writeWhole({ folder, nameOf, admit }, body)
}

async function describe(folder: string, sha256: string): Promise<BlobInfo | undefined> {
  if (!isSha256(sha256)) return undefined
  const found = await ifPresentOf(folder, () => stat(join(folder, sha256)))
  return found && { sha256, bytes: found.size }
}

async function* list(folder: string, before?: Date): AsyncIterable<BlobInfo> {
  for (const name of (await ifPresentOf(folder, () => readdir(folder))) ?? []) {
    if (!isSha256(name)) continue
    const found = await ifPresentOf(folder, () => stat(join(folder, name)))
    if (found && isOlder(found, before)) yield { sha256: name, bytes: found.size }
  }
}

const namesIn = async (area: string): Promise<string[]> => (await ifPresent(area, area, () => readdir(area))) ?? []

const isOlder = ({ mtime }: { readonly mtime: Date }, before: Date | undefined): boolean =>
  before === undefined || mtime < before

async function remove(folder: string, name: string, before?: Date): Promise<boolean> {
  const path = join(folder, name)
  const removed = await ifPresentOf(folder, () => (before ? takeOlder(path, before) : unlink(path).then(() => true)))
  if (removed) await ifPresentOf(folder, () => syncFolder(folder))
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
async function sweep(areas: Areas, before: Date, only?: string): Promise<number> {
  let swept = 0
  for (const area of AREAS) {
    const folder = await areas.folder(area)
    for (const tenant of only === undefined ? await namesIn(folder) : [only]) {
      const own = join(folder, tenant)
      for (const name of (await ifPresentOf(own, () => readdir(own))) ?? []) {
        if (area === 'blobs' && !isTemporary(name)) continue
        const found = await ifPresentOf(own, () => stat(join(own, name)))
        if (!found || found.mtime >= before || !(await remove(own, name))) continue
        if (!isTemporary(name)) swept++
      }
    }
  }
  return swept
}

const PROOF = new Uint8Array(64 * 1024)

async function check(areas: Areas): Promise<void> {
  for (const area of AREAS) {
    const folder = await areas.folder(area)
    await assertArea(folder)
    await writeWhole({ folder, nameOf: () => '.check' }, PROOF)
    await unlink(join(folder, '.check')).catch(() => undefined)
  }
}
