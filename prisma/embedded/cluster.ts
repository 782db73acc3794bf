/** Creates the database files once: in a folder of their own, moved into place when they are complete and on disk. */
import { type SpawnOptions, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { syncFolder } from '../../files/atomic.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { childOptions } from './child.ts'
import type { Home } from './home.ts'

export const SUPERUSER = 'semblance'
const MAJOR = '18'
const DRAFT = /^init-[0-9a-f]+$/

/** @throws AppError DATABASE_INVALID for files of another major version, DATABASE_UNAVAILABLE when they can't be made. */
export async function ensureCluster(home: Home, binaries: Binaries, account: Account | undefined, password: string) {
  const drafts = (await readdir(home.folder)).filter(name => DRAFT.test(name))
  // What a killed first boot left. Its initdb may still be at work for a moment; what it leaves goes at a later start.
  const remove = { recursive: true, force: true, maxRetries: 10, retryDelay: 20 }
  for (const name of drafts) await rm(join(home.folder, name), remove).catch(() => undefined)
  const version = await readFile(join(home.cluster, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) await createCluster(home, binaries, account, password)
  else if (version.trim() !== MAJOR)
    throw new AppError(
      'DATABASE_INVALID',
      `${home.cluster} was made by PostgreSQL ${version.trim()}; this is PostgreSQL ${MAJOR}`,
      'Dump it with the Semblance version that made it and restore the dump into a new data folder.',
    )
  await home.settle()
}

async function createCluster(home: Home, binaries: Binaries, account: Account | undefined, password: string) {
  const draft = join(home.folder, `init-${randomBytes(4).toString('hex')}`)
  const passwordFile = join(draft, 'password')
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  for (const path of account ? [draft, passwordFile] : []) await chown(path, account!.uid, account!.gid)
  const cluster = join(draft, 'cluster')
  await runProgram(
    binaries.initdb,
    [
      ...['--pgdata', cluster, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ],
    childOptions(home, account),
  )
  await rename(cluster, home.cluster)
  await syncFolder(home.folder)
  await rm(draft, { recursive: true, force: true })
}

function runProgram(program: string, args: readonly string[], options: SpawnOptions): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
    const said: string[] = []
    child.stderr?.setEncoding('utf8').on('data', text => said.push(text))
    child.once('error', error => reject(failed(program, error.message)))
    child.once('close', code => (code === 0 ? done() : reject(failed(program, said.join('').trim()))))
  })
}

const failed = (program: string, reason: string): AppError =>
  new AppError(
    'DATABASE_UNAVAILABLE',
    `the database files could not be created (${program}): ${reason}`,
    'Free some disk space and check the permissions of the data folder, then start again.',
  )
