/** Opens a blob's file and proves its content before the first byte is handed out. */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { AppError } from '../../errors.ts'
import { systemCode } from '../../files/json.ts'

/** An open file of known content; `stream` may be called once, `close` when it isn't. */
export interface OpenFile {
  readonly bytes: number
  /** From byte `start` to byte `end`, both included; the whole file when left out. */
  stream(start?: number, end?: number): Readable
  close(): Promise<void>
}

/** Up to this size the content is read once and served from memory; above, it is read twice. */
const IN_MEMORY_BYTES = 8 * 2 ** 20
const PIECE_BYTES = 2 ** 20

/**
 * Undefined when there is no such file. Without `sha256` nothing is checked.
 * @throws AppError BLOB_CORRUPT when the content has another hash; STORAGE_FAILED when it can't be read.
 */
export async function openVerified(path: string, sha256?: string): Promise<OpenFile | undefined> {
  const file = await openIfPresent(path)
  if (!file) return undefined
  try {
    const { size } = await file.stat()
    if (size > IN_MEMORY_BYTES) {
      await assertContent(path, sha256, sha256 && (await hashFile(file)))
      return fromHandle(file, size)
    }
    const content = await file.readFile()
    await assertContent(path, sha256, sha256 && createHash('sha256').update(content).digest('hex'))
    await file.close()
    return fromMemory(content)
  } catch (error) {
    await file.close().catch(() => undefined)
    throw unreadable(path, error)
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (error instanceof AppError || code === '') return error
  const next = 'Check the disk and the permissions of the folder.'
  return new AppError('STORAGE_FAILED', `${path} cannot be read: the system says ${code}`, next, error)
}

async function assertContent(path: string, expected: string | undefined, found: string | undefined): Promise<void> {
  if (expected === found) return
  throw new AppError(
    'BLOB_CORRUPT',
    `${path} is damaged: its content has the hash ${found}`,
    'Restore the file from a backup, or store its content again; check the disk.',
  )
}

async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  const piece = new Uint8Array(PIECE_BYTES)
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(piece.subarray(0, bytesRead))
    at += bytesRead
  }
}

const fromMemory = (content: Buffer): OpenFile => ({
  bytes: content.length,
  stream: (start = 0, end = content.length - 1) => readable(content.subarray(start, end + 1)),
  close: async () => undefined,
})

/** `Readable.from` takes an empty buffer for the end of an object stream. */
const readable = (content: Buffer): Readable =>
  Readable.from(content.length > 0 ? [content] : [], { objectMode: false })

const fromHandle = (file: FileHandle, bytes: number): OpenFile => ({
  bytes,
  stream: (start = 0, end = bytes - 1) => file.createReadStream({ start, end, highWaterMark: PIECE_BYTES }),
  close: () => file.close(),
})
