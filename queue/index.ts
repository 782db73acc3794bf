/** The queue's door: the port, the jobs' schemas, the bell, and the PostgreSQL driver. */
export { type Bell, createBell } from './bell.ts'
export * from './jobs.ts'
export type { Claim, DispatchQueue, Outcome, Reconciled, WorkerQueue } from './port.ts'
export { type DispatchQueueOptions, openPostgresDispatchQueue } from './postgres/dispatch.ts'
export { openPostgresWorkerQueue, type WorkerQueueOptions } from './postgres/worker.ts'
