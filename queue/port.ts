/**
 * The queue port: how workers claim jobs and report on them, and how the API wakes them. The job rows are the
 * truth; a queue carries hints and the worker's calls. It is not a broker of messages, and retries nothing itself: the
 * reconciler does. Every call of a worker quotes the attempt number of its claim, and a stale number is refused.
 */
import type { Checkpoint, GenerationResult, JobKind, PreviewInput, TrainingResult, WorkerEvent } from './jobs.ts'

/** A job held by one worker under a lease. */
export interface Claim {
  readonly jobId: string
  readonly tenantId: string
  readonly kind: JobKind
  /** The fencing number: rises with every claim of the job. */
  readonly attempt: number
  /** `parseInput(kind, input)` checks it. */
  readonly input: unknown
  /** The last checkpoint any attempt stored. */
  readonly checkpoint?: Checkpoint
  readonly leaseSeconds: number
}

/** `RELEASED` gives the job back unharmed (a worker that shuts down): the attempt doesn't count. */
export type Outcome =
  | { readonly state: 'SUCCEEDED'; readonly result: TrainingResult | GenerationResult }
  | { readonly state: 'FAILED'; readonly code: string; readonly message: string; readonly retry: boolean }
  | { readonly state: 'CANCELED'; readonly message: string }
  | { readonly state: 'RELEASED'; readonly message: string }

export interface WorkerQueue {
  /** At most `limit` queued jobs of these kinds, oldest first; none when nothing waits. */
  claim(kinds: readonly JobKind[], limit: number): Promise<Claim[]>
  /** Extends the lease. After `canceled` or `lost` stop the work; after `canceled` also call `finish`. */
  heartbeat(claim: Claim): Promise<'held' | 'canceled' | 'lost'>
  /** Stores an event once for each (job, attempt, seq); `seq` counts from 0 over all calls that take one. */
  report(claim: Claim, seq: number, event: WorkerEvent): Promise<'stored' | 'known' | 'stale'>
  checkpoint(claim: Claim, seq: number, checkpoint: Checkpoint): Promise<'stored' | 'known' | 'stale'>
  /** Queues the drawing of validation images under this training job, once for each step. `undefined` when stale. */
  preview(claim: Claim, input: PreviewInput): Promise<string | undefined>
  /** Ends the attempt. SUCCEEDED creates the adapter version or the images in the same transaction. */
  finish(claim: Claim, seq: number, outcome: Outcome): Promise<'stored' | 'known' | 'stale'>
  /** Hints that a job has a cancel pending, so that a step's end can be enough of a wait. Returns the unsubscribe. */
  onCancel(listener: (jobId: string) => void): () => void
  /** Resolves when a job may be waiting, after `milliseconds`, or on `signal`: a hint, so always followed by `claim`. */
  wait(signal: AbortSignal, milliseconds: number): Promise<void>
  close(): Promise<void>
}

export interface Reconciled {
  /** Leases that had expired and went back to the queue. */
  readonly requeued: number
  /** Expired with no attempt left. */
  readonly failed: number
  /** Expired with a cancel pending. */
  readonly canceled: number
}

export interface EventListener {
  /** Events up to `number` of a tenant are there; 0 says that jobs of it were deleted. */
  event(tenantId: string, number: bigint): void
  /** Hints may have been lost until now. */
  missed(): void
}

export interface DispatchQueue {
  /** Tells workers that a committed job waits. */
  announce(jobId: string, kind: JobKind): Promise<void>
  /** Makes the worker of a job check its cancel mark now instead of at the next heartbeat. */
  cancelHint(jobId: string): Promise<void>
  /** The one authority that retries: run it every few seconds, on as many API processes as there are. */
  reconcile(): Promise<Reconciled>
  /** Hints of what was committed; they may be lost, so also look every now and then. Returns the unsubscribe. */
  onEvents(listener: EventListener): () => void
  close(): Promise<void>
}
