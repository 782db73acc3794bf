/** Fields that trainings and generations share, and the mutations that work on both. */

import { pageOfEvents } from '../events/page.ts'
import { mutation } from '../faults.ts'
import type { GenerationResolvers, Resolvers, TrainingJobResolvers } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import { cancelJob } from './cancel.ts'
import { typeOfJob } from './find.ts'
import { retryJob } from './retry.ts'

/** The fields of the interface `Job`. */
export const jobFields = {
  id: row => toGlobalId(typeOfJob(row), row.id),
  progress: ({ state, step, steps }) => (state === 'QUEUED' && step === 0 ? null : { step, steps }),
  workUnits: row => Number(row.costUnits),
  events: (row, page, context) => pageOfEvents(context, page, row.id),
  baseModel: async (row, _args, { loaders }) =>
    requireRow(await loaders.baseModel.load(row.baseModelId), 'a base model'),
} satisfies TrainingJobResolvers & GenerationResolvers

export const jobResolvers = {
  Mutation: {
    cancelJob: mutation(async (input, context) => ({
      __typename: 'CancelJobSuccess',
      job: await cancelJob(context, input),
    })),
    retryJob: mutation(async (input, context) => ({
      __typename: 'RetryJobSuccess',
      job: await retryJob(context, input),
    })),
  },
  Job: { __resolveType: typeOfJob },
} satisfies Resolvers
