/** The account that PostgreSQL runs as when we are root, since it refuses to run as root. */
import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '../../errors.ts'

const NAME = 'postgres'
const run = promisify(execFile)

export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * The account for the database's processes; `undefined` when this process is not root and they run as it does.
 * @throws AppError DATABASE_UNAVAILABLE when root can't create one.
 */
export async function databaseAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const known = await findAccount()
  if (known) return known
  await run('groupadd', ['--system', '--force', NAME]).catch(() => undefined)
  const created = await run('useradd', ['--system', '--no-create-home', '--gid', NAME, '--shell', '/bin/false', NAME])
    .then(() => findAccount())
    .catch(() => undefined)
  if (created) return created
  throw new AppError(
    'DATABASE_UNAVAILABLE',
    `PostgreSQL refuses to run as root and the account "${NAME}" could not be created`,
    `Run Semblance as an ordinary user, or create the account: useradd --system ${NAME}.`,
  )
}

async function findAccount(): Promise<Account | undefined> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n')
  const [, , uid, gid] = lines.find(line => line.startsWith(`${NAME}:`))?.split(':') ?? []
  return uid === undefined || gid === undefined ? undefined : { uid: Number(uid), gid: Number(gid) }
}

/** Whether the account may enter `folder` (an absolute path) and each folder above it. */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(folder)
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
  if (((mode >> shift) & 1) === 0) return false
  return dirname(folder) === folder || canEnter(account, dirname(folder))
}
