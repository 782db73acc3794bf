/** Results hold numbers: what is not finite is never written, whatever made it. */
/// <reference lib="es2025.float16" />
import { AppError } from '../../../errors.ts'

/** @throws AppError DIVERGED naming `what`, its first tensor with such values, and how many tensors have some. */
export function assertFinite(
  what: string,
  tensors: Iterable<readonly [name: string, values: Float32Array | Float16Array]>,
  next: string,
): void {
  const broken = [...tensors].filter(([, values]) => !values.every(Number.isFinite)).map(([name]) => name)
  if (broken.length === 0) return
  const more = broken.length > 1 ? ` and ${broken.length - 1} more tensors` : ''
  throw new AppError(
    'DIVERGED',
    `${what} has values that are not finite in ${broken[0]}${more}; nothing was written`,
    next,
  )
}
