/** Opens a photo set: one row and one signed form for each photo that was announced. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { UploadForm } from '../../adapters-store/index.ts'
import type { Transaction } from '../../prisma/index.ts'
import { storeAndName } from '../blobs.ts'
import type { Context } from '../context.ts'
import { check, validationFault } from '../faults.ts'
import type { PhotoFileInput, PhotoVerdict, RequestPhotoUploadsInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { PhotoRow, PhotoSetRow } from '../rows.ts'
import { LIMITS, UPLOAD_SECONDS } from '../service/limits.ts'
import { assertStorage } from '../tenants/storage.ts'

const files = z.object({
  files: z
    .array(
      z.object({
        fileName: z.string().min(1).max(255),
        contentType: z.string().max(100),
        bytes: z.int().min(1),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'give 64 lower-case hexadecimal digits')
          .nullish(),
      }),
    )
    .max(LIMITS.photosPerSet),
})

/** @throws UserFault INVALID for a set without photos, and one with too many. */
function assertCount(kept: number, sent: number): void {
  const count = kept + sent
  if (count >= 1 && count <= LIMITS.photosPerSet) return
  const message = `a set has 1 to ${LIMITS.photosPerSet} photos, this one would have ${count}; name files to upload or photos to keep`
  throw validationFault('INVALID', kept > 0 ? 'keepPhotoIds' : 'files', message)
}

interface RequestedUploads {
  readonly photoSet: PhotoSetRow
  readonly uploads: { photo: PhotoRow; form: UploadForm | null }[]
}

/** Opens the set. What is kept is there already, and only named once more. */
export async function requestPhotoUploads(
  context: Context,
  input: RequestPhotoUploadsInput,
): Promise<RequestedUploads> {
  const keep = [...new Set(input.keepPhotoIds ?? [])]
  await context.read(tx => findSubject(tx, input.subjectId))
  check(files, input)
  assertCount(keep.length, input.files.length)
  const { photoSet, photos } = await storeAndName(context, {
    store: () => context.read(tx => findKept(tx, input.subjectId, keep)),
    hashesOf: kept => kept.flatMap(({ sha256 }) => sha256 ?? []),
    name: async (tx, _found, tenantId, audit) => {
      // Found again, since they may have been deleted meanwhile.
      const kept = await findKept(tx, input.subjectId, keep)
      const subject = await findSubject(tx, input.subjectId)
      const photoSet = await tx.photoSet.create({ data: { tenantId, subjectId: subject.id } })
      const rows = [...kept.map(keptPhoto), ...input.files.map(sentPhoto)]
      const awaited = input.files.filter(file => refusal(file).state === undefined)
      const bytes = awaited.reduce((sum, file) => sum + file.bytes, 0)
      if (bytes > 0) await assertStorage(tx, tenantId, bytes, 'files')
      const photos = await tx.photo.createManyAndReturn({
        data: rows.map((row, position) => ({ ...row, tenantId, photoSetId: photoSet.id, position })),
      })
      const detail = { kept: kept.length }
      await audit({ action: 'requestPhotoUploads', target: toGlobalId('PhotoSet', photoSet.id), detail })
      return { photoSet, photos: photos.sort((a, b) => a.position - b.position).slice(kept.length) }
    },
  })
  const uploads = photos.map(async (photo, i) => ({ photo, form: await formFor(context, photo, input.files[i]) }))
  return { photoSet, uploads: await Promise.all(uploads) }
}

const findSubject = (tx: Transaction, subjectId: string) =>
  resolveId(subjectId, 'Subject', 'subjectId', id => tx.subject.findFirst({ where: { id } }))

/** In the order in which they are named. @throws UserFault NOT_FOUND for what is no accepted photo of the subject. */
async function findKept(tx: Transaction, subjectId: string, photoIds: readonly string[]): Promise<PhotoRow[]> {
  const { id: subject } = await findSubject(tx, subjectId)
  const found: PhotoRow[] = []
  for (const [i, photoId] of photoIds.entries()) {
    const where = { state: 'ACCEPTED' as const, photoSet: { subjectId: subject } }
    const find = (id: string) => tx.photo.findFirst({ where: { ...where, id } })
    found.push(await resolveId(photoId, 'Photo', ['keepPhotoIds', i], find))
  }
  return found
}

const keptPhoto = ({
  fileName,
  declaredType,
  declaredBytes,
  sha256,
  sourceSha256,
  width,
  height,
  bytes,
}: PhotoRow) => ({
  ...{ fileName, declaredType, declaredBytes, stagingKey: randomUUID() },
  ...{ state: 'ACCEPTED' as const, sha256, sourceSha256, width, height, bytes },
})

const sentPhoto = (file: PhotoFileInput) => ({
  fileName: file.fileName,
  declaredType: file.contentType,
  declaredBytes: Math.min(file.bytes, 2 ** 31 - 1),
  stagingKey: randomUUID(),
  ...refusal(file),
})

const TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif']

/** What can be said before the upload: the other photos go on. */
function refusal({ contentType, bytes }: PhotoFileInput): Partial<Pick<PhotoRow, 'state' | 'verdict' | 'reason'>> {
  const reject = (verdict: PhotoVerdict, reason: string) => ({ state: 'REJECTED', verdict, reason }) as const
  if (!TYPES.includes(contentType))
    return reject('UNSUPPORTED', `is said to be ${contentType}; ${TYPES.join(', ')} are read. Save it as JPEG.`)
  if (bytes <= LIMITS.photoBytes) return {}
  return reject('TOO_LARGE', `has ${bytes} bytes; at most ${LIMITS.photoBytes} are taken. Send a smaller version.`)
}

async function formFor({ store }: Context, photo: PhotoRow, file: PhotoFileInput | undefined) {
  if (photo.state === 'REJECTED') return null
  return store.uploadForm(photo.tenantId, {
    uploadId: photo.stagingKey,
    contentType: photo.declaredType,
    minBytes: photo.declaredBytes,
    maxBytes: photo.declaredBytes,
    expiresInSeconds: UPLOAD_SECONDS,
    sha256: file?.sha256 || undefined,
  })
}
