/**
 * How old a blob must be to be removed because no row names it. A worker stores a blob first and has the row written later, so a
 * blob that is named by nobody may be on its way to a row: but only one that was put since the worker claimed its job, and only
 * while it holds the claim, since the database refuses what a lost claim reports. Putting a blob again makes it young again.
 */
import type { Transaction } from '../../prisma/index.ts'

/** Older than `graceSeconds`, and put before every claim of the tenant that is held now; clocks may differ by a minute. */
export async function cutoffOf(tx: Transaction, graceSeconds: number): Promise<Date> {
  const [row] = await tx.$queryRaw<[{ cutoff: Date }]>`
    select least(now() - make_interval(secs => ${graceSeconds}::double precision), min(a.claimed_at) - interval '1 minute') as cutoff
    from job_attempts a join jobs j on (j.tenant_id, j.id, j.attempt) = (a.tenant_id, a.job_id, a.attempt)
    where j.state in ('PREPARING', 'RUNNING')`
  return row.cutoff
}
