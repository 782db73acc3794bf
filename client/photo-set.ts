/** Sends a folder's photos as one photo set: signed uploads, then the verdicts. */
import { basename, extname } from 'node:path'
import { AppError } from '../errors.ts'
import type { ServiceClient } from './client.ts'
import { assertSuccess } from './failures.ts'
import { CompletePhotoUploads, type PhotoVerdict, RecordConsent, RequestPhotoUploads } from './generated/operations.ts'
import { readLocal, sha256, upload } from './transfer.ts'

interface LocalPhoto {
  readonly path: string
  /** The caption, where there is one. */
  readonly text?: string
}

interface SentPhotos {
  readonly photoSetId: string
  readonly accepted: number
  readonly captions: readonly { readonly photoId: string; readonly text: string }[]
}

/** How far the sending of a photo set has come. */
export type PhotoEvent =
  | { readonly event: 'upload'; readonly photo: string; readonly sent: number; readonly total: number }
  | { readonly event: 'rejected'; readonly photo: string; readonly verdict: PhotoVerdict; readonly reason: string }

/**
 * Sends the photos and has them checked. `onPhoto` is called for every upload and for every rejected photo; the others
 * are kept. @throws AppError IMAGE_INVALID when none was accepted
 */
export async function sendPhotos(
  client: ServiceClient,
  subjectId: string,
  photos: readonly LocalPhoto[],
  onPhoto: (event: PhotoEvent) => void,
): Promise<SentPhotos> {
  const contents = await Promise.all(photos.map(({ path }) => readLocal(path)))
  const files = photos.map(({ path }, i) => describe(path, contents[i] ?? new Uint8Array()))
  const requested = await client.run(RequestPhotoUploads, { input: { subjectId, files } })
  const { photoSet, uploads } = assertSuccess(requested.requestPhotoUploads)
  let sent = 0
  for (const [i, { form, photo }] of uploads.entries()) {
    if (form) await upload(form, contents[i] ?? new Uint8Array(), photo.fileName)
    sent++
    onPhoto({ event: 'upload', photo: photo.fileName, sent, total: uploads.length })
  }
  const completed = await client.run(CompletePhotoUploads, { input: { photoSetId: photoSet.id } })
  const { accepted, photoSet: checked } = assertSuccess(completed.completePhotoUploads)
  for (const { fileName, verdict, reason } of checked.photos)
    if (verdict) onPhoto({ event: 'rejected', photo: fileName, verdict, reason: reason ?? verdict })
  if (accepted === 0)
    throw new AppError(
      'IMAGE_INVALID',
      'none of the photos can be used',
      "Use sharp photos that are at least as large as the base's images and differ from each other.",
    )
  const captions = checked.photos.flatMap(({ id, position, state }) => {
    const text = photos[position]?.text
    return state === 'ACCEPTED' && text !== undefined ? [{ photoId: id, text }] : []
  })
  return { photoSetId: checked.id, accepted, captions }
}

const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
}

/** The service looks at the content itself. */
const describe = (path: string, bytes: Uint8Array) => ({
  fileName: basename(path),
  contentType: TYPES[extname(path).toLowerCase()] ?? 'image/jpeg',
  bytes: bytes.byteLength,
  sha256: sha256(bytes),
})

const CONSENT_STATEMENT =
  'I agree that my likeness is learned from these photos and that images of me are drawn with what was learned, until I revoke this.'

export async function recordConsent(
  client: ServiceClient,
  photoSetId: string,
  grantedBy: string,
  statement = CONSENT_STATEMENT,
): Promise<void> {
  assertSuccess((await client.run(RecordConsent, { input: { photoSetId, grantedBy, statement } })).recordConsent)
}
