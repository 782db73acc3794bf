/** The rows of a subject, deleted in the order that the foreign keys ask for. */
import type { Transaction } from '../../prisma/index.ts'
import type { SubjectData } from './subject-data.ts'

/** The event log keeps its numbers: entries of deleted jobs stay as `deleted`, without content. */
export async function deleteRows(tx: Transaction, subjectId: string, subjectData: SubjectData): Promise<void> {
  const [jobIds, versionIds] = [[...subjectData.jobIds], [...subjectData.versionIds]]
  const ofJobs = { where: { jobId: { in: jobIds } } }
  await tx.jobEvent.updateMany({ ...ofJobs, data: { type: 'deleted', payload: {}, jobId: null, seq: null } })
  await tx.image.deleteMany(ofJobs)
  await tx.generationAdapter.deleteMany({ where: { OR: [ofJobs.where, { versionId: { in: versionIds } }] } })
  await tx.alias.deleteMany({ where: { OR: [{ versionId: { in: versionIds } }, { adapter: { subjectId } }] } })
  await tx.adapterVersion.deleteMany({ where: { id: { in: versionIds } } })
  await tx.job.deleteMany({ where: { parentJobId: { in: jobIds } } })
  await tx.job.deleteMany({ where: { id: { in: jobIds } } })
  await tx.job.updateMany({ where: { adapter: { subjectId } }, data: { adapterId: null } })
  await tx.adapter.deleteMany({ where: { subjectId } })
  await tx.consent.deleteMany({ where: { subjectId } })
  await tx.photo.deleteMany({ where: { photoSet: { subjectId } } })
  await tx.photoSet.deleteMany({ where: { subjectId } })
  const ids = [subjectId, ...jobIds, ...versionIds]
  await tx.$executeRaw`
    delete from idempotency_keys
    where exists (select 1 from jsonb_each_text(result) where jsonb_typeof(result) = 'object' and value = any (${ids}))`
  await tx.subject.deleteMany({ where: { id: subjectId } })
}
