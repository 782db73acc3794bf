/** Deletes a photo set that nothing was learned from, with its photos, their files, uploads and consents. */
import { removeUnneeded } from '../blobs.ts'
import { type Context, tenantOf } from '../context.ts'
import { validationFault } from '../faults.ts'
import type { DeletePhotoSetInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { cancelStartedFrom } from '../jobs/cancel.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'

/** Returns the global id that the set had. Photos that another set keeps stay there. */
export async function deletePhotoSet(context: Context, input: DeletePhotoSetInput): Promise<string> {
  const tenantId = tenantOf(context)
  const { id, photos, hashes, canceled } = await change(context, async (tx, _tenantId, audit) => {
    const find = (key: string) => tx.photoSet.findFirst({ where: { id: key } })
    const { id } = await resolveId(input.photoSetId, 'PhotoSet', 'photoSetId', find)
    await tx.$queryRaw`select 1 from photo_sets where id = ${id}::uuid for update`
    const trainings = await tx.job.count({ where: { photoSetId: id } })
    if (trainings > 0) {
      const message = `${trainings} trainings are of this set; deleteSubject deletes them and all that was made from the photos`
      throw validationFault('WRONG_STATE', 'photoSetId', message)
    }
    const photos = await tx.photo.findMany({ where: { photoSetId: id } })
    const photoIds = photos.map(photo => photo.id)
    const canceled = await cancelStartedFrom(tx, 'photoId', photoIds)
    await tx.consent.deleteMany({ where: { photoSetId: id } })
    await tx.photo.deleteMany({ where: { photoSetId: id } })
    await tx.photoSet.deleteMany({ where: { id } })
    const hashes = photos.flatMap(({ sha256 }) => sha256 ?? [])
    await audit({ action: 'deletePhotoSet', target: toGlobalId('PhotoSet', id), detail: { files: hashes } })
    return { id, photos, hashes, canceled }
  })
  for (const { stagingKey } of photos) await context.store.dropUpload(tenantId, stagingKey)
  await removeUnneeded(context, tenantId, hashes)
  await Promise.all(canceled.map(job => context.dispatch.cancelHint(job)))
  return toGlobalId('PhotoSet', id)
}
