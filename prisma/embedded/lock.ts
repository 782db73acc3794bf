/** One process at a time owns a data folder: a lock that the system frees when its owner ends, however it ends. */
import { stat, unlink } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { AppError } from '../../errors.ts'

/** @returns the function that gives the lock back. @throws AppError DATABASE_IN_USE while another process holds it. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  // The inode names the folder whatever path leads to it. A leading zero byte makes the name belong to no file (Linux).
  const { dev, ino } = await stat(folder, { bigint: true })
  const name = process.platform === 'linux' ? `\0semblance-data-${dev}-${ino}` : join(folder, '.lock')
  const server = createServer(socket => socket.destroy())
  if (!(await listens(server, name))) {
    if (name.startsWith('\0') || (await answers(name))) throw inUse(folder)
    await unlink(name)
    if (!(await listens(server, name))) throw inUse(folder)
  }
  server.unref()
  return () => new Promise(done => server.close(() => done()))
}

const listens = (server: Server, name: string): Promise<boolean> =>
  new Promise((done, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') done(false)
      else reject(error)
    })
    server.listen(name, () => done(true))
  })

const answers = (name: string): Promise<boolean> =>
  new Promise(done => {
    const socket = connect(name, () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })

const inUse = (folder: string): AppError =>
  new AppError(
    'DATABASE_IN_USE',
    `another process uses the data folder ${folder}`,
    'Stop it first, or set DATA_DIR to another folder.',
  )
