/** Deletes an adapter with its versions and their files. Images drawn with it are kept. */
import { removeUnneeded } from '../blobs.ts'
import { type Context, tenantOf } from '../context.ts'
import type { DeleteAdapterInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { cancelJobs } from '../jobs/cancel.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import { exportedBlobs } from './export.ts'

/** Returns the global id that the adapter had. Files go after the rows: what a crash between leaves is swept later. */
export async function deleteAdapter(context: Context, { adapterId }: DeleteAdapterInput): Promise<string> {
  const tenantId = tenantOf(context)
  const { id, hashes, canceled } = await change(context, async (tx, _tenantId, audit) => {
    const find = (key: string) => tx.adapter.findFirst({ where: { id: key } })
    const { id } = await resolveId(adapterId, 'Adapter', 'adapterId', find)
    // Trainings that start now wait, and make a new adapter; those that have just started are canceled with the others.
    await tx.$queryRaw`select 1 from adapters where id = ${id}::uuid for update`
    const versions = await tx.adapterVersion.findMany({ where: { adapterId: id } })
    const used = { version: { adapterId: id } }
    const exported = await exportedBlobs(
      tx,
      versions.map(version => version.id),
    )
    const reason = 'the adapter was deleted'
    const canceled = await cancelJobs(tx, { OR: [{ uses: { some: used } }, { adapterId: id }] }, reason)
    await tx.generationAdapter.deleteMany({ where: used })
    await tx.alias.deleteMany({ where: { adapterId: id } })
    await tx.adapterVersion.deleteMany({ where: { adapterId: id } })
    await tx.job.updateMany({ where: { adapterId: id }, data: { adapterId: null } })
    await tx.adapter.deleteMany({ where: { id } })
    const own = versions.map(({ sha256 }) => sha256)
    const hashes = [...own, ...exported]
    await audit({ action: 'deleteAdapter', target: toGlobalId('Adapter', id), detail: { versions: own } })
    return { id, hashes, canceled }
  })
  await removeUnneeded(context, tenantId, hashes)
  await Promise.all(canceled.map(job => context.dispatch.cancelHint(job)))
  return toGlobalId('Adapter', id)
}
