/** The queue's door: the port, the jobs' schemas, and the Postgres driver. */
export * from './jobs.ts'
export type { Claim, DispatchQueue, Outcome, Reconciled, WorkerQueue } from './port.ts'
