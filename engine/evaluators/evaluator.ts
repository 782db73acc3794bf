/** What judges drawn images: one number for a set of them, higher is better. */
import type { Device } from '../runtime/device.ts'

/** A picture of any size. */
export interface Picture {
  /** `[3, height, width]` in -1..1. */
  readonly pixels: Float32Array
  readonly width: number
  readonly height: number
}

/** A drawn picture, and what was asked for. */
export interface Drawn extends Picture {
  readonly prompt: string
}

/** What an evaluator is given. */
export interface Judged {
  readonly drawn: readonly Drawn[]
  /** Photos of the subject. */
  readonly photos: readonly Picture[]
}

export interface Evaluator {
  /** Mean over the drawn pictures. @throws AppError INPUT_INVALID without pictures, or without photos where it compares with them */
  score(judged: Judged): Promise<number>
  /** Frees its sessions. */
  close(): Promise<void>
}

/** A kind of evaluator; a new one is a file and a line in `index.ts`. */
export interface EvaluatorKind {
  /** What the number is, in a sentence. */
  readonly measures: string
  /** Whether it compares with the subject's photos, or the pictures with their prompts. */
  readonly against: 'photos' | 'prompts'
  /**
   * Opens the network of a model folder.
   * @throws AppError MODEL_NOT_FOUND, MODEL_UNSUPPORTED, WEIGHTS_MISMATCH naming the file
   */
  open(device: Device, folder: string): Promise<Evaluator>
}

/** A unit vector in its direction. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return vector.map(value => value / length)
}

/** Of unit vectors. */
export const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)

/** Mean cosine over all pairs of one vector of each set. */
export function nearness(codes: readonly Float32Array[], others: readonly Float32Array[]): number {
  const pairs = codes.flatMap(code => others.map(other => cosine(code, other)))
  return pairs.reduce((a, b) => a + b, 0) / pairs.length
}
