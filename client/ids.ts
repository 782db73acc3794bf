/**
 * Global ids as people meet them. An id is base64url of `Type:uuid`; the uuid (version 7) begins with the time, so newer objects
 * have greater ids. A short id is the beginning of the uuid, as long as it takes to be the only one.
 */

/** The type that a global id is of; undefined for anything else. */
function typeOf(reference: string): string | undefined {
  const [, type] = /^([A-Za-z]+):[\w-]+$/.exec(Buffer.from(reference, 'base64url').toString('latin1')) ?? []
  return type
}

/** Whether it is a whole global id of this type. */
export const isId = (reference: string, type: string): boolean =>
  typeOf(reference) === type && uuidOf(reference).length === 32

/** The 32 hexadecimal digits of an id. */
export const uuidOf = (id: string): string =>
  Buffer.from(id, 'base64url')
    .toString('latin1')
    .replace(/^[A-Za-z]+:/, '')
    .replaceAll('-', '')

const SHORTEST_ASKED = 4
const SHORTEST_SHOWN = 8

/** The digits with which the uuid begins; undefined for what is no short id. A uuid with its hyphens is one, too. */
export function shortPrefix(reference: string): string | undefined {
  const digits = reference.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]+$/.test(digits) && digits.length >= SHORTEST_ASKED && digits.length <= 32 ? digits : undefined
}

/** Whether the reference is a short id of this one, or the beginning of it that says more than the type. */
export function abbreviates(reference: string, id: string): boolean {
  const prefix = shortPrefix(reference)
  if (prefix !== undefined && uuidOf(id).startsWith(prefix)) return true
  const bytes = (3 * reference.length) / 4
  return bytes >= (typeOf(id)?.length ?? 0) + 1 + SHORTEST_ASKED && id.startsWith(reference)
}

/** Short ids of these, unique among them; ids that are equal get the same. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const sorted = [...new Set(ids)].map(id => [id, uuidOf(id)] as const).toSorted(([, a], [, b]) => (a < b ? -1 : 1))
  const shared = (a = '', b = '') => {
    let length = 0
    while (length < a.length && a[length] === b[length]) length++
    return length
  }
  return new Map(
    sorted.map(([id, uuid], i) => {
      const needed = Math.max(shared(uuid, sorted[i - 1]?.[1]), shared(uuid, sorted[i + 1]?.[1])) + 1
      return [id, uuid.slice(0, Math.max(SHORTEST_SHOWN, needed))]
    }),
  )
}
