import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGraph, input } from '../../../../engine/graph/graph.ts'
import * as op from '../../../../engine/graph/ops/index.ts'
import { type Device, openDevice } from '../../../../engine/index.ts'
import { normals } from '../../../../engine/noise.ts'
import { layoutOf } from '../../../../engine/runtime/layout.ts'
import type { Inline } from '../../../../engine/runtime/protocol.ts'
import { ADAMW_DEFAULTS } from '../../../../engine/training/optim/adamw.ts'
import type { StopRule } from '../../../../engine/training/stop.ts'
import { type Objective, type StepEvent, type TrainOptions, train } from '../../../../engine/training/train.ts'

let folder: string
let device: Device
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-stop-'))
  device = openDevice({ threads: 1 })
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const SIZE = 8
const rule: StopRule = { every: 3, window: 5, threshold: 0.05, decay: 0.2 }
const floats = (data: Float32Array, shape: number[]): Inline => ({ data, dtype: 'float32', shape })

/** Least squares towards noisy targets around 3; `watchedSteps` notes what the loop says of each step. */
function objective(watchedSteps: boolean[] = []): Objective {
  const graph = createGraph()
  const values = input(graph, 'values', 'float32', [1, SIZE])
  const difference = op.sub(values, input(graph, 'target', 'float32', [1, SIZE]))
  const target = (noise: Float32Array) => ({
    target: floats(
      noise.map(value => 3 + 0.3 * value),
      [1, SIZE],
    ),
  })
  return {
    losses: op.reduceMean(op.mul(difference, difference), [1]),
    trainables: [values],
    layout: layoutOf([{ name: 'values', shape: [1, SIZE] }], 1),
    locate: () => {
      throw new Error('no weights')
    },
    initialize: async () => new Float32Array(SIZE),
    feeds(step, _micro, watched = false) {
      watchedSteps[step] = watched
      return target(normals(1, step, SIZE))
    },
    fixed: async () => [target(new Float32Array(SIZE)), target(normals(2, 0, SIZE))],
  }
}

const options: TrainOptions = {
  ...{ steps: 400, learningRate: 0.1, schedule: 'cosine', warmup: 5, adamw: ADAMW_DEFAULTS, clip: 10, accumulate: 1 },
  ...{ profile: 'fast', identity: 'stop test' },
}

test('a training whose loss is flat stops, says why, and let go of what was held back first', async () => {
  const events: StepEvent[] = []
  const watched: boolean[] = []
  let ended: unknown
  const flat = await train(device, objective(watched), {
    ...options,
    stop: { rule, ended: stop => (ended = stop) },
    onStep: event => events.push(event),
  })
  const last = events.at(-1) as StepEvent
  expect(ended).toMatchObject({ reason: 'flat', step: last.step })
  expect(last.step).toBeLessThan(200)
  expect(last.steps).toBe(last.step)
  expect(events[0]?.steps).toBe(400)
  for (const value of flat) expect(Math.abs(value - 3)).toBeLessThan(0.4)
  const measured = events.filter(event => event.deterministic !== undefined)
  expect(measured.map(({ step }) => step).slice(0, 3)).toEqual([6, 9, 12])
  // Of all of the loss that can be learned, the fixed batches show it without the noise of the steps.
  expect(measured.at(-1)?.deterministic).toBeLessThan(0.2)
  const decayFrom = watched.indexOf(false)
  expect(decayFrom).toBe(measured.at(-1)?.step)
  expect(watched.slice(decayFrom).every(one => !one)).toBe(true)
})

test('cut anywhere and resumed, it stops at the same step with the same bits', async () => {
  let end = 0
  const whole = await train(device, objective(), { ...options, stop: { rule, ended: ({ step }) => (end = step) } })
  for (const at of [1, 13, end - 5, end - 1]) {
    const path = join(folder, `cut-${at}`)
    const controller = new AbortController()
    const cut = train(device, objective(), {
      ...{ ...options, stop: { rule }, checkpoint: { path, every: 1000 }, signal: controller.signal },
      onStep: ({ step }) => step === at && controller.abort(),
    })
    await expect(cut).rejects.toMatchObject({ code: 'CANCELED' })
    let ended: { step: number } | undefined
    const rest = await train(device, objective(), {
      ...{ ...options, checkpoint: { path, every: 1000 } },
      stop: { rule, ended: stop => (ended = stop) },
    })
    expect(ended?.step).toBe(end)
    expect(Buffer.from(rest.buffer)).toEqual(Buffer.from(whole.buffer))
  }
})

test('without a rule nothing is measured and all steps are taken', async () => {
  const events: StepEvent[] = []
  await train(device, objective(), { ...options, steps: 20, onStep: event => events.push(event) })
  expect(events).toHaveLength(20)
  expect(events.some(event => event.deterministic !== undefined)).toBe(false)
})
