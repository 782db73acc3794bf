/** The header of a safetensors file: bytes to a checked table of tensors, and back. */

import { invariant } from '../../../errors.ts'
import { compareDtypes, DTYPES, type Dtype, isDtype } from './dtypes.ts'
import { HeaderFault, type HeaderValue, parseHeaderJson, quote } from './json.ts'

/** Bytes of the little-endian u64 that opens the file. */
export const LENGTH_BYTES = 8
/** The format's limit on the header. */
const MAX_HEADER_BYTES = 100_000_000

export type TensorInfo = {
  readonly dtype: Dtype
  /** Row-major; [] is a scalar. */
  readonly shape: readonly number[]
  /** Of the first data byte, from the start of the file. */
  readonly offset: number
  readonly bytes: number
}

export type Header = {
  readonly metadata: Readonly<Record<string, string>>
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>
}

/** The header's byte length from the file's first 8 bytes. Throws HeaderFault when it cannot fit in `fileBytes`. */
export function readHeaderLength(start: Uint8Array, fileBytes: number): number {
  if (start.length < LENGTH_BYTES) throw new HeaderFault(`is too short to be a safetensors file (${fileBytes} bytes)`)
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new HeaderFault(`says its header has ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`)
  }
  if (Number(length) > fileBytes - LENGTH_BYTES) {
    throw new HeaderFault(`says its header has ${length} bytes, but the file has only ${fileBytes}`)
  }
  return Number(length)
}

/** Checks every rule of the format. `header`: the bytes after the length. Throws HeaderFault. */
export function parseHeader(header: Uint8Array, fileBytes: number): Header {
  const text = decodeText(header)
  if (text[0] !== '{') {
    const spaced = /^[ \t\r\n]+\{/.test(text)
    throw new HeaderFault('has a header that does not begin with "{"', spaced ? 'header-start' : undefined)
  }
  const entries = parseHeaderJson(text)
  if (!(entries instanceof Map)) throw new HeaderFault('has a header that is not an object')
  const metadata = readMetadata(entries.get('__metadata__'))
  entries.delete('__metadata__')
  const dataStart = LENGTH_BYTES + header.length
  const records = [...entries].map(([name, value]) => [name, readRecord(name, value)] as const)
  records.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  assertContiguous(records, fileBytes - dataStart)
  const tensors = new Map(records.map(([name, record]) => [name, toInfo(record, dataStart)]))
  return { metadata, tensors }
}

type TensorRecord = { readonly dtype: Dtype; readonly shape: number[]; readonly begin: number; readonly end: number }

function toInfo(record: TensorRecord, dataStart: number): TensorInfo {
  const { dtype, shape, begin, end } = record
  return { dtype, shape, offset: dataStart + begin, bytes: end - begin }
}

function decodeText(header: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header)
  } catch {
    throw new HeaderFault('has a header that is not UTF-8')
  }
}

function readMetadata(value: HeaderValue | undefined): Record<string, string> {
  if (value === undefined) return {}
  if (value === null) throw new HeaderFault('has null for __metadata__', 'null-metadata')
  if (!(value instanceof Map)) throw new HeaderFault('has a __metadata__ that is not an object')
  const entries = [...value].map(([key, text]): [string, string] => {
    if (typeof text !== 'string') throw new HeaderFault(`has metadata ${quote(key)} that is not a string`)
    return [key, text]
  })
  return Object.fromEntries(entries)
}

const FIELDS = ['dtype', 'shape', 'data_offsets']

function readRecord(name: string, value: HeaderValue): TensorRecord {
  const of = `tensor ${quote(name)}`
  if (Array.isArray(value)) throw new HeaderFault(`has a list for ${of}`, 'positional-record')
  if (!(value instanceof Map)) throw new HeaderFault(`has no record for ${of}`)
  for (const key of FIELDS) if (!value.has(key)) throw new HeaderFault(`has no ${key} for ${of}`)
  const unknown = [...value.keys()].find(key => !FIELDS.includes(key))
  if (unknown !== undefined) throw new HeaderFault(`has the unknown field ${quote(unknown)} in ${of}`, 'unknown-field')
  const dtype = readDtype(value.get('dtype')!, of)
  const shape = readNumbers(value.get('shape')!, `shape of ${of}`)
  const offsets = readNumbers(value.get('data_offsets')!, `data_offsets of ${of}`)
  const [begin, end] = offsets
  if (offsets.length !== 2 || begin === undefined || end === undefined || end < begin) {
    throw new HeaderFault(`has data_offsets of ${of} that are not [begin, end]`)
  }
  const bytes = shape.reduce((product, size) => safeProduct(product, size, of), 1) * DTYPES[dtype].bytes
  if (end - begin !== bytes) {
    throw new HeaderFault(`has ${end - begin} bytes for ${of}; ${dtype} [${shape}] takes ${bytes}`)
  }
  return { dtype, shape, begin, end }
}

