/** Lists jobs and images, newest first, and finds one by its id or a short one. */
import type { ServiceClient } from './client.ts'
import { assertOne } from './find.ts'
import {
  type GenerationRowFragment,
  Generations,
  ImageById,
  type ImageFactsFragment,
  type ImageFilter,
  Images,
  type JobState,
  type TrainingRowFragment,
  Trainings,
} from './generated/operations.ts'
import { isId, uuidOf } from './ids.ts'
import { type ReadPage, readAbbreviated, readFirst } from './pages.ts'

export type JobRow = TrainingRowFragment | GenerationRowFragment

/** The tables of jobs, by what the command line calls a kind. */
export const JOB_KINDS = ['training', 'drawing'] as const
export type JobKindName = (typeof JOB_KINDS)[number]

export interface JobSearch {
  readonly kind?: JobKindName | undefined
  readonly states?: readonly JobState[] | undefined
  /** Of trainings. */
  readonly subjectId?: string | undefined
}

const PAGES: Readonly<Record<JobKindName, (client: ServiceClient, search: JobSearch) => ReadPage<JobRow>>> = {
  training:
    (client, { states, subjectId }) =>
    async page =>
      (await client.run(Trainings, { ...page, filter: { states, subjectId } })).trainingJobs,
  drawing:
    (client, { states }) =>
    async page =>
      (await client.run(Generations, { ...page, filter: { states } })).generations,
}

/** Newest first, `most` at most. */
export async function listJobs(client: ServiceClient, search: JobSearch, most: number): Promise<JobRow[]> {
  const kinds = JOB_KINDS.filter(kind => search.kind === undefined || search.kind === kind)
  const found = await Promise.all(kinds.map(kind => readFirst(PAGES[kind](client, search), most)))
  return found
    .flat()
    .toSorted((a, b) => (uuidOf(a.id) < uuidOf(b.id) ? 1 : -1))
    .slice(0, most)
}

const isJob = (reference: string): boolean => isId(reference, 'TrainingJob') || isId(reference, 'Generation')

/** The whole id of a job. @throws AppError NOT_FOUND, CONFLICT */
export async function findJob(client: ServiceClient, reference: string): Promise<string> {
  if (isJob(reference)) return reference
  const found = await Promise.all(JOB_KINDS.map(kind => readAbbreviated(PAGES[kind](client, {}), reference)))
  return assertOne({ what: 'job', reference, next: 'semblance jobs shows all.' }, found.flat()).id
}

const imagePages =
  (client: ServiceClient, filter: ImageFilter = {}): ReadPage<ImageFactsFragment> =>
  async page =>
    (await client.run(Images, { ...page, filter })).images

export const listImages = (client: ServiceClient, filter: ImageFilter, most: number): Promise<ImageFactsFragment[]> =>
  readFirst(imagePages(client, filter), most)

/** @throws AppError NOT_FOUND, CONFLICT */
export async function findImage(client: ServiceClient, reference: string): Promise<ImageFactsFragment> {
  const sought = { what: 'image', reference, next: 'semblance images shows all.' }
  if (!isId(reference, 'Image')) return assertOne(sought, await readAbbreviated(imagePages(client), reference))
  const { node } = await client.run(ImageById, { id: reference })
  return assertOne(sought, node?.__typename === 'Image' ? [node] : [])
}
