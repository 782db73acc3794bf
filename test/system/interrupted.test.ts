import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { countResumes } from '../../measures/engine/kill-training.ts'
import { descendants, jsonLines, type RunningCli, startCli, waitForEnd } from '../../measures/stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../../measures/stage/tiny-base.ts'

// Seconds of work; a machine that trains beside it takes many times as long.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

const STARTER = join(import.meta.dirname, '../../bin/semblance.mjs')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-interrupted-'))
  await writeTinyBase(join(folder, 'base'))
  await writePhotos(join(folder, 'photos'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A training that runs until it is stopped. */
const train = (out: string): string[] => {
  const named = { base: join(folder, 'base'), images: join(folder, 'photos'), out: join(folder, out) }
  const settings = { ...named, steps: 100_000, batch: 1, threads: 1, set: 'targets=cross-attention' }
  return ['train', '--json', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])]
}

async function untilStep({ stdout, child }: RunningCli, step: number): Promise<void> {
  while (!stdout().includes(`"step":${step},`)) {
    if (child.exitCode !== null) throw new Error(`ended early: ${stdout()}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('Ctrl-C ends a training between two steps, keeps its state and says how to go on', async () => {
  const run = startCli(train('stop.safetensors'), STARTER)
  await untilStep(run, 3)
  run.child.kill('SIGINT')
  const { code, stdout, stderr } = await run.ended
  const lines = jsonLines(stdout)
  const last = lines.filter(({ event }) => event === 'step').at(-1)?.step
  expect(code).toBe(130)
  expect(lines.at(-1)).toEqual({
    event: 'error',
    error: {
      code: 'CANCELED',
      message: `training was canceled after step ${last}`,
      next: expect.stringContaining('stop.safetensors.checkpoint'),
    },
  })
  expect(stderr).toBe('')
  expect((await readdir(folder)).sort()).toEqual(['base', 'photos', 'stop.safetensors.checkpoint'])
})

test('a second Ctrl-C does not wait for the end of the step', async () => {
  const run = startCli([...train('hard.safetensors'), '--accumulate', '100000'], STARTER)
  while (descendants(run.child.pid as number).length < 2) await sleep(20)
  const all = descendants(run.child.pid as number)
  // The only step takes minutes; by now it has begun.
  await sleep(6000)
  run.child.kill('SIGINT')
  await sleep(1000)
  expect(run.child.exitCode).toBeNull()
  run.child.kill('SIGINT')
  expect(await waitForEnd(all, 1000)).toBeDefined()
  expect((await run.ended).code).toBe(130)
  expect((await readdir(folder)).filter(name => name.startsWith('hard'))).toEqual([])
})

test('a training outlives a reader that goes away, but neither it nor its device a starter that is killed', async () => {
  const run = startCli(train('orphan.safetensors'), STARTER)
  await untilStep(run, 1)
  const started = descendants(run.child.pid as number)
  expect(started).toHaveLength(2)
  run.child.stdout?.destroy()
  expect(await waitForEnd(started.slice(0, 1), 500)).toBeUndefined()
  run.child.kill('SIGKILL')
  expect(await waitForEnd(started, 3000)).toBeDefined()
})

test('kill -9 at random points: the same command ends with the same bytes and leaves nothing behind', async () => {
  expect(await countResumes(3, 'command', 5)).toMatchObject({ different: 0, survived: 0, leftover: [] })
})
