/**
 * Where the embedded database lives: `DATA_DIR/postgres`, or, when root runs us and the database's account can't enter
 * that folder, a folder of its own under /var/lib/semblance, with `DATA_DIR/postgres` as a file that points there.
 */
import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../errors.ts'
import { type Account, canEnter } from './account.ts'
import { SYSTEM_FOLDER } from './binaries.ts'
import { stopLeftover } from './leftover.ts'
import { lockFolder } from './lock.ts'

export interface Home {
  /** Owned by the database's account; holds everything below. */
  readonly folder: string
  readonly cluster: string
  readonly socket: string
  readonly log: string
  /** To be called when the cluster exists: from then on a missing cluster is an error and not a first boot. */
  settle(): Promise<void>
}

/** @throws AppError DATABASE_INVALID when `DATA_DIR/postgres` points to a database that is gone. */
export async function openHome(dataDir: string, account: Account | undefined): Promise<Home> {
  const place = join(dataDir, 'postgres')
  const present = await lstat(place).catch(() => undefined)
  const direct = present ? present.isDirectory() : !account || (await canEnter(account, dataDir))
  if (direct) return describe(await ownFolder(place, account), account, async () => undefined)
  const pointer = present ? await readPointer(place) : { folder: newFolder(dataDir), settled: false }
  if (pointer.settled && !(await exists(join(pointer.folder, 'cluster')))) throw gone(place, pointer.folder)
  if (!present) await writePointer(place, pointer)
  await removeForgotten(dataDir, pointer.folder)
  await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 })
  await ownFolder(pointer.folder, account)
  await writeFile(join(pointer.folder, 'owner'), dataDir)
  return describe(pointer.folder, account, () => writePointer(place, { ...pointer, settled: true }))
}

async function describe(folder: string, account: Account | undefined, settle: () => Promise<void>): Promise<Home> {
  const socket = await ownFolder(socketFolder(folder), account)
  return { folder, cluster: join(folder, 'cluster'), socket, log: join(folder, 'postgres.log'), settle }
}

/** Socket paths end at 107 bytes, so a deep data folder gets its socket in the temporary folder. */
function socketFolder(folder: string): string {
  const near = join(folder, 'socket')
  if (Buffer.byteLength(join(near, '.s.PGSQL.5432.lock')) <= 100) return near
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  return join(process.platform === 'darwin' ? '/tmp' : tmpdir(), `semblance-${hash}`)
}

async function ownFolder(folder: string, account: Account | undefined): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid } = await stat(folder)
  const owner = account?.uid ?? process.getuid?.() ?? uid
  // Root creates for the account; a folder of anyone else is not ours to use.
  if (uid !== owner && (!account || uid !== 0)) throw foreign(folder)
  if (account) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
  return folder
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

interface Pointer {
  readonly folder: string
  readonly settled: boolean
}

const newFolder = (dataDir: string): string =>
  join(
    SYSTEM_FOLDER,
    `${basename(dirname(dataDir)) || 'data'}-${randomBytes(6).toString('hex')}`.replaceAll(/[^\w.-]/g, '_'),
  )

async function readPointer(place: string): Promise<Pointer> {
  const [folder = '', state] = (await readFile(place, 'utf8')).split('\n')
  if (dirname(folder) === SYSTEM_FOLDER) return { folder, settled: state === 'settled' }
  throw new AppError(
    'DATABASE_INVALID',
    `${place} doesn't name a database under ${SYSTEM_FOLDER}`,
    `Restore or delete ${place}.`,
  )
}

async function writePointer(place: string, { folder, settled }: Pointer): Promise<void> {
  const temporary = `${place}.tmp`
  const file = await open(temporary, 'w')
  await file.writeFile(`${folder}\n${settled ? 'settled' : 'new'}\n`)
  await file.sync()
  await file.close()
  await rename(temporary, place)
}

/** Databases of this same data folder that it no longer points to: the folder was deleted to start over. */
async function removeForgotten(dataDir: string, current: string): Promise<void> {
  for (const name of await readdir(SYSTEM_FOLDER).catch(() => [])) {
    const folder = join(SYSTEM_FOLDER, name)
    const owner = await readFile(join(folder, 'owner'), 'utf8').catch(() => '')
    if (owner !== dataDir || folder === current) continue
    const unlock = await lockFolder(folder).catch(() => undefined)
    if (!unlock) continue
    await stopLeftover(join(folder, 'cluster'))
    await rm(folder, { recursive: true, force: true })
    await unlock()
  }
}

const gone = (place: string, folder: string): AppError =>
  new AppError(
    'DATABASE_INVALID',
    `${place} points to the database in ${folder}, which is gone`,
    `Restore ${folder} from a backup, or delete ${place} to start with an empty database.`,
  )

const foreign = (folder: string): AppError =>
  new AppError(
    'DATABASE_UNAVAILABLE',
    `${folder} belongs to another user`,
    'Run Semblance as that user, or set DATA_DIR to a folder of your own.',
  )
