/** The queue's door: the port, the jobs' schemas, the bell, and the PostgreSQL driver. */

export { type Bell, createBell } from './bell.ts'
export * from './jobs.ts'
export type { Claim, DispatchQueue, Outcome, WorkerQueue } from './port.ts'
export { openPostgresDispatchQueue } from './postgres/dispatch.ts'
export { openPostgresWorkerQueue } from './postgres/worker.ts'
