/** Resolvers of trainings. */
import { parseInput } from '../../queue/index.ts'
import { mutation } from '../faults.ts'
import type { Resolvers, TrainingSettings } from '../generated/schema.ts'
import { filterKey } from '../graphql/global-id.ts'
import { jobFields } from '../jobs/resolvers.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import type { CheckpointRow, JobRow } from '../rows.ts'
import { listTrainingJobs } from './list.ts'
import { readMetrics } from './metrics.ts'
import { estimateTraining, startTraining } from './start.ts'

const CROPS = { aspect: 'ASPECT', square: 'SQUARE' } as const

function settingsOf(row: JobRow): TrainingSettings {
  const { subject, crop, batch = null, learningRate = null, ...input } = parseInput('TRAINING', row.input)
  return { ...input, phrase: subject, crop: CROPS[crop], batch, learningRate }
}

/** A later attempt writes again what an earlier one had: the newest of each step counts. */
const newestOfEachStep = (rows: readonly CheckpointRow[]): CheckpointRow[] =>
  [...new Map(rows.map(row => [row.step, row])).values()].sort((a, b) => a.step - b.step)

export const trainingResolvers = {
  Query: {
    trainingJobs: (_root, { filter, ...page }, context) => {
      const subjectId = filterKey(filter?.subjectId, 'Subject')
      return listTrainingJobs(context, page, { ...filter, subjectId })
    },
  },
  Mutation: {
    estimateTraining: mutation(async (input, context) => ({
      __typename: 'EstimateTrainingSuccess',
      estimate: await estimateTraining(context, input),
    })),
    startTraining: mutation(async (input, context) => ({
      __typename: 'StartTrainingSuccess',
      job: await startTraining(context, input),
    })),
  },
  TrainingJob: {
    ...jobFields,
    subject: async (row, _args, { loaders }) =>
      requireRow(await loaders.subject.load(row.subjectId ?? ''), 'a subject'),
    photoSet: async (row, _args, { loaders }) =>
      requireRow(await loaders.photoSet.load(row.photoSetId ?? ''), 'a photo set'),
    adapter: async (row, _args, { loaders }) =>
      row.adapterId === null ? null : ((await loaders.adapter.load(row.adapterId)) ?? null),
    settings: settingsOf,
    attempts: (row, _args, { loaders }) => loaders.attemptsOf.load(row.id),
    checkpoints: async (row, _args, { loaders }) => newestOfEachStep(await loaders.checkpointsOf.load(row.id)),
    metrics: (row, _args, { read }) => read(tx => readMetrics(tx, row.id)),
    previews: (row, _args, { loaders }) => loaders.previewsOf.load(row.id),
    version: async (row, _args, { loaders }) => (await loaders.versionOfJob.load(row.id))[0] ?? null,
  },
  JobAttempt: { number: row => row.attempt },
  Checkpoint: { bytes: row => Number(row.bytes) },
} satisfies Resolvers
