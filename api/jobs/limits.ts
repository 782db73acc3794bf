/** Keeps what waits within limits: what one job may cost, and how much of a tenant may wait at the same time. */
import type { Transaction } from '../../prisma/index.ts'
import { limitFault, type UserFault } from '../faults.ts'
import { LIMITS } from '../service/limits.ts'
import { assertStorage } from '../tenants/storage.ts'

type Limit = 'workUnitsPerJob' | 'waitingJobs' | 'waitingWorkUnits'
type Path = Parameters<typeof limitFault>[0]

const number = (value: number): string => value.toLocaleString('en-US')

const over = (limit: Limit, found: number, path: Path, what: string, next: string): UserFault =>
  limitFault(path, `${what}; allowed are ${number(LIMITS[limit])} (${limit}). ${next}`, {
    limit,
    allowed: LIMITS[limit],
    found,
  })

/** @throws UserFault LIMIT_EXCEEDED. `next` says what makes the job smaller. */
export function assertJobCost(workUnits: number, path: Path, next: string): void {
  if (workUnits <= LIMITS.workUnitsPerJob) return
  throw over('workUnitsPerJob', workUnits, path, `the job would cost ${number(workUnits)} work units`, next)
}

/**
 * The last check before a job is queued: whoever queues at the same time waits until the transaction ends.
 * @throws UserFault LIMIT_EXCEEDED
 */
export async function assertMayWait(tx: Transaction, tenantId: string, workUnits: number): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`waiting ${tenantId}`}, 0))`
  // Whatever it makes has to be stored.
  await assertStorage(tx, tenantId, 1, [])
  // Previews are paid for by their training.
  const where = { state: 'QUEUED' as const, kind: { not: 'PREVIEW' as const } }
  const { _count, _sum } = await tx.job.aggregate({ where, _count: true, _sum: { costUnits: true } })
  const [jobs, units] = [_count + 1, Number(_sum.costUnits ?? 0) + workUnits]
  const next = 'Wait until some have been taken, or cancel some.'
  if (jobs > LIMITS.waitingJobs) throw over('waitingJobs', jobs, [], `${number(_count)} jobs of the tenant wait`, next)
  if (units > LIMITS.waitingWorkUnits)
    throw over(
      'waitingWorkUnits',
      units,
      [],
      `with this job ${number(units)} work units of the tenant would wait`,
      next,
    )
}
