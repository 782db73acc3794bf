/** Kills the embedded database and its owner at every stage and counts what was lost. Also for the bench. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

interface Fact {
  readonly opened?: boolean
  /** Process id of the database server. */
  readonly server?: number
  readonly rows?: readonly string[]
  readonly committed?: string
  readonly closed?: boolean
  readonly failed?: string
  readonly message?: string
}

export interface OwnerProcess {
  readonly child: ChildProcess
  /** All it said so far. */
  readonly facts: readonly Fact[]
  /** The first fact that fits. @throws when the process ends before. */
  until(fits: (fact: Fact) => boolean): Promise<Fact>
  write(): void
  close(): Promise<void>
  kill(): Promise<void>
}

export interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Starts `database-process.ts` on a data folder, as another user where one is given. */
export function startOwner(dataDir: string, identity?: Identity): OwnerProcess {
  const file = join(import.meta.dirname, '../stage/database-process.ts')
  const args = ['--disable-warning=ExperimentalWarning', file, dataDir]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], ...identity })
  const facts: Fact[] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const one of waiting) one()
  }
  let ended = false
  const end = new Promise<void>(resolve => child.once('close', () => resolve()))
  void end.then(() => {
    ended = true
    look()
  })
  createInterface({ input: child.stdout! }).on('line', line => {
    facts.push(JSON.parse(line))
    look()
  })
  child.stdin?.on('error', () => undefined)
  return {
    child,
    facts,
    until: fits =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = facts.find(fits)
          if (!found && !ended) return
          waiting.delete(check)
          if (found) resolve(found)
          else reject(new Error(`the owner ended, having said ${JSON.stringify(facts.slice(-3))}`))
        }
        waiting.add(check)
        check()
      }),
    write: () => void child.stdin?.write('write\n'),
    close: async () => {
      child.stdin?.write('close\n')
      await end
    },
    kill: async () => {
      child.kill('SIGKILL')
      await end
    },
  }
}

/** A folder for data, which the database's own account may enter. */
export async function newDataFolder(name = 'data'): Promise<{ dataDir: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-crash-'))
  await chmod(folder, 0o711)
  return { dataDir: join(folder, name), remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

export interface BootCrashes {
  readonly kills: number
  /** Starts after a kill that did not succeed. */
  readonly failures: readonly string[]
}

/** How long an undisturbed first boot takes here. */
export async function measureFirstBoot(): Promise<number> {
  const { dataDir, remove } = await newDataFolder()
  const start = performance.now()
  const owner = startOwner(dataDir)
  await owner.until(({ opened }) => opened === true)
  const milliseconds = performance.now() - start
  await owner.close()
  await remove()
  return milliseconds
}

/** Kills the first boot at `points` moments spread over its `milliseconds`; after each, the next start must succeed. */
export async function crashFirstBoots(points: number, milliseconds: number): Promise<BootCrashes> {
  const failures: string[] = []
  for (let i = 0; i < points; i++) {
    const { dataDir, remove } = await newDataFolder()
    const victim = startOwner(dataDir)
    await delay((milliseconds * (i + 0.5)) / points)
    await victim.kill()
    const next = startOwner(dataDir)
    await next
      .until(({ opened }) => opened === true)
      .catch(error =>
        failures.push(`killed after ${Math.round((milliseconds * (i + 0.5)) / points)} ms: ${error.message}`),
      )
    await next.close()
    await remove()
  }
  return { kills: points, failures }
}

interface WriteCrashes {
  readonly kills: number
  readonly committed: number
  /** Rows that were committed and are gone. */
  readonly lost: number
}

/** Kills the server, or its owner with it, `kills` times while rows are written. */
export async function crashUnderWrites(
  dataDir: string,
  kills: number,
  victim: 'server' | 'owner',
): Promise<WriteCrashes> {
  const committed = new Set<string>()
  let owner = startOwner(dataDir)
  await owner.until(({ opened }) => opened === true)
  owner.write()
  for (let i = 0; i < kills; i++) {
    const before = owner.facts.length
    const { server } = await owner.until(
      fact => owner.facts.indexOf(fact) >= before + 5 && fact.committed !== undefined,
    )
    await delay(20 * Math.random())
    if (victim === 'server') {
      if (server !== undefined) process.kill(server, 'SIGKILL')
      continue
    }
    await owner.kill()
    for (const fact of owner.facts) if (fact.committed) committed.add(fact.committed)
    owner = startOwner(dataDir)
    await owner.until(({ opened }) => opened === true)
    owner.write()
  }
  const before = owner.facts.length
  await owner.until(fact => owner.facts.indexOf(fact) >= before + 5 && fact.committed !== undefined)
  await owner.close()
  for (const fact of owner.facts) if (fact.committed) committed.add(fact.committed)
  const last = startOwner(dataDir)
  const { rows = [] } = await last.until(({ opened }) => opened === true)
  await last.close()
  const kept = new Set(rows)
  return { kills, committed: committed.size, lost: [...committed].filter(name => !kept.has(name)).length }
}
