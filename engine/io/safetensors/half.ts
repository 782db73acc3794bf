/** Converts single precision to half, and refuses values that would become infinite. */
/// <reference lib="es2025.float16" />
import { AppError } from '../../../errors.ts'

const LARGEST = 65504

/** @throws AppError INPUT_INVALID naming the tensor, with `next` as what to do. */
export function toHalf(name: string, values: Float32Array, next: string): Float16Array<ArrayBuffer> {
  if (values.every(value => Math.abs(value) <= LARGEST)) return new Float16Array(values)
  throw new AppError('INPUT_INVALID', `${name} has values beyond half precision (${LARGEST})`, next)
}
