/**
 * The JSON of a safetensors header and nothing more: objects, arrays, strings and whole numbers.
 *
 * JSON.parse is not enough: it keeps the last of two equal keys, reads 1.0 and 1e0 as 1, rounds large numbers, and lets
 * lone surrogates pass, where the reference library sees something else.
 */

/** A broken rule; `stricter` names it when the reference library would accept the file. */
export class HeaderFault extends Error {
  readonly stricter: StricterRule | undefined

  constructor(message: string, stricter?: StricterRule) {
    super(message)
    this.name = 'HeaderFault'
    this.stricter = stricter
  }
}

/** Where this reader refuses what the reference library (safetensors 0.8) accepts, and why. */
export const STRICTER_THAN_REFERENCE = {
  'duplicate-key':
    'The reference keeps the last of two equal keys, so two readers can see two different models in one file.',
  'unknown-field':
    'The format defines dtype, shape and data_offsets; a field we do not know could change their meaning.',
  'value-kind':
    'Booleans, negative and fractional numbers and deep nesting occur only in unknown fields, which the reference skips.',
  'positional-record': 'The reference also takes a tensor record as an array; the format defines an object.',
  'null-metadata': 'The reference takes null for __metadata__; the format defines a map of strings.',
  'tagged-dtype': 'The reference also takes {"F32": null} for "F32"; the format defines a string.',
  'header-start': 'The format says that the header begins with "{"; the reference skips white space before it.',
  'large-number':
    'Above 2^53 a number is not exact in JavaScript; the reference takes it where another size of the shape is 0.',
  'rank-limit':
    'More than 64 dimensions: no runtime holds such a tensor, and the limit bounds what a header can make us allocate.',
  'unusable-dtype':
    'F4 and F6 elements share bytes, so no ONNX initializer can point at them; F8_E8M0 the torch binding cannot load either.',
} as const

export type StricterRule = keyof typeof STRICTER_THAN_REFERENCE

export type HeaderValue = string | number | HeaderValue[] | Map<string, HeaderValue> | null

/** A tensor record is the deepest thing in a header: {name: {shape: [n]}}. */
const MAX_DEPTH = 4
const MAX_RANK = 64

type Cursor = { readonly text: string; at: number }

/** Parses the whole text. Throws HeaderFault. `null` is read only to be refused with its own reason. */
export function parseHeaderJson(text: string): HeaderValue {
  const cursor: Cursor = { text, at: 0 }
  const value = readValue(cursor, 1)
  if (peek(cursor) !== '') throw unexpected(cursor)
  return value
}

function readValue(cursor: Cursor, depth: number): HeaderValue {
  if (depth > MAX_DEPTH) throw new HeaderFault(`is nested too deeply at character ${cursor.at}`, 'value-kind')
  const next = peek(cursor)
  if (next === '{') return readObject(cursor, depth)
  if (next === '[') return readArray(cursor, depth)
  if (next === '"') return readString(cursor)
  if (next === 'n' && cursor.text.startsWith('null', cursor.at)) {
    cursor.at += 4
    return null
  }
  return readNumber(cursor)
}

function readObject(cursor: Cursor, depth: number): Map<string, HeaderValue> {
  const entries = new Map<string, HeaderValue>()
  take(cursor, '{')
  if (peek(cursor) === '}') take(cursor, '}')
  else {
    do {
      const key = readString(cursor)
      if (entries.has(key)) throw new HeaderFault(`has the key ${quote(key)} twice`, 'duplicate-key')
      take(cursor, ':')
      entries.set(key, readValue(cursor, depth + 1))
    } while (takeSeparator(cursor, '}'))
  }
  return entries
}

function readArray(cursor: Cursor, depth: number): HeaderValue[] {
  const items: HeaderValue[] = []
  take(cursor, '[')
  if (peek(cursor) === ']') take(cursor, ']')
  else {
    do {
      if (items.length === MAX_RANK) throw new HeaderFault(`has a list longer than ${MAX_RANK}`, 'rank-limit')
      items.push(readValue(cursor, depth + 1))
    } while (takeSeparator(cursor, ']'))
  }
  return items
}

function readString(cursor: Cursor): string {
  if (peek(cursor) !== '"') throw unexpected(cursor)
  const start = cursor.at++
  while (cursor.text[cursor.at] !== '"') {
    cursor.at += cursor.text[cursor.at] === '\\' ? 2 : 1
    if (cursor.at >= cursor.text.length) throw new HeaderFault('ends inside a string')
  }
  const literal = cursor.text.slice(start, ++cursor.at)
  let value: unknown
  try {
    value = JSON.parse(literal)
  } catch {
    throw new HeaderFault(`has a malformed string at character ${start}`)
  }
  if (typeof value !== 'string' || !value.isWellFormed()) {
    throw new HeaderFault(`has a string that is not valid Unicode at character ${start}`)
  }
  return value
}

function readNumber(cursor: Cursor): number {
  const digits = /(?:0|[1-9][0-9]*)(?![0-9.eE])/y
  digits.lastIndex = cursor.at
  const literal = digits.exec(cursor.text)?.[0]
  if (literal === undefined) throw unexpected(cursor, 'value-kind')
  cursor.at += literal.length
  const value = Number(literal)
  if (!Number.isSafeInteger(value)) {
    throw new HeaderFault(`has the number ${literal.slice(0, 24)}, which is too large`, 'large-number')
  }
  return value
}

/** The next character that is not JSON white space, '' at the end. */
function peek(cursor: Cursor): string {
  while (isSpace(cursor.text.charCodeAt(cursor.at))) cursor.at++
  return cursor.text[cursor.at] ?? ''
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function take(cursor: Cursor, character: string): void {
  if (peek(cursor) !== character) throw unexpected(cursor)
  cursor.at++
}

/** True after a comma, false after the closing bracket. */
function takeSeparator(cursor: Cursor, close: string): boolean {
  if (peek(cursor) === close) {
    cursor.at++
    return false
  }
  take(cursor, ',')
  return true
}

function unexpected(cursor: Cursor, stricter?: StricterRule): HeaderFault {
  const found = cursor.text[cursor.at]
  if (found === undefined) return new HeaderFault('ends too early')
  return new HeaderFault(`has an unexpected ${quote(found)} at character ${cursor.at}`, stricter)
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text)
}
