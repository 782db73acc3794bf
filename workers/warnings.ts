/** Warnings of a job: each is an event, so that it stays with the job. */
import type { Warning } from '../warnings.ts'
import type { HeldJob } from './held-job.ts'

/** Each once, in order. A later attempt may say the same again; who reads them leaves out what is equal. @throws AppError JOB_LOST */
export async function reportWarnings(job: HeldJob, warnings: readonly Warning[]): Promise<void> {
  const distinct = new Map(warnings.map(warning => [`${warning.code} ${warning.message}`, warning]))
  for (const { code, message } of distinct.values()) await job.report({ type: 'warning', payload: { code, message } })
}
