/**
 * The embedded database of the one-machine default: a real PostgreSQL on a unix socket, owned by this process, started
 * again whenever it dies, and leaving nothing that a later start would stumble over.
 */
import { mkdir, realpath, rmdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../log.ts'
import { type Account, databaseAccount } from './embedded/account.ts'
import { type Binaries, findBinaries } from './embedded/binaries.ts'
import { ensureCluster, SUPERUSER } from './embedded/cluster.ts'
import { type Home, openHome } from './embedded/home.ts'
import { lockFolder } from './embedded/lock.ts'
import { type Postmaster, startPostmaster } from './embedded/postmaster.ts'

export interface EmbeddedPostgres {
  /** Connection string of a superuser for one database of it. */
  url(database: string): string
  /** Process id of the server now running, `undefined` while it is being started again. */
  pid(): number | undefined
  close(): Promise<void>
}

/**
 * Creates the database in `dataDir` when there is none, and starts it.
 * @throws AppError DATABASE_IN_USE when another process has it open; DATABASE_UNAVAILABLE, DATABASE_INVALID.
 */
export async function openEmbedded(dataDir: string, password: string, log: Logger): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true })
  const folder = await realpath(dataDir)
  const unlockData = await lockFolder(folder)
  try {
    const account = await databaseAccount()
    const binaries = await findBinaries(account)
    const home = await openHome(folder, account)
    const unlockHome = await lockFolder(home.folder)
    try {
      await ensureCluster(home, binaries, account, password)
      return await supervise(home, binaries, account, password, log, async () => {
        await unlockHome()
        await unlockData()
      })
    } catch (error) {
      await unlockHome()
      throw error
    }
  } catch (error) {
    await unlockData()
    throw error
  }
}

const RESTART_MILLISECONDS = [0, 200, 1000, 5000]

async function supervise(
  home: Home,
  binaries: Binaries,
  account: Account | undefined,
  password: string,
  log: Logger,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const start = (): Promise<Postmaster> => startPostmaster(home, binaries, account)
  let running: Postmaster | undefined = await start()
  let closing = false
  const restart = async (): Promise<void> => {
    for (let failures = 0; !closing; ) {
      await running?.ended
      running = undefined
      if (closing) return
      log.error('PostgreSQL ended unexpectedly and is started again')
      await delay(RESTART_MILLISECONDS[Math.min(failures, RESTART_MILLISECONDS.length - 1)])
      running = await start().catch(error => void log.error({ err: error }, 'PostgreSQL did not start'))
      failures = running ? 0 : failures + 1
    }
  }
  const watching = restart()
  return {
    url: database =>
      `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@localhost/${database}?host=${encodeURIComponent(home.socket)}`,
    pid: () => running?.pid,
    close: async () => {
      closing = true
      await running?.stop()
      await watching
      // A server that was just being started again came up meanwhile.
      await running?.stop()
      // Left only where it lies in the temporary folder; an empty one anywhere does no harm.
      await rmdir(home.socket).catch(() => undefined)
      await release()
    },
  }
}
