/** Starts trainings and says beforehand what they cost. */
import type { Transaction } from '../../prisma/index.ts'
import { actorName } from '../access/actor.ts'
import { adapterOfLine } from '../adapters/line.ts'
import { findBase } from '../base-models/find.ts'
import { assertConsent } from '../consents/assert.ts'
import { type Context, tenantOf } from '../context.ts'
import { validationFault } from '../faults.ts'
import type { EstimateTrainingInput, StartTrainingInput, TrainingEstimate } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { assertJobCost, assertMayWait } from '../jobs/limits.ts'
import { readAhead } from '../jobs/queue.ts'
import { isTest, testPlan } from '../jobs/test-mode.ts'
import { change } from '../mutations/change.ts'
import { once } from '../mutations/idempotency.ts'
import { requireResult, requireRow, resolveId } from '../mutations/resolve-id.ts'
import type { BaseModelRow, JobRow, PhotoRow, PhotoSetRow, SubjectRow } from '../rows.ts'
import { secondsPerUnit, trainingUnits } from './cost.ts'
import { type Plan, planTraining, trainingInput } from './plan.ts'

interface Prepared {
  readonly photoSet: PhotoSetRow
  readonly subject: SubjectRow
  readonly photos: readonly PhotoRow[]
  readonly base: BaseModelRow
  readonly plan: Plan
}

/** Everything a training needs, found and checked, the consent last and held until the transaction ends. */
async function prepare(
  { actor }: Context,
  tx: Transaction,
  input: EstimateTrainingInput | StartTrainingInput,
): Promise<Prepared> {
  const { subject, photos, ...photoSet } = await resolveId(input.photoSetId, 'PhotoSet', 'photoSetId', id =>
    tx.photoSet.findFirst({
      where: { id },
      include: { subject: true, photos: { where: { state: 'ACCEPTED' }, orderBy: { position: 'asc' } } },
    }),
  )
  const base = await findBase(tx, input.baseModelId)
  const asked = planTraining(input, base)
  const plan = isTest(actor) ? testPlan(asked) : asked
  if (!photoSet.hash || photos.length === 0)
    throw validationFault('WRONG_STATE', 'photoSetId', 'the photo set is not complete; complete its uploads first')
  assertJobCost(trainingUnits(plan), 'steps', 'Take fewer steps, a smaller batch or fewer previews.')
  await assertConsent(tx, subject, photoSet, 'photoSetId')
  return { photoSet, subject, photos, base, plan }
}

export async function estimateTraining(context: Context, input: EstimateTrainingInput): Promise<TrainingEstimate> {
  return context.database.withTenant(tenantOf(context), async tx => {
    const { base, plan } = await prepare(context, tx, input)
    const units = trainingUnits(plan)
    const workUnits = isTest(context.actor) ? 0 : units
    const seconds = units * (await secondsPerUnit(tx, 'TRAINING', base))
    return { steps: plan.steps, workUnits, seconds, ...(await estimateWait(tx)) }
  })
}

/** What all tenants have in the queue counts as far as it is taken before. */
async function estimateWait(tx: Transaction): Promise<Pick<TrainingEstimate, 'queued' | 'waitSeconds'>> {
  const { ahead, workers } = await readAhead(tx)
  const bases = new Map((await tx.baseModel.findMany()).map(base => [base.id, base]))
  let [queued, seconds] = [0, 0]
  for (const { baseModelId, waiting, units } of ahead) {
    const base = requireRow(bases.get(baseModelId), 'a base model')
    queued += waiting
    seconds += units * (await secondsPerUnit(tx, 'TRAINING', base))
  }
  return { queued, waitSeconds: workers > 0 ? seconds / workers : null }
}

export async function startTraining(context: Context, input: StartTrainingInput): Promise<JobRow> {
  const job = await change(context, async (tx, tenantId, audit) => {
    const { jobId } = await once(tx, tenantId, 'startTraining', input, async () => {
      const prepared = await prepare(context, tx, input)
      await assertMayWait(tx, tenantId, isTest(context.actor) ? 0 : trainingUnits(prepared.plan))
      const createdBy = actorName(context.actor)
      const job = await tx.job.create({
        data: { tenantId, createdBy, ...(await jobData(context, tx, tenantId, input, prepared)) },
      })
      await audit({ action: 'startTraining', target: toGlobalId('TrainingJob', job.id) })
      return { jobId: job.id }
    })
    return requireResult(tx.job.findFirst({ where: { id: jobId ?? '' } }))
  })
  // Only a hint, after the row is there: losing it costs time, not the job.
  await context.dispatch.announce(job.id, 'TRAINING')
  return job
}

/** Which adapter gets the version is decided now: however many trainings of one name run at once, they add to one adapter. */
async function jobData(
  { actor }: Context,
  tx: Transaction,
  tenantId: string,
  input: StartTrainingInput,
  { photoSet, subject, photos, base, plan }: Prepared,
) {
  const forTest = isTest(actor)
  const jobInput = trainingInput(plan, input, base, subject, photos, forTest)
  const line = { subjectId: subject.id, baseModelId: base.id, method: plan.method, name: jobInput.adapterName }
  return {
    kind: 'TRAINING' as const,
    input: jobInput,
    subjectId: subject.id,
    photoSetId: photoSet.id,
    baseModelId: base.id,
    adapterId: await adapterOfLine(tx, tenantId, line),
    steps: plan.steps,
    isTest: forTest,
    costUnits: forTest ? 0 : trainingUnits(plan),
  }
}
