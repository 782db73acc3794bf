/** Looks API keys up, each at most twice a second: a revoked key is refused within half a second, a busy one costs next to nothing. */
import type { FoundKey, Login } from '../../prisma/index.ts'

const TRUST_MILLISECONDS = 500
const MAX_KEYS = 10_000

type Found = Promise<FoundKey | undefined>
export type KeyLookup = (publicId: string) => Found

export function createKeyLookup(login: Pick<Login, 'findKey'>, now: () => number = () => performance.now()): KeyLookup {
  const known = new Map<string, { readonly at: number; readonly row: Found }>()
  return publicId => {
    const at = now()
    const entry = known.get(publicId)
    if (entry && at - entry.at < TRUST_MILLISECONDS) return entry.row
    const row = login.findKey(publicId)
    known.delete(publicId)
    if (known.size >= MAX_KEYS) known.delete(known.keys().next().value ?? '')
    known.set(publicId, { at, row })
    // A lookup that failed says nothing about the key.
    row.catch(() => known.delete(publicId))
    return row
  }
}
