/** A disk that is full, a real one: the store lies on a small file system of its own that something else fills. */
import { execFileSync } from 'node:child_process'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openInference } from '../../inference/index.ts'
import { type Environment, isFinal, type Job, openEnvironment } from '../stage/environment.ts'
import { adapterOf, openTrainers, type Trainers } from '../stage/trainers.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

/** Mounting needs the right to: root has it on Linux. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0

let environment: Environment
let tenant: string
let trainers: Trainers
let blobs: string

beforeAll(async () => {
  if (!mayMount) return
  environment = await openEnvironment()
  tenant = environment.tenants[0]
  trainers = openTrainers(environment, tenant)
  // What the store has made so far moves onto the small file system.
  await trainers.wholeAdapter()
  blobs = join(environment.folder, 'blobs')
  const aside = join(environment.folder, 'aside')
  await rename(blobs, aside)
  execFileSync('mkdir', [blobs])
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=700', 'tmpfs', blobs])
  execFileSync('cp', ['-a', `${aside}/.`, blobs])
})
afterAll(async () => {
  await trainers?.stop()
  if (blobs) execFileSync('umount', ['-l', blobs])
  await environment?.close()
})

/** All that is left of the file system. */
const fill = () =>
  writeFile(join(blobs, 'filler'), Buffer.alloc(16 << 20)).catch(error => expect(error.code).toBe('ENOSPC'))
const clear = () => rm(join(blobs, 'filler'))

const stalls = ({ events }: Job) =>
  events
    .filter(({ type }) => type === 'stalled')
    .map(({ payload }) => payload as { reason: string | null; step?: number })

const REASON =
  'the storage is full or cannot be reached: the job waits, and goes on by itself when it can store its work'

test.skipIf(!mayMount)(
  'a training on a full disk says why it stands still, and goes on when there is room, to the same bytes',
  async () => {
    const expected = await trainers.wholeAdapter()
    const id = await environment.train(tenant)
    await fill()
    await trainers.open('stalled')
    const waiting = await environment.until(tenant, id, ({ reason }) => reason !== null)
    expect(waiting).toMatchObject({ state: 'RUNNING', reason: REASON })
    await clear()
    const job = await environment.until(tenant, id, isFinal)
    expect(job).toMatchObject({ state: 'SUCCEEDED', reason: null })
    expect(adapterOf(job).sha256).toBe(expected)
    expect(stalls(job)[0]).toEqual({ reason: REASON })
    expect(stalls(job).at(-1)).toMatchObject({ reason: null })
    expect(job.attempts).toHaveLength(1)
    // Steps go back only where an event says that they do.
    let at = 0
    for (const { type, payload } of job.events) {
      const { step, reason } = payload as { step?: number; reason?: string | null }
      if (type === 'stalled' && reason === null && step !== undefined) at = step
      if (type !== 'progress' || step === undefined) continue
      expect(step).toBeGreaterThanOrEqual(at)
      at = step
    }
    await trainers.stop()
  },
)

test.skipIf(!mayMount)('a drawing on a full disk waits, says so, and is stored when there is room', async () => {
  const { store, bases, log } = environment
  const options = { store, bases, log, device: { threads: 1 }, maxRows: 4, cacheBytes: 1e8 }
  const id = await environment.generate(tenant, [{}])
  await fill()
  const inference = await openInference({ queue: environment.openQueue('drawing'), ...options })
  try {
    const waiting = await environment.until(tenant, id, ({ reason }) => reason !== null)
    expect(waiting).toMatchObject({ state: 'RUNNING', reason: REASON })
    await clear()
    const job = await environment.until(tenant, id, isFinal)
    expect(job).toMatchObject({ state: 'SUCCEEDED', reason: null })
    expect(stalls(job)).toEqual([{ reason: REASON }, { reason: null }])
  } finally {
    await inference.stop()
  }
})
