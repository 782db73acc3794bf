/** The messages between a device handle and its child process. Tensors that stay in the child are named buffers. */
import type { DType, Shape } from '../graph/graph.ts'
import type { Dtype } from '../io/safetensors/dtypes.ts'

/** How a session will be used; `profiles.ts` says which runtime options that means. */
export type Profile = 'inference' | 'fast' | 'lean' | 'checkpoint' | 'full' | 'inPlace' | 'placed'

export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array | Uint16Array

/** A tensor that travels with the message. */
export interface Inline {
  readonly data: TensorData
  readonly dtype: DType
  readonly shape: Shape
}

/** A float32 view of a buffer that lives in the child; `offset` counts elements. */
export interface View {
  readonly buffer: string
  readonly offset: number
  readonly shape: Shape
}

export type Feed = Inline | View

/** One execution of a session. Outputs not named in `into` are not computed into memory of ours and are not returned. */
export interface Run {
  readonly session: number
  readonly feeds: Readonly<Record<string, Feed>>
  /** Outputs written into buffers; may alias feeds in a purely elementwise session. */
  readonly into: Readonly<Record<string, View>>
  /** Outputs that come back with the reply. */
  readonly fetch: readonly string[]
}

/** Bytes of a file range, copied (and widened to float32) into a buffer. */
export interface FileRange {
  readonly path: string
  readonly offset: number
  readonly bytes: number
  readonly dtype: Dtype
  /** First element in the buffer. */
  readonly at: number
}

export interface Memory {
  /** Resident bytes now. */
  readonly resident: number
  /** The largest resident size so far (VmHWM), bytes. */
  readonly peak: number
}

export interface Requests {
  open: { model: Uint8Array; profile: Profile; threads: number }
  close: { session: number }
  alloc: { buffer: string; elements: number }
  free: { buffer: string }
  write: { buffer: string; offset: number; data: Float32Array }
  read: { buffer: string; offset: number; elements: number }
  load: { buffer: string; ranges: readonly FileRange[] }
  run: { runs: readonly Run[] }
  info: Record<never, never>
}

export interface RunResult {
  readonly outputs: Readonly<Record<string, Inline>>
  /** Wall time of the execution, milliseconds. */
  readonly ms: number
}

export interface Replies {
  open: { session: number; ms: number; memory: Memory }
  close: Record<never, never>
  alloc: Record<never, never>
  free: Record<never, never>
  write: Record<never, never>
  read: { data: Float32Array }
  load: { ms: number }
  run: { results: readonly RunResult[]; memory: Memory }
  info: { memory: Memory; provider: string; version: string }
}

export type RequestName = keyof Requests
export interface Request<N extends RequestName = RequestName> {
  readonly id: number
  readonly name: N
  readonly body: Requests[N]
}
/** What went wrong in the child, so that the handle can throw the right AppError. */
export type Failure = 'memory' | 'provider' | 'model' | 'bug'

export type Reply =
  | { readonly id: number; readonly ok: true; readonly body: Replies[RequestName] }
  | { readonly id: number; readonly ok: false; readonly kind: Failure; readonly message: string }
