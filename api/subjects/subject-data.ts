/** All data of a subject: the jobs that learned or drew it, and the hashes of its files by kind. */
import type { Prisma, Transaction } from '../../prisma/index.ts'
import { JOB_INPUTS, type JobKind } from '../../queue/index.ts'
import { exportedBlobs } from '../adapters/export.ts'

/** Versions that know the subject: of its adapters, or learned by its trainings. */
const versionsOf = (subjectId: string): Prisma.AdapterVersionWhereInput => ({
  OR: [{ adapter: { subjectId } }, { job: { subjectId } }],
})

/** Generations that started from a photo of the subject, or from an image that may show it. */
export const startedFrom = (subjectId: string): Prisma.JobWhereInput => ({
  kind: 'GENERATION',
  input: { path: ['from'], array_contains: [subjectId] },
})

/** Trainings of the subject with their previews, and generations that used one of its versions or started from it. */
export const jobsOf = (subjectId: string): Prisma.JobWhereInput => ({
  OR: [
    { subjectId },
    { parent: { subjectId } },
    { uses: { some: { version: versionsOf(subjectId) } } },
    startedFrom(subjectId),
  ],
})

export interface SubjectData {
  readonly jobIds: readonly string[]
  readonly versionIds: readonly string[]
  /** Names of uploads that may still lie in the staging area. */
  readonly uploads: readonly string[]
  /** SHA-256 of every file, by kind. */
  readonly files: Readonly<Record<'photos' | 'checkpoints' | 'versions' | 'exports' | 'images', readonly string[]>>
}

const unique = (rows: readonly { readonly sha256: string | null }[]): string[] => [
  ...new Set(rows.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]))),
]

/** The states of the adapter that previews were drawn with: nothing but the preview's input names them. */
function snapshotsOf({ kind, input }: { readonly kind: JobKind; readonly input: unknown }): { sha256: string }[] {
  // An input of another version must not keep a subject from being deleted.
  const images = kind === 'PREVIEW' ? JOB_INPUTS[kind].safeParse(input).data?.images : undefined
  return (images ?? []).flatMap(({ adapter }) => (adapter ? [{ sha256: adapter.sha256 }] : []))
}

export async function readSubjectData(tx: Transaction, subjectId: string): Promise<SubjectData> {
  const jobs = await tx.job.findMany({ where: jobsOf(subjectId), select: { id: true, kind: true, input: true } })
  const jobIds = jobs.map(({ id }) => id)
  const ofJobs = { where: { jobId: { in: jobIds } }, select: { sha256: true } } as const
  const photos = await tx.photo.findMany({ where: { photoSet: { subjectId } } })
  const versions = await tx.adapterVersion.findMany({ where: versionsOf(subjectId) })
  const versionIds = versions.map(({ id }) => id)
  return {
    jobIds,
    versionIds,
    uploads: photos.map(({ stagingKey }) => stagingKey),
    files: {
      photos: unique(photos),
      checkpoints: unique([...(await tx.checkpoint.findMany(ofJobs)), ...jobs.flatMap(snapshotsOf)]),
      versions: unique(versions),
      exports: await exportedBlobs(tx, versionIds),
      images: unique(await tx.image.findMany(ofJobs)),
    },
  }
}

export const allHashes = ({ files }: SubjectData): string[] => [...new Set(Object.values(files).flat())]

/** Of these hashes the ones that rows of other subjects name, too. */
export async function sharedHashes(tx: Transaction, subjectId: string, subjectData: SubjectData): Promise<Set<string>> {
  const sha256 = { in: allHashes(subjectData) }
  const elsewhere = { jobId: { notIn: [...subjectData.jobIds] } }
  const select = { sha256: true } as const
  const rows = [
    ...(await tx.photo.findMany({ where: { sha256, photoSet: { subjectId: { not: subjectId } } }, select })),
    ...(await tx.checkpoint.findMany({ where: { sha256, ...elsewhere }, select })),
    ...(await tx.adapterVersion.findMany({ where: { sha256, id: { notIn: [...subjectData.versionIds] } }, select })),
    ...(await tx.image.findMany({ where: { sha256, ...elsewhere }, select })),
  ]
  return new Set(unique(rows))
}