function readDtype(value: HeaderValue, of: string): Dtype {
  if (value instanceof Map) throw new HeaderFault(`has an object as dtype of ${of}`, 'tagged-dtype')
  if (typeof value !== 'string' || !isDtype(value)) {
    throw new HeaderFault(
      `has an unknown dtype for ${of}: ${typeof value === 'string' ? quote(value) : 'not a string'}`,
    )
  }
  if (DTYPES[value].bytes === 0) throw new HeaderFault(`has the dtype ${value} for ${of}`, 'unusable-dtype')
  return value
}

function readNumbers(value: HeaderValue, of: string): number[] {
  if (!Array.isArray(value)) throw new HeaderFault(`has a ${of} that is not a list`)
  return value.map(item => {
    if (typeof item !== 'number') throw new HeaderFault(`has a ${of} that is not a list of whole numbers`)
    return item
  })
}

function safeProduct(product: number, size: number, of: string): number {
  const next = product * size
  if (next > 2 ** 50) throw new HeaderFault(`has a shape of ${of} that is too large`, 'large-number')
  return next
}

/** No hole, no overlap, nothing before the first tensor and nothing after the last. */
function assertContiguous(records: readonly (readonly [string, TensorRecord])[], dataBytes: number): void {
  let at = 0
  for (const [name, { begin, end }] of records) {
    if (begin !== at) {
      const what = begin > at ? 'leaves a hole before' : 'overlaps'
      throw new HeaderFault(`has data that ${what} tensor ${quote(name)} (byte ${begin} instead of ${at})`)
    }
    at = end
  }
  if (at !== dataBytes) throw new HeaderFault(`has ${dataBytes} bytes of data; its header describes ${at}`)
}

export type Described = { readonly dtype: Dtype; readonly shape: readonly number[] }

/** Orders names as the reference writer does: larger dtype first, then by the name's UTF-8 bytes. */
export function writingOrder(tensors: ReadonlyMap<string, Described>): string[] {
  return [...tensors.keys()].sort(
    (a, b) =>
      compareDtypes(tensors.get(a)!.dtype, tensors.get(b)!.dtype) || Buffer.compare(Buffer.from(a), Buffer.from(b)),
  )
}

/**
 * The first bytes of a file that holds `tensors` in `order`: length, JSON, spaces up to a multiple of 8. Equal content
 * gives equal bytes: metadata keys are sorted (the reference leaves their order to chance).
 */
export function encodeHeader(
  order: readonly string[],
  tensors: ReadonlyMap<string, Described>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: [string, string][] = []
  const pairs = Object.entries(metadata).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  let at = 0
  for (const name of order) {
    const { dtype, shape } = tensors.get(name)!
    const begin = at
    at += tensorBytes({ dtype, shape })
    entries.push([name, JSON.stringify({ dtype, shape, data_offsets: [begin, at] })])
  }
  if (pairs.length > 0) entries.unshift(['__metadata__', stringify(pairs.map(([key, text]) => [key, quoteJson(text)]))])
  const json = stringify(entries)
  const length = Math.ceil(Buffer.byteLength(json) / 8) * 8
  const bytes = Buffer.alloc(LENGTH_BYTES + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length))
  bytes.write(json, LENGTH_BYTES)
  return bytes
}

/** JSON.stringify would move keys that look like numbers to the front. */
function stringify(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, json]) => `${quoteJson(key)}:${json}`).join(',')}}`
}

function quoteJson(text: string): string {
  invariant(text.isWellFormed(), 'a name or metadata value is not valid Unicode')
  return JSON.stringify(text)
}

/** Bytes of a tensor's data. */
export function tensorBytes(tensor: Described): number {
  return tensor.shape.reduce((product, size) => product * size, 1) * DTYPES[tensor.dtype].bytes
}
