import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  crashFirstBoots,
  crashUnderWrites,
  newDataFolder,
  type OwnerProcess,
  startOwner,
} from '../../measures/platform/database-crashes.ts'

const asRoot = process.getuid?.() === 0
const isOpen = ({ opened }: { opened?: boolean }) => opened === true
const opened = (owner: OwnerProcess) => owner.until(isOpen)
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** One first boot, copied by the tests that need no boot of their own. */
let made: Awaited<ReturnType<typeof newDataFolder>>
let bootMilliseconds = 0
const folders: (() => Promise<void>)[] = []
async function dataFolder(name?: string): Promise<string> {
  const { dataDir, remove } = await newDataFolder(name)
  folders.push(remove)
  return dataDir
}
async function copied(name?: string): Promise<string> {
  const dataDir = await dataFolder(name)
  execFileSync('cp', ['-a', made.dataDir, dataDir])
  return dataDir
}
beforeAll(async () => {
  made = await newDataFolder()
  const start = performance.now()
  const owner = startOwner(made.dataDir)
  await opened(owner)
  bootMilliseconds = performance.now() - start
  owner.write()
  await owner.until(({ committed }) => committed !== undefined)
  await owner.close()
})
afterAll(async () => {
  for (const remove of [made.remove, ...folders]) await remove()
})

test('a stopped database starts again with its rows, and leaves no process', async () => {
  const dataDir = await copied()
  const owner = startOwner(dataDir)
  const { rows, server } = await opened(owner)
  expect(rows?.length).toBeGreaterThan(0)
  await owner.close()
  expect(alive(server!)).toBe(false)
  expect(await readdir(join(dataDir, 'postgres'))).not.toContain('postmaster.pid')
})

test('a second opener is refused, and the first goes on', async () => {
  const dataDir = await copied()
  const first = startOwner(dataDir)
  await opened(first)
  const second = startOwner(dataDir)
  expect(await second.until(({ failed }) => failed !== undefined)).toMatchObject({ failed: 'DATABASE_IN_USE' })
  first.write()
  await first.until(({ committed }) => committed !== undefined)
  await first.close()
})

test('its owner killed while it writes: every committed row is there, and the orphan is gone', async () => {
  expect(await crashUnderWrites(await copied(), 2, 'owner')).toMatchObject({ kills: 2, lost: 0 })
})

test('the server killed while it writes: it comes back by itself with every committed row', async () => {
  expect(await crashUnderWrites(await copied(), 3, 'server')).toMatchObject({ kills: 3, lost: 0 })
})

test.each([
  ['of a process that is none of ours', () => process.pid],
  ['of no process', () => 2 ** 22 - 1],
])('a lock file with the number %s does not stop it', async (_what, pid) => {
  const dataDir = await copied()
  const lines = [pid(), join(dataDir, 'postgres/cluster'), Math.floor(Date.now() / 1000), 5432, '', '', '', 'ready']
  await writeFile(join(dataDir, 'postgres/cluster/postmaster.pid'), `${lines.join('\n')}\n`)
  const owner = startOwner(dataDir)
  await opened(owner)
  await owner.close()
  expect(alive(process.pid)).toBe(true)
})

test('killed at 3 points of the first boot: the next start succeeds', async () => {
  expect(await crashFirstBoots(3, bootMilliseconds)).toEqual({ kills: 3, failures: [] })
})

test('a path with spaces, and one too long for a socket', async () => {
  const dataDir = await copied(`data of ${'a long name '.repeat(12)}`.trim())
  const owner = startOwner(dataDir)
  await opened(owner)
  await owner.close()
})

test('secrets of another database are told apart from a database that does not start', async () => {
  const dataDir = await copied()
  await rm(join(dataDir, 'secrets.json'))
  const owner = startOwner(dataDir)
  expect(await owner.until(({ failed }) => failed !== undefined)).toMatchObject({
    failed: 'DATABASE_UNAVAILABLE',
    message: expect.stringContaining('password'),
  })
})

describe.runIf(asRoot)('as root', () => {
  const closed = async () => {
    const dataDir = await dataFolder('private/data')
    await mkdir(join(dataDir, '..'), { recursive: true })
    await chmod(join(dataDir, '..'), 0o700)
    return dataDir
  }
  const target = async (dataDir: string) => (await readFile(join(dataDir, 'postgres'), 'utf8')).split('\n')[0]!

  test('in a folder that nobody else may enter the data lie elsewhere; deleting the folder deletes them at the next start', async () => {
    const dataDir = await closed()
    const owner = startOwner(dataDir)
    await opened(owner)
    owner.write()
    await owner.until(({ committed }) => committed !== undefined)
    await owner.close()
    const place = await target(dataDir)
    expect(await readdir(place)).toContain('cluster')
    const again = startOwner(dataDir)
    expect((await opened(again)).rows?.length).toBeGreaterThan(0)
    await again.close()
    await rm(dataDir, { recursive: true })
    const fresh = startOwner(dataDir)
    expect((await opened(fresh)).rows).toEqual([])
    await fresh.close()
    await expect(readdir(place)).rejects.toThrow()
    await rm(await target(dataDir), { recursive: true })
    const bare = startOwner(dataDir)
    expect(await bare.until(({ failed }) => failed !== undefined)).toMatchObject({
      failed: 'DATABASE_INVALID',
      message: expect.stringContaining('which is gone'),
    })
  })
  test('an ordinary user can do the same', async () => {
    const [uid, gid] = [65534, 65534]
    const dataDir = await dataFolder('home/data')
    await mkdir(join(dataDir, '..'), { recursive: true, mode: 0o700 })
    await chown(join(dataDir, '..'), uid, gid)
    const owner = startOwner(dataDir, { uid, gid })
    await opened(owner)
    await owner.close()
  })
})
