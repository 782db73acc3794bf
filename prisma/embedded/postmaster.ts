/** The server process of the embedded database: its start and its end. */
import { type ChildProcess, spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { childOptions } from './child.ts'
import type { Home } from './home.ts'
import { endProcess, readLines, stopLeftover } from './leftover.ts'

const POLL_MILLISECONDS = 20
/** Recovery after a crash reads at most max_wal_size of log, so this is generous. */
const READY_MILLISECONDS = 120_000
const LOG_BYTES = 5 * 2 ** 20

const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=60',
  'max_wal_size=256MB',
  'min_wal_size=32MB',
  'idle_in_transaction_session_timeout=60s',
  // The log names no parameter, no statement and no row.
  'log_error_verbosity=terse',
  'log_min_error_statement=panic',
  'timezone=UTC',
  'log_timezone=UTC',
]

export interface Postmaster {
  readonly pid: number
  /** Resolves when the process is gone, whoever ended it. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/** Said while children of a killed predecessor still end, or when a predecessor was only just starting. */
const PASSING = /pre-existing shared memory block|still in use|lock file ".*" already exists/

/**
 * Starts the server and waits until it takes connections. What an earlier run left on the cluster is ended first.
 * @throws AppError DATABASE_UNAVAILABLE with the end of the server's log.
 */
export async function startPostmaster(
  home: Home,
  binaries: Binaries,
  account: Account | undefined,
): Promise<Postmaster> {
  const deadline = Date.now() + READY_MILLISECONDS
  for (;;) {
    await stopLeftover(home.cluster, home.socket)
    const { child, logStart } = await spawnServer(home, binaries, account)
    const ended = new Promise<void>(done => {
      child.once('exit', () => done())
      child.once('error', () => done())
    })
    if (await becomesReady(child, home, deadline)) {
      const pid = child.pid!
      return { pid, ended, stop: () => endProcess(pid).then(() => ended) }
    }
    if (child.pid !== undefined && child.exitCode === null) await endProcess(child.pid)
    const said = (await readFile(home.log, 'utf8').catch(() => '')).slice(logStart).trim()
    if (!PASSING.test(said) || Date.now() > deadline) throw notStarted(home, said)
    await delay(200)
  }
}

async function spawnServer(home: Home, binaries: Binaries, account: Account | undefined) {
  const size = (await stat(home.log).catch(() => ({ size: 0 }))).size
  const log = await open(home.log, size > LOG_BYTES ? 'w' : 'a', 0o600)
  try {
    const settings = [...SETTINGS, `unix_socket_directories=${home.socket}`].flatMap(setting => ['-c', setting])
    const child = spawn(binaries.postgres, ['-D', home.cluster, '-p', '5432', ...settings], {
      ...childOptions(home, account),
      stdio: ['ignore', log.fd, log.fd],
    })
    return { child, logStart: size > LOG_BYTES ? 0 : size }
  } finally {
    await log.close()
  }
}

/** Line 8 of postmaster.pid says so; line 1 tells that the file is this child's. */
async function becomesReady(child: ChildProcess, home: Home, deadline: number): Promise<boolean> {
  let over = false
  child.once('exit', () => (over = true))
  child.once('error', () => (over = true))
  while (!over && Date.now() < deadline) {
    const lines = await readLines(join(home.cluster, 'postmaster.pid'))
    if (Number(lines[0]) === child.pid && lines[7]?.startsWith('ready')) return true
    await delay(POLL_MILLISECONDS)
  }
  return false
}

const notStarted = (home: Home, said: string): AppError =>
  new AppError(
    'DATABASE_UNAVAILABLE',
    `the embedded PostgreSQL did not start: ${said.split('\n').slice(-5).join(' | ') || 'it said nothing'}`,
    `Read ${home.log}; free disk space and memory, then start again.`,
  )
