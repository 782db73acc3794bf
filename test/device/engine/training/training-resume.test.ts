import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type Adapter,
  type Device,
  openBase,
  openDevice,
  openPipeline,
  type Photo,
  type Pipeline,
  personalize,
  personalizeAll,
} from '../../../../engine/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import type { PersonalizeOptions } from '../../../../engine/personalize/personalize.ts'
import { lockCheckpoint } from '../../../../engine/training/checkpoint-lock.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

// Seconds of work; a machine that trains beside it takes many times as long.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

let folder: string
let device: Device
let pipeline: Pipeline

const photosOf = (seed: number): Photo[] =>
  [0, 1, 2].map(i => ({ pixels: uniforms(seed, i, 3 * 16 * 16).map(v => 2 * v - 1), caption: 'sks dog' }))
const subject = { photos: photosOf(1), subject: 'sks dog' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-resume-'))
  device = openDevice({ threads: 1 })
  pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'))))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const settings = (more: Partial<PersonalizeOptions>): PersonalizeOptions => ({
  method: 'lora',
  options: { rank: 4, targets: 'cross-attention' },
  steps: 5,
  batch: 2,
  learningRate: 1e-2,
  ...more,
})

/** Bit for bit: NaN and signed zero count too. */
const bits = ({ tensors }: Adapter) =>
  [...tensors].map(([name, data]) => [name, Buffer.from(data.buffer).toString('hex')])

function largestDifference(a: Adapter, b: Adapter): number {
  const differences = [...a.tensors].flatMap(([name, data]) =>
    Array.from(data, (value, i) => Math.abs(value - (b.tensors.get(name)?.[i] ?? Number.NaN))),
  )
  return differences.reduce((largest, one) => (one <= largest ? largest : one), 0)
}

/** Stops after step k as Ctrl-C does, then goes on with the same settings. */
async function stopAndResume(k: number, more: Partial<PersonalizeOptions>): Promise<Adapter> {
  const checkpoint = { path: join(folder, `stop-${k}-${more.accumulate}.checkpoint`), every: 100 }
  const controller = new AbortController()
  const steps: number[] = []
  const onStep = ({ step }: { step: number }) => {
    steps.push(step)
    if (step === k) controller.abort()
  }
  const stopped = personalize(pipeline, subject, settings({ ...more, checkpoint, signal: controller.signal, onStep }))
  await expect(stopped).rejects.toMatchObject({ code: 'CANCELED', next: expect.stringContaining(checkpoint.path) })
  const adapter = await personalize(pipeline, subject, settings({ ...more, checkpoint, onStep }))
  expect(steps).toEqual([1, 2, 3, 4, 5])
  return adapter
}

describe('a stopped training', () => {
  test.each([
    [1, [1, 4]],
    [3, [2]],
  ])('with %i micro-batches per step goes on to the same bits', async (accumulate, stops) => {
    const straight = await personalize(pipeline, subject, settings({ accumulate }))
    for (const k of stops) expect(bits(await stopAndResume(k, { accumulate }))).toEqual(bits(straight))
  })

  test('that was stopped before its first step says that there is nothing to go on from', async () => {
    const checkpoint = { path: join(folder, 'none.checkpoint'), every: 1 }
    const run = personalize(pipeline, subject, settings({ checkpoint, signal: AbortSignal.abort() }))
    await expect(run).rejects.toMatchObject({ code: 'CANCELED', message: expect.stringContaining('step 0') })
    await expect(run).rejects.toMatchObject({ next: 'Start it again.' })
  })

  test('does not go on with other settings', async () => {
    const checkpoint = { path: join(folder, 'other.checkpoint'), every: 1 }
    await personalize(pipeline, subject, settings({ checkpoint, steps: 1 }))
    const run = personalize(pipeline, subject, settings({ checkpoint, steps: 2 }))
    await expect(run).rejects.toMatchObject({
      code: 'CHECKPOINT_FOREIGN',
      message: expect.stringContaining('other settings'),
    })
  })

  test('with a damaged checkpoint says how to start anew', async () => {
    const checkpoint = { path: join(folder, 'damaged.checkpoint'), every: 1 }
    await personalize(pipeline, subject, settings({ checkpoint, steps: 1 }))
    const whole = await readFile(checkpoint.path)
    await writeFile(checkpoint.path, whole.subarray(0, whole.length - 1000))
    const run = personalize(pipeline, subject, settings({ checkpoint, steps: 1 }))
    await expect(run).rejects.toMatchObject({ code: 'CHECKPOINT_FOREIGN', next: expect.stringContaining('Remove it') })
  })
})

test('two trainings do not write one checkpoint at once, and a killed one leaves no file behind', async () => {
  const path = join(folder, 'shared.checkpoint')
  await writeFile(join(folder, '.shared.checkpoint.0123456789ab.tmp'), 'half of a checkpoint')
  const unlock = await lockCheckpoint(path)
  const second = () => personalize(pipeline, subject, settings({ checkpoint: { path, every: 1 }, steps: 1 }))
  await expect(second()).rejects.toMatchObject({ code: 'STORAGE_FAILED', message: expect.stringContaining(path) })
  await unlock()
  await second()
  expect((await readdir(folder)).filter(name => name.startsWith('.'))).toEqual([])
})

test.each([
  ['linear layers', 'cross-attention'],
  ['convolutions', 'convolutions'],
])('subjects trained in one batch get what each would get alone: %s', async (_, targets) => {
  const subjects = [subject, { photos: photosOf(2), subject: 'sks dog' }]
  // A large rate and clipping at work: one norm over both rows would show.
  const more = { options: { rank: 4, targets }, learningRate: 0.05 }
  const together = await personalizeAll(pipeline, subjects, settings({ ...more, seed: 7 }))
  for (const [row, adapter] of together.entries()) {
    const one = subjects[row] as typeof subject
    const alone = await personalize(pipeline, one, settings({ ...more, seed: 7 + row }))
    expect(largestDifference(adapter, alone)).toBeLessThanOrEqual(1e-5)
  }
  const [first, second] = together as [Adapter, Adapter]
  expect(largestDifference(first, second)).toBeGreaterThan(0.01)
})

test('a device killed while it trains fails the training at once and names the reason', async () => {
  const own = openDevice({ threads: 1 })
  const run = personalize(
    openPipeline(own, pipeline.base),
    subject,
    settings({ steps: 1000, onStep: ({ step }) => step === 2 && process.kill(own.pid, 'SIGKILL') }),
  )
  await expect(run).rejects.toMatchObject({ code: 'DEVICE_LOST', message: expect.stringContaining('SIGKILL') })
  await own.kill()
})

test.each([
  [{ steps: 0 }, 'steps'],
  [{ batch: 1.5 }, 'batch'],
  [{ accumulate: 0 }, 'accumulate'],
  [{ seed: -1 }, 'seed'],
  [{ seed: 2 ** 53 }, 'seed'],
  [{ learningRate: Number.NaN }, 'learningRate'],
  [{ options: { rnak: 4 } }, 'rnak'],
  [{ options: { rank: 0 } }, 'rank'],
  [{ method: 'toString' }, 'toString'],
])('%j is refused by name', async (wrong, name) => {
  const run = personalize(pipeline, subject, settings(wrong))
  await expect(run).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(name) })
})
