/** Writes a file whole or not at all. */

import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../errors.ts'
import { systemCode } from './json.ts'

const REASONS: Readonly<Record<string, readonly [reason: string, next: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space or write to another disk.'],
  EDQUOT: ['the disk quota is used up', 'Free some space or write to another disk.'],
  EFBIG: ['the file would be larger than the system allows', 'Raise the file size limit or write to another disk.'],
  EROFS: ['the file system is read-only', 'Write to another folder.'],
  EACCES: ['permission is denied', "Change the folder's permissions or write to another folder."],
  EPERM: ['permission is denied', "Change the folder's permissions or write to another folder."],
  ENOENT: ['its folder does not exist', 'Create the folder first.'],
  ENOTDIR: ['its folder is not a folder', 'Name another path.'],
  EISDIR: ['it is a folder', 'Name a file.'],
}

/**
 * Runs `write` on a new file beside `path`, syncs it, renames it to `path`, syncs the folder. Until the rename `path`
 * keeps its old content; on any failure the new file is removed. Throws STORAGE_FAILED for what the file system refuses.
 * `mode` is that of a new file, before the umask.
 */
export async function writeAtomically(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mode = 0o666,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeWhole(temporary, write, mode)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw storageError(path, error)
  }
}

/** Writes `bytes` as the whole content of `path`; folders that are missing are made. Throws STORAGE_FAILED. */
export async function writeFileAtomically(path: string, bytes: Uint8Array | string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch(error => {
    throw storageError(path, error)
  })
  await writeAtomically(path, file => file.writeFile(bytes), mode)
}

/**
 * Removes what killed writers of `path` left behind. Only for the one process that writes `path`: it would take a running
 * writer's file away.
 */
export async function removeTemporaries(path: string): Promise<void> {
  const [folder, start] = [dirname(path), `.${basename(path)}.`]
  const names = await readdir(folder).catch(() => [])
  const left = names.filter(name => name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length)))
  for (const name of left) await unlink(join(folder, name)).catch(() => undefined)
}

async function writeWhole(path: string, write: (file: FileHandle) => Promise<void>, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a folder's names durable: without this a crash of the machine may bring an old name back. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** One write call takes less than 2 GiB; smaller pieces also keep the event loop's threads free. */
const PIECE_BYTES = 64 * 2 ** 20

/** Appends all of `data`. */
export async function appendBytes(file: FileHandle, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.byteLength; ) {
    const { bytesWritten } = await file.write(data, at, Math.min(PIECE_BYTES, data.byteLength - at))
    at += bytesWritten
  }
}

/** What the file system refused as STORAGE_FAILED with the reason and the next step; anything else as it is. */
export function storageError(path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === '') return error
  const [reason, next] = REASONS[code] ?? [`the system says ${code}`, 'Check the path and the disk.']
  return new AppError('STORAGE_FAILED', `${path} was not written: ${reason}`, next, error)
}
