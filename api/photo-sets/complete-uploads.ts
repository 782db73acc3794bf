/** Closes a photo set: every upload gets its verdict, accepted photos are kept, and the set is named by its hash. */
import { readBlob } from '../../adapters-store/index.ts'
import type { Transaction } from '../../prisma/index.ts'
import { inTurn, storeAndName } from '../blobs.ts'
import { type Context, tenantOf } from '../context.ts'
import { notFoundFault } from '../faults.ts'
import type { CompletePhotoUploadsInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import type { Audit } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import { type CheckedPhoto, checkPhotos, photoSetHash } from '../photos/index.ts'
import type { PhotoRow, PhotoSetRow } from '../rows.ts'
import { LIMITS } from '../service/limits.ts'

interface CompletedSet {
  readonly photoSet: PhotoSetRow
  readonly accepted: number
  readonly rejected: number
}

/** What is stored of a checked photo. */
type Finding = Partial<PhotoRow>

/** Asking again after the set is closed gives the same answer. A process checks one set of a tenant at a time. */
export async function completePhotoUploads(context: Context, input: CompletePhotoUploadsInput): Promise<CompletedSet> {
  const tenantId = tenantOf(context)
  return inTurn(tenantId, async () => {
    const { id, isOpen, kept, photos, size } = await context.database.withTenant(tenantId, tx => findSet(tx, input))
    if (isOpen) {
      await storeAndName(context, {
        store: () => checkAll(context, kept, photos, size),
        hashesOf: findings => [...findings.values()].flatMap(({ sha256 }) => sha256 ?? []),
        name: (tx, findings, _tenantId, audit) => close(tx, id, findings, audit),
      })
      for (const { stagingKey } of photos) await context.store.dropUpload(tenantId, stagingKey)
    }
    return context.database.withTenant(tenantId, tx => answer(tx, id))
  })
}

async function findSet(tx: Transaction, { photoSetId }: CompletePhotoUploadsInput) {
  const all = { orderBy: { position: 'asc' } } as const
  const find = (id: string) => tx.photoSet.findFirst({ where: { id }, include: { photos: all } })
  const { id, completedAt, photos } = await resolveId(photoSetId, 'PhotoSet', 'photoSetId', find)
  const smallest = await tx.baseModel.findFirst({ orderBy: { size: 'asc' } })
  const isOpen = completedAt === null && photos.some(({ state }) => state !== 'REJECTED')
  const [kept, pending] = (['ACCEPTED', 'PENDING'] as const).map(state => photos.filter(one => one.state === state))
  return { id, isOpen, kept: kept ?? [], photos: pending ?? [], size: smallest?.size ?? 0 }
}

/** Photo by photo, so that one at a time is in memory. Those that are kept come first: they are looked at for copies of them alone. */
async function checkAll(
  context: Context,
  kept: readonly PhotoRow[],
  photos: readonly PhotoRow[],
  size: number,
): Promise<ReadonlyMap<string, Finding>> {
  const { store } = context
  const stored = kept.map(({ tenantId, fileName, sha256, bytes }) => ({
    name: fileName,
    read: async () => readBlob(await store.open(tenantId, sha256 ?? ''), bytes ?? 0),
  }))
  const sent = photos.map(({ tenantId, stagingKey, fileName }) => ({
    name: fileName,
    read: async () => {
      const upload = await store.takeUpload(tenantId, stagingKey)
      return upload && readBlob(upload, LIMITS.photoBytes)
    },
  }))
  const findings = new Map<string, Finding>()
  let place = 0
  for await (const checked of checkPhotos([...stored, ...sent], { size, maxBytes: LIMITS.photoBytes })) {
    const photo = photos[place++ - kept.length]
    if (photo) findings.set(photo.id, await keep(context, photo, checked))
  }
  return findings
}

async function keep({ store }: Context, photo: PhotoRow, checked: CheckedPhoto): Promise<Finding> {
  const sourceSha256 = checked.sourceSha256 ?? null
  if (!checked.accepted) {
    const { verdict, reason } = checked
    return { state: 'REJECTED', verdict, reason, sourceSha256 }
  }
  const { sha256, width, height, png } = checked
  const { bytes } = await store.put(photo.tenantId, png, { sha256 })
  return { state: 'ACCEPTED', sourceSha256, sha256, width, height, bytes }
}

/** Another process may have checked the same photos meanwhile, and dropped the uploads: what was found first holds. */
async function close(tx: Transaction, id: string, findings: ReadonlyMap<string, Finding>, audit: Audit): Promise<void> {
  const open = await tx.$queryRaw<{ completed: boolean }[]>`
    select completed_at is not null as completed from photo_sets where id = ${id}::uuid for update`
  if (!open[0]) throw notFoundFault('photoSetId')
  if (open[0].completed) return
  for (const [photoId, data] of findings) await tx.photo.updateMany({ where: { id: photoId, state: 'PENDING' }, data })
  const photos = await tx.photo.findMany({ where: { photoSetId: id }, orderBy: { position: 'asc' } })
  const accepted = photos.flatMap(({ state, sha256 }) => (state === 'ACCEPTED' && sha256 ? [sha256] : []))
  // A set without an accepted photo is never complete; its photos say why.
  const data = { hash: photoSetHash(accepted), completedAt: new Date() }
  if (accepted.length > 0) await tx.photoSet.updateMany({ where: { id }, data })
  const detail = { accepted: accepted.length, rejected: photos.length - accepted.length }
  await audit({ action: 'completePhotoUploads', target: toGlobalId('PhotoSet', id), detail })
}

async function answer(tx: Transaction, id: string): Promise<CompletedSet> {
  const photoSet = await tx.photoSet.findFirst({ where: { id } })
  if (!photoSet) throw notFoundFault('photoSetId')
  const accepted = await tx.photo.count({ where: { photoSetId: id, state: 'ACCEPTED' } })
  const rejected = await tx.photo.count({ where: { photoSetId: id, state: 'REJECTED' } })
  return { photoSet, accepted, rejected }
}
