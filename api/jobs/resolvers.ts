/** Fields that trainings and generations share, and the mutations that work on both. */

import { type EventPayload, parseInput, plannedWarnings } from '../../queue/index.ts'
import { pageOfEvents } from '../events/page.ts'
import { mutation } from '../faults.ts'
import type { GenerationResolvers, Resolvers, TrainingJobResolvers } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { requireRow } from '../mutations/resolve-id.ts'
import type { Loaders } from '../reading/loaders.ts'
import type { JobEventRow, JobRow } from '../rows.ts'
import { cancelJob } from './cancel.ts'
import { typeOfJob } from './find.ts'
import type { Place } from './queue.ts'
import { retryJob } from './retry.ts'
import { TEST_WARNING } from './test-mode.ts'

/** What was clear from the start and what workers have reported, each once: another attempt says the same again. */
function warningsOf({ kind, input, isTest }: JobRow, events: readonly JobEventRow[]): EventPayload<'warning'>[] {
  const planned = kind === 'TRAINING' ? plannedWarnings(parseInput(kind, input)) : []
  const all = [
    ...planned,
    ...(isTest ? [TEST_WARNING] : []),
    ...events.map(({ payload }) => payload as EventPayload<'warning'>),
  ]
  return [...new Map(all.map(warning => [`${warning.code} ${warning.message}`, warning])).values()]
}
const placeOf = async ({ id, state }: JobRow, { placeOf }: Loaders): Promise<Place | undefined> =>
  state === 'QUEUED' ? placeOf.load(id) : undefined

/** The fields of the interface `Job`. */
export const jobFields = {
  id: row => toGlobalId(typeOfJob(row), row.id),
  warnings: async (row, _args, { loaders }) => warningsOf(row, await loaders.warningsOf.load(row.id)),
  progress: ({ state, step, steps }) => (state === 'QUEUED' && step === 0 ? null : { step, steps }),
  environment: row => (row.isTest ? 'TEST' : 'LIVE'),
  queuePosition: async (row, _args, { loaders }) => (await placeOf(row, loaders))?.place ?? null,
  waitingFor: async (row, _args, { loaders }) => (await placeOf(row, loaders))?.waits ?? null,
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
