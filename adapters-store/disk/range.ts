/** Reads a Range header (RFC 9110): one range of bytes; several, or another unit, mean the whole. */

interface ByteRange {
  readonly start: number
  /** Included. */
  readonly end: number
}

/** `none`: nothing of what was asked for exists. */
export function findRange(header: string | undefined, bytes: number): ByteRange | 'whole' | 'none' {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? '')
  const [, from = '', to = ''] = match ?? []
  if (!match || (from === '' && to === '')) return 'whole'
  if (from === '') {
    const start = Math.max(0, bytes - Number(to))
    return start < bytes ? { start, end: bytes - 1 } : 'none'
  }
  const [start, end] = [Number(from), to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)]
  if (to !== '' && Number(to) < start) return 'whole'
  return start < bytes ? { start, end } : 'none'
}
