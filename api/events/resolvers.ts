/** Resolvers of the event log: the list, the entries and the two subscriptions. */

import { invariant } from '../../errors.ts'
import { EVENTS, type EventPayload } from '../../queue/index.ts'
import { isAllowed } from '../access/actions.ts'
import { type Context, tenantOf } from '../context.ts'
import { notFound } from '../faults.ts'
import type { JobEventType, JobState, Resolvers } from '../generated/schema.ts'
import { keyOf, toGlobalId } from '../graphql/global-id.ts'
import { kindAction } from '../jobs/find.ts'
import type { JobEventRow, JobRow } from '../rows.ts'
import { followEvents } from './follow.ts'
import { pageOfEvents } from './page.ts'

/** @throws NOT_FOUND, also for jobs of a kind that the caller may not read. */
async function readableJob({ loaders, actor }: Context, id: string): Promise<JobRow> {
  const key = keyOf(id, 'TrainingJob', 'Generation')
  const job = key === undefined ? undefined : await loaders.job.load(key)
  if (!job || !isAllowed(actor, kindAction(job, 'read'))) throw notFound('jobId')
  return job
}

/** Reads one field of an event's payload, if its type has such a field. */
const fromPayload =
  <T extends 'progress' | 'state' | 'stalled'>(type: T) =>
  <K extends keyof EventPayload<T>>(row: JobEventRow, key: K): EventPayload<T>[K] | null =>
    row.type === type ? ((row.payload as EventPayload<T>)[key] ?? null) : null
const progressOf = fromPayload('progress')
const stateOf = fromPayload('state')
const stallOf = fromPayload('stalled')

function typeOf({ type }: JobEventRow): JobEventType {
  invariant(Object.hasOwn(EVENTS, type), `the event type ${type} is not in the catalogue`)
  return type.toUpperCase() as JobEventType
}

const JobEvent = {
  id: row => toGlobalId('JobEvent', `${row.tenantId}.${row.number}`),
  number: row => Number(row.number),
  type: typeOf,
  job: (row, _args, { loaders }) => (row.jobId === null ? null : loaders.job.load(row.jobId).then(job => job ?? null)),
  state: row => stateOf(row, 'to') as JobState | null,
  reason: row => stateOf(row, 'reason') ?? stallOf(row, 'reason'),
  step: row => progressOf(row, 'step') ?? stallOf(row, 'step') ?? null,
  steps: row => progressOf(row, 'steps'),
  loss: row => progressOf(row, 'loss') ?? null,
  remainingSeconds: row => progressOf(row, 'remaining') ?? null,
} satisfies Resolvers['JobEvent']

const Query = {
  events: async (_root, { jobId, ...page }, context) =>
    pageOfEvents(context, page, jobId ? (await readableJob(context, jobId)).id : undefined),
} satisfies Resolvers['Query']

const Subscription = {
  jobEvents: {
    subscribe: async (_root, { jobId, after }, context) => {
      const job = await readableJob(context, jobId)
      const action = kindAction(job, 'read')
      return followEvents(context, { jobId: job.id, after: BigInt(after ?? 0), action })
    },
    resolve: (row: JobEventRow) => row,
  },
  tenantEvents: {
    subscribe: async (_root, { after }, context) => {
      const start = after ?? (await lastNumber(context))
      return followEvents(context, { after: BigInt(start), action: 'events.read' })
    },
    resolve: (row: JobEventRow) => row,
  },
} satisfies Resolvers['Subscription']

async function lastNumber(context: Context): Promise<bigint> {
  const id = tenantOf(context)
  const tenant = await context.read(tx => tx.tenant.findUniqueOrThrow({ where: { id }, select: { eventNumber: true } }))
  return tenant.eventNumber
}

export const eventResolvers = { Query, Subscription, JobEvent } satisfies Resolvers
