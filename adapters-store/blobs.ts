/** Reads an opened blob into memory or into a file. */

import { AppError } from '../errors.ts'
import { appendBytes, writeAtomically } from '../files/atomic.ts'
import type { BlobStore, OpenedBlob } from './port.ts'

/** The whole content. @throws AppError LIMIT_EXCEEDED when it has more than `limit` bytes; what the body throws. */
export async function readBlob({ bytes, body }: OpenedBlob, limit = Number.POSITIVE_INFINITY): Promise<Buffer> {
  if (bytes > limit) {
    body.destroy()
    throw new AppError('LIMIT_EXCEEDED', `the content has ${bytes} bytes; at most ${limit} are read`, 'Use less.')
  }
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Writes the content to `path`, whole or not at all. @throws AppError STORAGE_FAILED; what the body throws */
export function saveBlob({ body }: OpenedBlob, path: string): Promise<void> {
  return writeAtomically(path, async file => {
    for await (const piece of body) await appendBytes(file, piece)
  }).finally(() => body.destroy())
}

/** Removes all blobs of a tenant and returns their hashes. */
export async function removeAll(store: BlobStore, tenantId: string): Promise<string[]> {
  const removed: string[] = []
  for await (const { sha256 } of store.list(tenantId)) if (await store.remove(tenantId, sha256)) removed.push(sha256)
  return removed
}
