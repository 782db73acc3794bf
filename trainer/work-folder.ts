/** Scratch folders of trainings: private, removed with their training, and swept after a trainer was killed. */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { storageError } from '../files/atomic.ts'

/** `training-<pid>-<random>` */
const NAME = /^training-(\d+)-[0-9a-f]{8}$/

/** A new folder inside `parent`. @throws AppError STORAGE_FAILED */
export async function makeWorkFolder(parent: string): Promise<string> {
  const folder = join(parent, `training-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 })
    await mkdir(folder, { mode: 0o700 })
    return folder
  } catch (error) {
    throw storageError(folder, error)
  }
}

export const removeWorkFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/**
 * Removes what killed trainers of this machine left in `parent`. Called before this process makes folders itself: one with
 * its own number is of a process that had the number before, as in a restarted container.
 */
export async function sweepWorkFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = Number(NAME.exec(name)?.[1])
    if (pid && (pid === process.pid || !isAlive(pid))) await removeWorkFolder(join(parent, name))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
