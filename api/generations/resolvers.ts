/** Resolvers of generations and images. */
import { IMAGE_DEFAULTS } from '../../engine/descriptors.ts'
import { parseInput } from '../../queue/index.ts'
import type { Context } from '../context.ts'
import { mutation } from '../faults.ts'
import type { GenerationFilter, ImageFilter, Resolvers } from '../generated/schema.ts'
import { filterKey, toGlobalId } from '../graphql/global-id.ts'
import { jobFields } from '../jobs/resolvers.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import { pictureLink } from '../picture-link.ts'
import { type Connection, type PageArguments, pageOf, within } from '../reading/page.ts'
import type { ImageRow, JobRow } from '../rows.ts'
import { jobsOf } from '../subjects/subject-data.ts'
import { deleteGeneration, deleteImage } from './delete.ts'
import { generate } from './generate.ts'

function listGenerations(
  { read }: Context,
  page: PageArguments,
  filter: GenerationFilter,
): Promise<Connection<JobRow>> {
  const versionId = filterKey(filter.versionId, 'AdapterVersion')
  const subjectId = filterKey(filter.subjectId, 'Subject')
  const kind = 'GENERATION' as const
  const own = {
    kind,
    ...(versionId ? { uses: { some: { versionId } } } : {}),
    ...(filter.states ? { state: { in: filter.states } } : {}),
    ...within(filter),
    ...(subjectId ? { AND: [jobsOf(subjectId)] } : {}),
  }
  return pageOf<JobRow>(read, page, { table: tx => tx.job, where: () => own })
}

function listImages({ read }: Context, page: PageArguments, filter: ImageFilter): Promise<Connection<ImageRow>> {
  const versionId = filterKey(filter.versionId, 'AdapterVersion')
  const subjectId = filterKey(filter.subjectId, 'Subject')
  const wanted = {
    ...(versionId ? { versionId } : {}),
    ...(subjectId ? { version: { adapter: { subjectId } } } : {}),
  }
  const job = { kind: 'GENERATION' as const, ...(versionId || subjectId ? { uses: { some: wanted } } : {}) }
  return pageOf<ImageRow>(read, page, { table: tx => tx.image, where: () => ({ job, ...within(filter) }) })
}

const HALVES = { both: 'BOTH', conditional: 'CONDITIONAL', unsaid: null } as const
const LONG_PROMPTS = { chunks: 'CHUNKS', cut: 'CUT' } as const

export const generationResolvers = {
  Query: {
    generations: (_root, { filter, ...page }, context) => listGenerations(context, page, filter ?? {}),
    images: (_root, { filter, ...page }, context) => listImages(context, page, filter ?? {}),
  },
  Mutation: {
    deleteImage: mutation(async (input, context) => ({
      __typename: 'DeleteImageSuccess',
      deletedId: await deleteImage(context, input),
    })),
    deleteGeneration: mutation(async (input, context) => ({
      __typename: 'DeleteGenerationSuccess',
      deletedId: await deleteGeneration(context, input),
    })),
    generate: mutation(async (input, context) => ({
      __typename: 'GenerateSuccess',
      generation: await generate(context, input),
    })),
  },
  Generation: {
    ...jobFields,
    adapters: async (row, _args, { loaders }) => (await loaders.usesOf.load(row.id)).map(({ version }) => version),
    requests: ({ kind, input }) => parseInput(kind === 'PREVIEW' ? kind : 'GENERATION', input).images,
    images: (row, _args, { loaders }) => loaders.imagesOf.load(row.id),
    trainingJob: async (row, _args, { loaders }) =>
      row.parentJobId === null ? null : ((await loaders.job.load(row.parentJobId)) ?? null),
  },
  ImageRequest: {
    negative: row => row.negative ?? null,
    rescale: row => row.rescale ?? IMAGE_DEFAULTS.rescale,
    init: row => row.init ?? null,
    scheduler: row => row.scheduler ?? IMAGE_DEFAULTS.scheduler,
    longPrompt: row => LONG_PROMPTS[row.longPrompt ?? IMAGE_DEFAULTS.longPrompt],
    scale: row => row.adapter?.scale ?? null,
    alias: row => row.adapter?.alias ?? null,
    halves: row => HALVES[row.adapter?.halves ?? 'unsaid'],
    version: async ({ adapter }, _args, { loaders }) =>
      adapter?.versionId === undefined ? null : ((await loaders.version.load(adapter.versionId)) ?? null),
  },
  InitImage: {
    photo: async ({ photoId }, _args, { loaders }) =>
      photoId === undefined ? null : ((await loaders.photo.load(photoId)) ?? null),
    image: async ({ imageId }, _args, { loaders }) =>
      imageId === undefined ? null : ((await loaders.image.load(imageId)) ?? null),
  },
  Image: {
    id: row => toGlobalId('Image', row.id),
    seed: row => Number(row.seed),
    bytes: row => Number(row.bytes),
    generation: async (row, _args, { loaders }) => requireRow(await loaders.job.load(row.jobId), 'a generation'),
    url: async (row, _args, context) => requireRow(await pictureLink(context, row), 'a file').url,
    urlExpiresAt: async (row, _args, context) => requireRow(await pictureLink(context, row), 'a file').expiresAt,
  },
} satisfies Resolvers
