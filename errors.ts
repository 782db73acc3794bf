/**
 * The two kinds of failure, never mixed: AppError is for what the caller can act on, invariant for our own bugs.
 */

import './wording.ts'

/** Every code an AppError may carry, with the exit status the command line uses for it. */
export const ERROR_CODES = {
  INPUT_INVALID: 2,
  /** A file or folder that was named is not there. */
  FILE_NOT_FOUND: 2,
  MODEL_NOT_FOUND: 3,
  MODEL_INVALID: 3,
  MODEL_UNSUPPORTED: 3,
  WEIGHTS_MISMATCH: 3,
  FILE_INVALID: 3,
  ADAPTER_INVALID: 4,
  ADAPTER_MISMATCH: 4,
  /** A checkpoint that this training cannot go on from: of other settings, of another version of the engine, or damaged. */
  CHECKPOINT_FOREIGN: 2,
  /** Values that are not finite came out of a training or a drawing. */
  DIVERGED: 2,
  IMAGE_INVALID: 5,
  DEVICE_UNAVAILABLE: 6,
  DEVICE_LOST: 6,
  MEMORY_EXCEEDED: 6,
  STORAGE_FAILED: 7,
  BLOB_NOT_FOUND: 7,
  BLOB_CORRUPT: 7,
  CONFIG_INVALID: 2,
  DATABASE_UNAVAILABLE: 8,
  DATABASE_IN_USE: 8,
  DATABASE_INVALID: 8,
  QUEUE_UNAVAILABLE: 8,
  SERVICE_UNAVAILABLE: 8,
  JOB_INVALID: 9,
  JOB_LOST: 9,
  JOB_FAILED: 9,
  UNAUTHENTICATED: 10,
  FORBIDDEN: 10,
  NOT_FOUND: 10,
  CONFLICT: 11,
  /** A file that would be written over. */
  FILE_EXISTS: 11,
  LIMIT_EXCEEDED: 11,
  CANCELED: 130,
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * A failure the caller can act on. `message` names the thing and the limit; `next` says what to do.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly next: string

  constructor(code: ErrorCode, message: string, next: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.code = code
    this.next = next
  }
}

/** Throws when `condition` is false: a bug of ours, masked for callers at the process edge. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`)
}
