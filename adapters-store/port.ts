/**
 * The blob store: the bytes of tenants, each blob named by its tenant and the SHA-256 of its content.
 *
 * It is a place for whole, immutable files: photos as they are kept, checkpoints, adapter versions, images. It never hands
 * out a blob whose content is not what its name says. It is no database: who may see a blob, what refers to it and when it
 * goes is decided by the caller; equal photos of two tenants are two blobs. Clients reach it only through signed forms
 * (into a staging area, from where the caller takes, checks and puts) and signed links, both of which end.
 */
import type { Readable } from 'node:stream'

export interface BlobInfo {
  /** Lower-case hexadecimal. */
  readonly sha256: string
  readonly bytes: number
}

/** A stream is read once, piece by piece. */
export type BlobBody = Uint8Array | AsyncIterable<Uint8Array>

/** Read the body to its end or destroy it. */
export interface OpenedBlob {
  readonly bytes: number
  readonly body: Readable
}

/** Blobs by content. A tenant's id is a UUID; a SHA-256 that is none names no blob. */
export interface Blobs {
  /**
   * Stores the content, whole and durable when the promise resolves. Storing it again is harmless, mends a damaged blob, and
   * makes it as young as a new one.
   * @throws AppError STORAGE_FAILED naming the place; BLOB_CORRUPT when it is not what `expected` says. Nothing is left then.
   */
  put(tenantId: string, body: BlobBody, expected?: Partial<BlobInfo>): Promise<BlobInfo>
  /** Without reading the content. */
  stat(tenantId: string, sha256: string): Promise<BlobInfo | undefined>
  /**
   * @throws AppError BLOB_NOT_FOUND; BLOB_CORRUPT when the content is not what the name says: at once, or from the body
   * before its last piece. STORAGE_FAILED when it can't be read.
   */
  open(tenantId: string, sha256: string): Promise<OpenedBlob>
  /**
   * False when there was none, or when it was put since `before`: a put that runs at the same time wins. Else it is gone for
   * good when the promise resolves.
   */
  remove(tenantId: string, sha256: string, before?: Date): Promise<boolean>
  /** All blobs of a tenant, or those that were last put before `before`. */
  list(tenantId: string, before?: Date): AsyncIterable<BlobInfo>
  /** Every tenant that has had a blob. */
  tenants(): AsyncIterable<string>
}

/** What an upload must be; the store refuses all else while it comes in. */
export interface UploadTerms {
  /** Names the upload inside the tenant: letters, digits, `-` and `_`. Sent twice, the later content counts. */
  readonly uploadId: string
  readonly contentType: string
  readonly minBytes: number
  readonly maxBytes: number
  readonly sha256?: string | undefined
  readonly expiresInSeconds: number
}

/** A multipart POST to `url`: every field, then the content as the part `file`. Taken: status 204. */
export interface UploadForm {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
  readonly expiresAt: Date
}

export interface LinkTerms {
  readonly contentType: string
  /** What a browser saves it as. */
  readonly fileName: string
  readonly expiresInSeconds: number
}

export interface SignedLink {
  readonly url: string
  readonly expiresAt: Date
}

/** What clients may do without passing through the API. */
interface Transfers {
  uploadForm(tenantId: string, terms: UploadTerms): Promise<UploadForm>
  /** The staged content, undefined when it never came or is swept; it stays until it is dropped. */
  takeUpload(tenantId: string, uploadId: string): Promise<OpenedBlob | undefined>
  /** False when there was none. */
  dropUpload(tenantId: string, uploadId: string): Promise<boolean>
  /** Removes uploads, of this tenant or of all, that came in before `before`; returns their number. */
  sweepUploads(before: Date, tenantId?: string): Promise<number>
  downloadLink(tenantId: string, sha256: string, terms: LinkTerms): Promise<SignedLink>
}

export interface BlobStore extends Blobs, Transfers {
  /** Proves that it can be written. @throws AppError STORAGE_FAILED */
  check(): Promise<void>
}
