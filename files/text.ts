/** Text files of people: UTF-8 with or without a byte order mark, UTF-16 with one; anything else is refused by line and byte. */
import { AppError, type ErrorCode } from '../errors.ts'

const MARKS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

/** The text without its mark. @throws AppError `code` naming `path`, the line and the byte that is not UTF-8 or is U+0000 */
export function decodeText(bytes: Uint8Array, path: string, code: ErrorCode = 'FILE_INVALID'): string {
  const encoding = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))?.[1] ?? 'utf-8'
  if (encoding === 'utf-8') refuseZeros(bytes, path, code)
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    const where = encoding === 'utf-8' ? `: ${placeOf(bytes)}` : ''
    throw new AppError(code, `${path} is not ${encoding.toUpperCase()} text${where}`, 'Save it as UTF-8.', error)
  }
}

/** UTF-16 of Latin letters is valid UTF-8 too, with U+0000 at every letter, which no text of people holds. */
function refuseZeros(bytes: Uint8Array, path: string, code: ErrorCode): void {
  const zero = bytes.indexOf(0)
  if (zero < 0) return
  const before = bytes.subarray(0, zero)
  const line = before.reduce((lines, byte) => (byte === 0x0a ? lines + 1 : lines), 1)
  const where = `line ${line}, byte ${zero - before.lastIndexOf(0x0a)}`
  const message = `${path} is not UTF-8 text: ${where} is U+0000; it looks like UTF-16 without a byte order mark`
  throw new AppError(code, message, 'Save it as UTF-8.')
}

/** The first line that cannot be decoded, and the first byte in it above ASCII: the usual sign of an old code page. */
function placeOf(bytes: Uint8Array): string {
  let [line, start] = [1, 0]
  for (;;) {
    const end = bytes.indexOf(0x0a, start)
    const part = bytes.subarray(start, end < 0 ? undefined : end)
    if (!isUtf8(part)) {
      const at = firstWrong(part)
      const byte = part[at] ?? 0
      return `line ${line}, byte ${at + 1} (0x${byte.toString(16).padStart(2, '0')})`
    }
    if (end < 0) return `line ${line}`
    line++
    start = end + 1
  }
}

/** By halves, since whatever follows a wrong byte is wrong with it: a line may be a whole vocabulary. */
function firstWrong(part: Uint8Array): number {
  let [low, high] = [0, part.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isUtf8(wholeUpTo(part, middle))) low = middle + 1
    else high = middle
  }
  return low
}

/** The bytes up to and with `index`, and the rest of the character that begins there. */
function wholeUpTo(part: Uint8Array, index: number): Uint8Array {
  let end = index + 1
  while (end < part.length && ((part[end] ?? 0) & 0xc0) === 0x80) end++
  return part.subarray(0, end)
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
