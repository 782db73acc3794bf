/** Opens a photo set: one row and one signed form for each photo that was announced. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { UploadForm } from '../../adapters-store/index.ts'
import type { Context } from '../context.ts'
import { check } from '../faults.ts'
import type { PhotoFileInput, RequestPhotoUploadsInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { PhotoRow, PhotoSetRow } from '../rows.ts'
import { LIMITS, UPLOAD_SECONDS } from '../service/limits.ts'

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
    .min(1)
    .max(LIMITS.photosPerSet),
})

interface RequestedUploads {
  readonly photoSet: PhotoSetRow
  readonly uploads: { photo: PhotoRow; form: UploadForm | null }[]
}

export async function requestPhotoUploads(
  context: Context,
  input: RequestPhotoUploadsInput,
): Promise<RequestedUploads> {
  const { photoSet, photos } = await change(context, async (tx, tenantId, audit) => {
    const subject = await resolveId(input.subjectId, 'Subject', 'subjectId', id =>
      tx.subject.findFirst({ where: { id } }),
    )
    check(files, input)
    const photoSet = await tx.photoSet.create({ data: { tenantId, subjectId: subject.id } })
    const photos = await tx.photo.createManyAndReturn({
      data: input.files.map((file, position) => ({
        tenantId,
        photoSetId: photoSet.id,
        position,
        fileName: file.fileName,
        declaredType: file.contentType,
        declaredBytes: Math.min(file.bytes, 2 ** 31 - 1),
        stagingKey: randomUUID(),
        ...refusal(file),
      })),
    })
    await audit({ action: 'requestPhotoUploads', target: toGlobalId('PhotoSet', photoSet.id) })
    return { photoSet, photos: photos.sort((a, b) => a.position - b.position) }
  })
  const uploads = photos.map(async (photo, i) => ({ photo, form: await formFor(context, photo, input.files[i]) }))
  return { photoSet, uploads: await Promise.all(uploads) }
}

const TYPES = ['image/jpeg', 'image/png', 'image/webp']

/** What can be said before the upload: the other photos go on. */
function refusal({ contentType, bytes }: PhotoFileInput): Partial<Pick<PhotoRow, 'state' | 'verdict'>> {
  if (!TYPES.includes(contentType)) return { state: 'REJECTED', verdict: 'UNSUPPORTED' }
  return bytes > LIMITS.photoBytes ? { state: 'REJECTED', verdict: 'TOO_LARGE' } : {}
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
