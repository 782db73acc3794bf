/** What memory there is to compute in. */
import { totalmem } from 'node:os'

/** Bytes that the machine has, or that the container that we are in may take. */
export function machineMemory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}
