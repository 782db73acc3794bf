/** Writes content into a folder under a name that may depend on its hash: whole, checked and durable, or not at all. */
import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { appendBytes, storageError, syncFolder } from '../../files/atomic.ts'
import { systemCode } from '../../files/json.ts'
import type { BlobBody, BlobInfo } from '../port.ts'

/** Names of files that are being written; what a killed writer leaves behind is swept by them. */
const TEMPORARY = /^\.[0-9a-f]{16}\.tmp$/
export const temporaryIn = (folder: string): string => join(folder, `.${randomBytes(8).toString('hex')}.tmp`)
export const isTemporary = (name: string): boolean => TEMPORARY.test(name)

export interface Target {
  /** Made when it is missing; its parent must be there. */
  readonly folder: string
  /** Throws when the content is refused. */
  nameOf(written: BlobInfo): string
  /** Called with the running size, before more is written; throws when it is too much. */
  admit?(bytes: number): void
}

/** @throws AppError STORAGE_FAILED for what the file system refuses; what `nameOf`, `admit` and the body throw, as it is. */
export async function writeWhole({ folder, nameOf, admit }: Target, body: BlobBody): Promise<BlobInfo> {
  await makeFolder(folder)
  const temporary = temporaryIn(folder)
  try {
    const file = await stored(folder, () => open(temporary, 'wx', 0o600))
    const written = await fill(file, temporary, body, admit).finally(() => file.close())
    const path = join(folder, nameOf(written))
    await stored(path, () => rename(temporary, path))
    await stored(path, () => syncFolder(folder))
    return written
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
}

async function fill(file: FileHandle, path: string, body: BlobBody, admit: Target['admit']): Promise<BlobInfo> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of pieces(body)) {
    bytes += piece.byteLength
    admit?.(bytes)
    hash.update(piece)
    await stored(path, () => appendBytes(file, piece))
  }
  await stored(path, () => file.sync())
  return { sha256: hash.digest('hex'), bytes }
}

/** Hashing runs in the event loop: in pieces, so that others get their turn. */
const PIECE_BYTES = 2 ** 20

async function* pieces(body: BlobBody): AsyncIterable<Uint8Array> {
  if (!(body instanceof Uint8Array)) return yield* body
  for (let at = 0; at < body.byteLength; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES)
}

async function makeFolder(folder: string): Promise<void> {
  await stored(folder, async () => {
    const made = await mkdir(folder, { mode: 0o700 }).then(
      () => true,
      error => systemCode(error) !== 'EEXIST' && Promise.reject(error),
    )
    if (made) await syncFolder(dirname(folder))
  })
}

/** Durable, with each of its parents that is new. */
export async function makeFolders(folder: string): Promise<void> {
  await stored(folder, async () => {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 })
    for (let made = folder; first && made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
  })
}

async function stored<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageError(path, error)
  }
}
