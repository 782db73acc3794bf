import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../log.ts'
import { isAlive, waitForEnd } from '../../../measures/stage/cli-process.ts'
import { type Supervisor, superviseWorkers } from '../../../start/supervisor.ts'

const FILE = join(import.meta.dirname, '../../stage/marking-worker.ts')
const logged: string[] = []
const log = createLog('test', 'error', { write: line => void logged.push(line) })
let folder: string
let marks: string
let supervisor: Supervisor | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-supervisor-'))
  marks = join(folder, 'marks')
  await writeFile(marks, '')
  logged.length = 0
})
afterEach(async () => {
  await supervisor?.stop()
  supervisor = undefined
  await rm(folder, { recursive: true })
})

function supervise(env: NodeJS.ProcessEnv, more: { graceSeconds?: number; firstPauseMs?: number } = {}): Supervisor {
  supervisor = superviseWorkers([{ name: 'one', file: FILE, env: { ...process.env, MARKS: marks, ...env } }], {
    ...{ log, firstPauseMs: 20 },
    ...more,
  })
  return supervisor
}

const written = async (): Promise<[string, number][]> =>
  (await readFile(marks, 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map(line => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])])

async function until(reached: (marks: [string, number][]) => boolean): Promise<[string, number][]> {
  for (;;) {
    const found = await written()
    if (reached(found)) return found
    await sleep(20)
  }
}

test('a worker is started, asked to stop, and gone when stopping has ended', async () => {
  const { ready, states, stop } = supervise({})
  expect(states()).toEqual({ one: 'starting' })
  await ready()
  expect(states()).toEqual({ one: 'ready' })
  await stop()
  const [opened, stopped] = await written()
  expect([opened?.[0], stopped?.[0]]).toEqual(['open', 'stop'])
  expect(isAlive(opened?.[1] as number)).toBe(false)
  expect(states()).toEqual({ one: 'stopped' })
})

test('a killed worker is started again, and is ready again', async () => {
  const { ready, states } = supervise({})
  await ready()
  const [[, pid]] = (await written()) as [[string, number]]
  process.kill(pid, 'SIGKILL')
  const found = await until(all => all.length === 2)
  expect(found[1]?.[1]).not.toBe(pid)
  while (states().one !== 'ready') await sleep(20)
})

test('one that cannot start is tried again with growing pauses, and nobody waits for it for ever', async () => {
  const { ready, states } = supervise({ BROKEN: '1' })
  await expect(ready(AbortSignal.timeout(100))).rejects.toThrow()
  await until(all => all.length >= 3)
  expect(['starting', 'restarting']).toContain(states().one)
  const pauses = logged.map(line => (JSON.parse(line) as { pause?: number }).pause).filter(pause => pause !== undefined)
  expect(pauses.slice(0, 2)).toEqual([20, 40])
})

test('one that does not stop in time is killed', async () => {
  const { ready, stop } = supervise({ STUBBORN: '1' }, { graceSeconds: 0.2 })
  await ready()
  await stop()
  const [[, pid]] = (await written()) as [[string, number]]
  expect(isAlive(pid)).toBe(false)
})

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a worker stops in good order after its parent ended by %s',
  async signal => {
    const parent = spawn(process.execPath, [FILE], { env: { ...process.env, MARKS: marks, CHILD: '1' } })
    const [[, worker]] = (await until(all => all.some(([what]) => what === 'parent'))) as [[string, number]]
    parent.kill(signal)
    expect(await waitForEnd([worker], 4000)).toBeDefined()
    expect((await written()).map(([what]) => what)).toEqual(['open', 'parent', 'stop'])
  },
)

test('one that does not stop ends all the same when its parent is gone', async () => {
  const env = { ...process.env, MARKS: marks, CHILD: '1', STUBBORN: '1' }
  const parent = spawn(process.execPath, [FILE], { env })
  const [[, worker]] = (await until(all => all.some(([what]) => what === 'parent'))) as [[string, number]]
  parent.kill('SIGKILL')
  expect(await waitForEnd([worker], 8000)).toBeGreaterThan(3000)
})
