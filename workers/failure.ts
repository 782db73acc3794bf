/** How a failed job is reported to its tenant, and whether another attempt may succeed. */
import { AppError, type ErrorCode } from '../errors.ts'

interface Verdict {
  /** Whether another attempt, or another worker, may succeed. */
  readonly retry: boolean
  /** Shown to the tenant instead of the error's own message, which may name folders and hosts. */
  readonly publicMessage?: string
}

const OWN: Verdict = { retry: false }
const BASE: Verdict = { retry: true, publicMessage: 'the base model cannot be read on this worker' }
const SERVICE: Verdict = { retry: true, publicMessage: 'a service that the worker needs could not be reached' }

const VERDICTS: Readonly<Record<ErrorCode, Verdict>> = {
  INPUT_INVALID: OWN,
  MODEL_NOT_FOUND: BASE,
  MODEL_INVALID: BASE,
  MODEL_UNSUPPORTED: { retry: false, publicMessage: 'this worker does not support the base model or the sampler' },
  WEIGHTS_MISMATCH: BASE,
  FILE_INVALID: OWN,
  FILE_NOT_FOUND: { retry: true, publicMessage: 'the worker misses a file of its own' },
  FILE_EXISTS: { retry: true, publicMessage: 'the worker could not write a file of its own' },
  ADAPTER_INVALID: OWN,
  ADAPTER_MISMATCH: {
    retry: false,
    publicMessage: 'the adapter was trained on another base model. Use that one, or train it again',
  },
  CHECKPOINT_FOREIGN: { retry: true, publicMessage: 'the training could not go on from its last checkpoint' },
  DIVERGED: OWN,
  IMAGE_INVALID: OWN,
  DEVICE_UNAVAILABLE: { retry: true, publicMessage: 'the device of this worker cannot be used' },
  DEVICE_LOST: { retry: true, publicMessage: 'the process that computes ended unexpectedly' },
  MEMORY_EXCEEDED: { retry: true },
  STORAGE_FAILED: { retry: true, publicMessage: 'the worker could not read or write its storage' },
  BLOB_NOT_FOUND: { retry: false, publicMessage: 'a photo, an image or an adapter that this job needs was deleted' },
  BLOB_CORRUPT: { retry: false, publicMessage: 'a photo, an image or an adapter that this job needs is damaged' },
  CONFIG_INVALID: SERVICE,
  DATABASE_UNAVAILABLE: SERVICE,
  DATABASE_IN_USE: SERVICE,
  DATABASE_INVALID: SERVICE,
  QUEUE_UNAVAILABLE: SERVICE,
  SERVICE_UNAVAILABLE: SERVICE,
  JOB_INVALID: OWN,
  JOB_LOST: { retry: true, publicMessage: 'the worker lost this job' },
  JOB_FAILED: OWN,
  UNAUTHENTICATED: SERVICE,
  FORBIDDEN: SERVICE,
  NOT_FOUND: OWN,
  CONFLICT: OWN,
  LIMIT_EXCEEDED: OWN,
  CANCELED: { retry: true, publicMessage: 'the work was stopped' },
}

export interface Failure {
  readonly code: string
  readonly message: string
  readonly retry: boolean
}

/** Internal errors are masked: their messages go to the log only. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof AppError))
    return { code: 'INTERNAL', message: 'an internal error; it was logged', retry: true }
  const { retry, publicMessage } = VERDICTS[error.code]
  return { code: error.code, message: publicMessage ?? `${error.message}. ${error.next}`, retry }
}

const UNREACHED: readonly ErrorCode[] = ['DATABASE_UNAVAILABLE', 'QUEUE_UNAVAILABLE', 'SERVICE_UNAVAILABLE']

/** Whether the call did not get through and should be made again. */
export const isUnreached = (error: unknown): boolean => error instanceof AppError && UNREACHED.includes(error.code)
