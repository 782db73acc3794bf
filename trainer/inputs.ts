/** Inputs of a training: its photos from the store, and the checkpoint it resumes from. */
import { rm, stat } from 'node:fs/promises'
import { type BlobStore, readBlob, saveBlob } from '../adapters-store/index.ts'
import { type Base, loadPhoto, type Photo } from '../engine/index.ts'
import { AppError } from '../errors.ts'
import type { Checkpoint, TrainingInput } from '../queue/index.ts'
import type { Warning } from '../warnings.ts'

/** As much as a photo may have when it is taken in. */
const MAX_PHOTO_BYTES = 100_000_000

/** @throws AppError BLOB_NOT_FOUND for a photo that was deleted; IMAGE_INVALID naming its place in the set. */
export async function fetchPhotos(
  store: BlobStore,
  tenantId: string,
  { photos, crop }: Pick<TrainingInput, 'photos' | 'crop'>,
  base: Base,
): Promise<{ readonly photos: readonly Photo[]; readonly warnings: readonly Warning[] }> {
  const fetched: Photo[] = []
  const warnings: Warning[] = []
  for (const [i, { sha256, caption }] of photos.entries()) {
    const bytes = await readBlob(await store.open(tenantId, sha256), MAX_PHOTO_BYTES)
    const { warnings: own, ...photo } = await loadPhoto(bytes, base, crop, `photo ${i + 1}`)
    fetched.push({ ...photo, caption })
    warnings.push(...own)
  }
  return { photos: fetched, warnings }
}

/**
 * Puts the checkpoint's blob at `path`, unless a file is there already: that one is as new.
 * @returns whether there is a state to go on from; a missing or damaged blob means starting over.
 */
export async function restoreCheckpoint(
  store: BlobStore,
  tenantId: string,
  checkpoint: Checkpoint | undefined,
  path: string,
): Promise<boolean> {
  const present = await stat(path).then(
    () => true,
    () => false,
  )
  if (present || !checkpoint) return present
  try {
    await saveBlob(await store.open(tenantId, checkpoint.sha256), path)
    return true
  } catch (error) {
    if (!(error instanceof AppError) || !['BLOB_NOT_FOUND', 'BLOB_CORRUPT'].includes(error.code)) throw error
    await rm(path, { force: true })
    return false
  }
}
