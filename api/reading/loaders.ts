/** The loaders of one request. */
import { readPlaces } from '../jobs/queue.ts'
import { groupLoader, type Read, rowLoader } from './read.ts'

/** Of users only what everybody in the tenant may see. */
const USER_FIELDS = { id: true, name: true, email: true, createdAt: true } as const

export const createLoaders = (read: Read) => ({ ...rowsById(read), ...rowsOf(read), ...placesOf(read) })

const some = (ids: string[]) => ({ where: { id: { in: ids } } })

function rowsById(read: Read) {
  return {
    user: rowLoader(read, (tx, ids) => tx.user.findMany({ ...some(ids), select: USER_FIELDS })),
    baseModel: rowLoader(read, (tx, ids) => tx.baseModel.findMany(some(ids))),
    membership: rowLoader(read, (tx, ids) => tx.membership.findMany(some(ids))),
    invitation: rowLoader(read, (tx, ids) => tx.invitation.findMany(some(ids))),
    apiKey: rowLoader(read, (tx, ids) => tx.apiKey.findMany(some(ids))),
    subject: rowLoader(read, (tx, ids) => tx.subject.findMany(some(ids))),
    photoSet: rowLoader(read, (tx, ids) => tx.photoSet.findMany(some(ids))),
    photo: rowLoader(read, (tx, ids) => tx.photo.findMany(some(ids))),
    consent: rowLoader(read, (tx, ids) => tx.consent.findMany(some(ids))),
    job: rowLoader(read, (tx, ids) => tx.job.findMany(some(ids))),
    adapter: rowLoader(read, (tx, ids) => tx.adapter.findMany(some(ids))),
    version: rowLoader(read, (tx, ids) => tx.adapterVersion.findMany(some(ids))),
    image: rowLoader(read, (tx, ids) => tx.image.findMany(some(ids))),
    auditEntry: rowLoader(read, (tx, ids) => tx.auditEntry.findMany(some(ids))),
    receipt: rowLoader(read, (tx, ids) => tx.deletionReceipt.findMany(some(ids))),
  }
}

/** Where the tenant's waiting jobs stand: all of them are read at once, whichever are asked for. */
const placesOf = (read: Read) => ({ placeOf: rowLoader(read, readPlaces) })

/** Rows that belong to an id, in order. */
function rowsOf(read: Read) {
  return {
    photosOf: groupLoader(
      read,
      (tx, ids) => tx.photo.findMany({ where: { photoSetId: { in: ids } }, orderBy: { position: 'asc' } }),
      row => row.photoSetId,
    ),
    aliasesOf: groupLoader(
      read,
      (tx, ids) => tx.alias.findMany({ where: { adapterId: { in: ids } }, orderBy: { name: 'asc' } }),
      row => row.adapterId,
    ),
    attemptsOf: groupLoader(
      read,
      (tx, ids) => tx.jobAttempt.findMany({ where: { jobId: { in: ids } }, orderBy: { attempt: 'asc' } }),
      row => row.jobId,
    ),
    checkpointsOf: groupLoader(
      read,
      (tx, ids) =>
        tx.checkpoint.findMany({ where: { jobId: { in: ids } }, orderBy: [{ attempt: 'asc' }, { step: 'asc' }] }),
      row => row.jobId,
    ),
    previewsOf: groupLoader(
      read,
      (tx, ids) => tx.job.findMany({ where: { parentJobId: { in: ids } }, orderBy: { id: 'asc' } }),
      row => row.parentJobId,
    ),
    imagesOf: groupLoader(
      read,
      (tx, ids) => tx.image.findMany({ where: { jobId: { in: ids } }, orderBy: { position: 'asc' } }),
      row => row.jobId,
    ),
    warningsOf: groupLoader(
      read,
      (tx, ids) => tx.jobEvent.findMany({ where: { jobId: { in: ids }, type: 'warning' }, orderBy: { number: 'asc' } }),
      row => row.jobId,
    ),
    versionOfJob: groupLoader(
      read,
      (tx, ids) => tx.adapterVersion.findMany({ where: { jobId: { in: ids } } }),
      row => row.jobId,
    ),
    usesOf: groupLoader(
      read,
      (tx, ids) => tx.generationAdapter.findMany({ where: { jobId: { in: ids } }, include: { version: true } }),
      row => row.jobId,
    ),
  }
}

export type Loaders = ReturnType<typeof createLoaders>
