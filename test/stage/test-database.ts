/** A database of its own for a test file: migrated, empty, gone afterwards. */
import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { createLog } from '../../log.ts'
import { withConnection } from '../../prisma/connection.ts'
import { type Database, openDatabase } from '../../prisma/index.ts'
import { PASSWORDS, TEMPLATE } from './postgres-server.ts'

export interface TestDatabase {
  readonly database: Database
  /** The owner's connection string: a superuser, so no policy holds for it. */
  readonly ownerUrl: string
  close(): Promise<void>
}

/** The same server, another database. */
export function databaseUrl(name: string): string {
  const url = new URL(inject('postgresUrl'))
  url.pathname = `/${name}`
  return url.href
}

/** Creates a database; without a template it is empty. Returns the owner's connection string. */
export async function createDatabase(template = 'template1'): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `t_${randomUUID().replaceAll('-', '')}`
  const admin = <T>(sql: string) =>
    withConnection<T>(databaseUrl('postgres'), client => client.query(sql) as Promise<T>)
  await admin(`create database ${name} template ${template}`)
  return { url: databaseUrl(name), drop: () => admin<void>(`drop database ${name} with (force)`) }
}

export async function openTestDatabase(connections = 5): Promise<TestDatabase> {
  const { url, drop } = await createDatabase(TEMPLATE)
  const settings = { dataDir: '/nowhere', databaseUrl: url, passwords: PASSWORDS, connections }
  const database = await openDatabase(settings, createLog('test', 'error'))
  return {
    database,
    ownerUrl: url,
    close: async () => {
      await database.close()
      await drop()
    },
  }
}
