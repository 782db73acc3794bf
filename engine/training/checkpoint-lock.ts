/**
 * Keeps two trainings from writing one checkpoint. The lock is a name that the system frees when its process ends, however
 * it ends: a socket name on Linux, a pipe name on Windows. Other systems, and other machines on a shared disk, are not
 * covered: there the last writer wins, and no file is ever half-written.
 */
import { createHash } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '../../errors.ts'

/** How a name that belongs to no file is written. */
const PREFIX: Partial<Record<NodeJS.Platform, string>> = { linux: '\0', win32: '\\\\.\\pipe\\' }

/**
 * Takes the lock on `path`; the returned function gives it back.
 * @throws AppError STORAGE_FAILED while another training holds it.
 */
export async function lockCheckpoint(path: string): Promise<() => Promise<void>> {
  const prefix = PREFIX[process.platform]
  if (prefix === undefined) return async () => undefined
  const full = resolve(path)
  const folder = await realpath(dirname(full)).catch(() => dirname(full))
  const name = createHash('sha256')
    .update(join(folder, basename(full)))
    .digest('hex')
  const server = createServer(socket => socket.destroy())
  await new Promise<void>((taken, reject) => {
    server.once('error', error => reject(inUse(path, error)))
    server.listen(`${prefix}semblance-${name}`, taken)
  })
  server.unref()
  return () => new Promise(done => server.close(() => done()))
}

const inUse = (path: string, cause: Error): AppError =>
  new AppError(
    'STORAGE_FAILED',
    `another training is writing ${path}`,
    'Wait until it has ended, or give this one another output file.',
    cause,
  )
