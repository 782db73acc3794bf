/** Consents: recording one for a complete photo set, and revoking it. */
import { z } from 'zod'
import { actorName } from '../access/actor.ts'
import type { Context } from '../context.ts'
import { check, validationFault } from '../faults.ts'
import type { RecordConsentInput, RevokeConsentInput } from '../generated/schema.ts'
import { toGlobalId } from '../graphql/global-id.ts'
import { cancelJobs } from '../jobs/cancel.ts'
import { change } from '../mutations/change.ts'
import { resolveId } from '../mutations/resolve-id.ts'
import type { ConsentRow } from '../rows.ts'
import { startedFrom } from '../subjects/subject-data.ts'

const newConsent = z.object({
  statement: z.string().trim().min(1).max(10_000),
  grantedBy: z.string().trim().min(1).max(200),
})

export async function recordConsent(context: Context, input: RecordConsentInput): Promise<ConsentRow> {
  return change(context, async (tx, tenantId, audit) => {
    const set = await resolveId(input.photoSetId, 'PhotoSet', 'photoSetId', id =>
      tx.photoSet.findFirst({ where: { id } }),
    )
    const { statement, grantedBy } = check(newConsent, input)
    if (!set.hash)
      throw validationFault('WRONG_STATE', 'photoSetId', 'the photo set is not complete; complete its uploads first')
    const recordedBy = actorName(context.actor)
    const consent = await tx.consent.create({
      data: { tenantId, subjectId: set.subjectId, photoSetId: set.id, statement, grantedBy, recordedBy },
    })
    await audit({ action: 'recordConsent', target: toGlobalId('Consent', consent.id) })
    return consent
  })
}

/** Revoking again changes nothing. Jobs that depend on the photo set are canceled; `canceled` lists those whose workers must be notified. */
export async function revokeConsent(
  context: Context,
  input: RevokeConsentInput,
): Promise<{ consent: ConsentRow; canceled: string[] }> {
  const done = await change(context, async (tx, _tenantId, audit) => {
    const find = (id: string) => tx.consent.findFirst({ where: { id } })
    const { id, subjectId, photoSetId } = await resolveId(input.consentId, 'Consent', 'consentId', find)
    await tx.consent.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    // Read after the update: a job that was started meanwhile has waited for it or is seen here.
    const consent = await tx.consent.findFirstOrThrow({ where: { id } })
    const resting = [
      { photoSetId },
      { parent: { photoSetId } },
      { uses: { some: { version: { job: { photoSetId } } } } },
      { uses: { some: { version: { jobId: null, adapter: { subjectId } } } } },
      startedFrom(subjectId),
    ]
    const canceled = await cancelJobs(tx, { OR: resting }, 'the consent was revoked')
    await audit({
      action: 'revokeConsent',
      target: toGlobalId('Consent', id),
      detail: { canceledJobs: canceled.length },
    })
    return { consent, canceled }
  })
  await Promise.all(done.canceled.map(id => context.dispatch.cancelHint(id)))
  return done
}
