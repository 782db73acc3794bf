/**
 * Reads and writes safetensors files. Opening touches only the header, and nothing is allocated from a number in the file
 * before that number is checked; data is read tensor by tensor, or mapped by the caller at `offset`.
 */

import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { AppError, invariant } from '../../../errors.ts'
import { appendBytes, writeAtomically } from '../../../files/atomic.ts'
import { systemCode } from '../../../files/json.ts'
import { DTYPES } from './dtypes.ts'
import {
  type Described,
  encodeHeader,
  type Header,
  LENGTH_BYTES,
  parseHeader,
  readHeaderLength,
  type TensorInfo,
  tensorBytes,
  writingOrder,
} from './header.ts'
import { HeaderFault } from './json.ts'
import { TEXT_START, textKind } from './text-kind.ts'

/** An opened file. It holds no descriptor: each read opens the file again, so there is nothing to close. */
export type SafetensorsFile = Header & {
  /** Of bytes in memory: what they were called. */
  readonly path: string
  /** The tensor's bytes as stored. Throws FILE_INVALID for an unknown name or a file that shrank. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>
  /** The tensor's values from F32, F16, BF16 or F64. Throws FILE_INVALID for other dtypes. */
  readFloat32(name: string): Promise<Float32Array>
}

const DAMAGED = 'Download or write the file again; it is damaged or not a safetensors file.'

/** Reads and checks the header at `path` (symbolic links are followed). Throws FILE_INVALID naming the broken rule. */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const header = await withFile(path, async file => readHeader(path, await sizeOf(file, path), chunksIn(file, path)))
  return tensorsOf(path, header, info => withFile(path, file => readExactly(file, path, info.offset, info.bytes)))
}

/** The same for bytes in memory, which `name` stands for in messages. Throws FILE_INVALID naming the broken rule. */
export async function parseSafetensors(name: string, data: Uint8Array): Promise<SafetensorsFile> {
  const chunkOf = async (from: number, bytes: number) => Uint8Array.from(data.subarray(from, from + bytes))
  const header = await readHeader(name, data.byteLength, chunkOf)
  return tensorsOf(name, header, info => chunkOf(info.offset, info.bytes))
}

/** Gives the bytes at a place of a file. */
type ReadChunk = (from: number, bytes: number) => Promise<Uint8Array<ArrayBuffer>>

function tensorsOf(
  path: string,
  header: Header,
  readTensor: (info: TensorInfo) => Promise<Uint8Array<ArrayBuffer>>,
): SafetensorsFile {
  const read = async (name: string) => readTensor(tensorOf(path, header, name))
  return {
    path,
    ...header,
    read,
    async readFloat32(name) {
      const { dtype } = tensorOf(path, header, name)
      const convert = DTYPES[dtype].toFloat32
      if (!convert) {
        const next = 'Convert the file to F32, F16 or BF16.'
        throw new AppError('FILE_INVALID', `${path}: tensor ${name} is ${dtype}, not a float type we read`, next)
      }
      return convert(await read(name))
    },
  }
}

function tensorOf(path: string, header: Header, name: string): TensorInfo {
  const info = header.tensors.get(name)
  if (info) return info
  const message = `${path} has no tensor ${name} (it has ${header.tensors.size} others)`
  throw new AppError('FILE_INVALID', message, 'Check that this is the file you meant.')
}

async function sizeOf(file: FileHandle, path: string): Promise<number> {
  const stats = await file.stat()
  if (!stats.isFile()) throw new AppError('FILE_INVALID', `${path} is not a file`, 'Name a .safetensors file.')
  return stats.size
}

const chunksIn =
  (file: FileHandle, path: string): ReadChunk =>
  (from, bytes) =>
    readExactly(file, path, from, bytes)

async function readHeader(path: string, size: number, read: ReadChunk): Promise<Header> {
  try {
    const length = readHeaderLength(await read(0, Math.min(LENGTH_BYTES, size)), size)
    return parseHeader(await read(LENGTH_BYTES, length), size)
  } catch (error) {
    if (!(error instanceof HeaderFault)) throw error
    const text = textKind(await read(0, Math.min(TEXT_START, size)))
    const message = text ? `${text.what}, not safetensors` : error.message
    throw new AppError('FILE_INVALID', `${path} ${message}`, text?.next ?? DAMAGED, error)
  }
}

/** Not blocking: a named pipe opens at once, and is then refused as no file. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle
  try {
    file = await open(path, READ)
  } catch (error) {
    const code = systemCode(error)
    const what = code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code})`
    throw new AppError('FILE_INVALID', `${path} ${what}`, 'Check the path and its permissions.', error)
  }
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** One read call takes less than 2 GiB. */
const MAX_READ_BYTES = 2 ** 30

async function readExactly(file: FileHandle, path: string, from: number, bytes: number) {
  const data = new Uint8Array(bytes)
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(data, at, Math.min(MAX_READ_BYTES, bytes - at), from + at)
    if (bytesRead === 0)
      throw new AppError('FILE_INVALID', `${path} ended early: it changed while it was read`, DAMAGED)
    at += bytesRead
  }
  return data
}

/** A tensor to write: `data` is its row-major bytes, as any typed array of the dtype. */
export type TensorData = Described & { readonly data: ArrayBufferView }
/** The same where the bytes come one chunk after the other. */
export type TensorStream = Described & { readonly data: AsyncIterable<ArrayBufferView> }

/**
 * Writes a whole file or nothing, in the reference writer's order: equal content gives equal bytes. An existing file is
 * replaced in one step. Throws STORAGE_FAILED when the disk is full or the path cannot be written.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, TensorData | TensorStream>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const order = writingOrder(tensors)
  for (const [name, tensor] of tensors) assertWritable(name, tensor)
  if (await isFolder(path)) throw new AppError('STORAGE_FAILED', `${path} is a folder`, 'Name a file.')
  await writeAtomically(path, async file => {
    await appendBytes(file, encodeHeader(order, tensors, metadata))
    for (const name of order) await appendTensor(file, name, tensors.get(name)!)
  })
}

async function appendTensor(file: FileHandle, name: string, tensor: TensorData | TensorStream): Promise<void> {
  let written = 0
  for await (const chunk of ArrayBuffer.isView(tensor.data) ? [tensor.data] : tensor.data) {
    await appendBytes(file, new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    written += chunk.byteLength
  }
  assertBytes(name, tensor, written)
}

function assertWritable(name: string, tensor: TensorData | TensorStream): void {
  invariant(name !== '__metadata__', 'a tensor is named __metadata__')
  invariant(DTYPES[tensor.dtype].bytes > 0, `tensor ${name} has the dtype ${tensor.dtype}, which is not written`)
  if (ArrayBuffer.isView(tensor.data)) assertBytes(name, tensor, tensor.data.byteLength)
}

function assertBytes(name: string, tensor: Described, bytes: number): void {
  const expected = tensorBytes(tensor)
  invariant(
    bytes === expected,
    `tensor ${name} ${tensor.dtype} [${tensor.shape}] takes ${expected} bytes, not ${bytes}`,
  )
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    stats => stats.isDirectory(),
    () => false,
  )
}
