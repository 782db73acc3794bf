/** Applies the committed migrations: one transaction for each file, recorded as Prisma records them. */
import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { AppError } from '../errors.ts'
import { withConnection } from './connection.ts'

export const MIGRATIONS = join(import.meta.dirname, 'migrations')
/** The lock that Prisma's own tools take, so that they and we never migrate at once. */
const LOCK = 72_707_369
const OLDEST_SERVER = 150_000

interface Migration {
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

/**
 * Brings the database up to date; of several processes that start together one does it, and the others wait.
 * @returns the names of the migrations that were applied.
 * @throws AppError DATABASE_INVALID when the database has migrations that this version lacks or has in another form.
 */
export async function migrate(ownerUrl: string, folder = MIGRATIONS): Promise<string[]> {
  const migrations = await readMigrations(folder)
  return withConnection(ownerUrl, async client => {
    await assertServer(client)
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(TABLE)
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select migration_name as name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
    )
    assertHistory(migrations, rows)
    const done = new Set(rows.map(({ name }) => name))
    const missing = migrations.filter(({ name }) => !done.has(name))
    for (const migration of missing) await apply(client, migration)
    return missing.map(({ name }) => name)
  })
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    names.sort().map(async name => {
      // A checkout on Windows has other line ends; the migration is the same.
      const sql = (await readFile(join(folder, name, 'migration.sql'), 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

const TABLE = `create table if not exists _prisma_migrations (
  id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`

async function assertServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query('show server_version_num')
  const version = Number(rows[0].server_version_num)
  if (version >= OLDEST_SERVER) return
  throw new AppError(
    'DATABASE_INVALID',
    `the database server is PostgreSQL ${Math.floor(version / 10_000)}; Semblance needs 15 or newer`,
    'Set DATABASE_URL to a newer server, or leave it out to use the embedded one.',
  )
}

function assertHistory(migrations: readonly Migration[], applied: readonly { name: string; checksum: string }[]): void {
  for (const { name, checksum } of applied) {
    const ours = migrations.find(migration => migration.name === name)
    if (!ours)
      throw new AppError(
        'DATABASE_INVALID',
        `the database has the migration ${name}, which this version of Semblance doesn't know`,
        'Start the version that last used this database, or a newer one.',
      )
    if (ours.checksum !== checksum)
      throw new AppError(
        'DATABASE_INVALID',
        `the migration ${name} was changed after it was applied`,
        `Restore prisma/migrations/${name}/migration.sql and put the change into a new migration.`,
      )
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(sql)
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, clock_timestamp(), $3, 1)`,
      [randomUUID(), checksum, name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw new AppError(
      'DATABASE_INVALID',
      `the migration ${name} failed and was taken back: ${(error as Error).message}`,
      'Nothing was changed. Check the rights of the owner in DATABASE_URL, then start again.',
      error,
    )
  }
}
