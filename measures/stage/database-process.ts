/**
 * A process that opens the embedded database of a folder and does as told on standard input: `write` adds rows until `close`
 * comes. Each line it prints is a fact: opened, a row that is committed, the end. The crash tests kill it and look.
 */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { createLog } from '../../log.ts'
import { openDatabase } from '../../prisma/index.ts'
import { openSecrets } from '../../start/secrets.ts'

const dataDir = process.argv[2] ?? ''
const say = (fact: Record<string, unknown>): boolean => process.stdout.write(`${JSON.stringify(fact)}\n`)

async function main(): Promise<void> {
  const secrets = await openSecrets(dataDir)
  const passwords = { owner: secrets.databaseOwner, app: secrets.databaseApp, worker: secrets.databaseWorker }
  const database = await openDatabase({ dataDir, passwords }, createLog('database', 'fatal'))
  const email = 'writer@example.org'
  const userId =
    (await database.login.createUser({ email, name: 'Writer', passwordHash: 'h' })) ??
    (await database.login.findPassword(email))!.userId
  const [known] = await database.login.listMemberships(userId)
  const tenantId = known?.tenantId ?? (await database.login.createTenant(userId, 'Crash')).tenantId
  const names = () => database.withTenant(tenantId, tx => tx.subject.findMany({ select: { name: true } }))
  say({ opened: true, server: database.serverPid(), rows: (await names()).map(({ name }) => name) })
  let closing = false
  const write = async (): Promise<void> => {
    for (let i = 0; !closing; i++) {
      const name = `${process.pid}-${i}`
      const data = { tenantId, name, classNoun: 'cat', isPerson: false }
      try {
        await database.withTenant(tenantId, tx => tx.subject.create({ data }))
        say({ committed: name, server: database.serverPid() })
      } catch (error) {
        if ((error as { code?: string }).code !== 'DATABASE_UNAVAILABLE') throw error
        await delay(20)
      }
    }
  }
  let writing = Promise.resolve()
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'write') writing = write()
    if (line === 'close') break
  }
  closing = true
  await writing
  await database.close()
  say({ closed: true })
  process.exit(0)
}

main().catch(error => {
  say({ failed: error.code ?? 'unknown', message: error.message })
  process.exit(1)
})
