/** One training on a device: its buffers, the session with all gradients, and the optimizer sessions. */

import { gradients } from '../graph/grad.ts'
import type { Value } from '../graph/graph.ts'
import { encode, type Model } from '../graph/onnx.ts'
import * as op from '../graph/ops/index.ts'
import { recompute } from '../graph/recompute.ts'
import type { Device } from '../runtime/device.ts'
import { type Layout, rowsOf, viewsOf } from '../runtime/layout.ts'
import { ranges } from '../runtime/pieces.ts'
import type { Feed, Profile, RunResult } from '../runtime/protocol.ts'
import { STATE, type StateStream, type TrainState } from './checkpoint.ts'
import type { Objective, TrainOptions } from './objective.ts'
import { FACTOR, openOptimizer } from './optim/optimizer.ts'
import { findLearningRate } from './optim/schedule.ts'
import { openSettle } from './projection.ts'

type Holdings = ReturnType<typeof holdings>

const gradientName = (name: string): string => `grad:${name}`
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

const sumOf = (losses: Value): Value =>
  losses.shape.length === 0
    ? losses
    : op.reduceSum(
        losses,
        losses.shape.map((_, axis) => axis),
      )

/**
 * The model that one micro-batch runs: row losses, and the gradient of their sum for each trainable. In the profile
 * `checkpoint` the backward pass computes the marked segments again instead of keeping their values, and half-precision
 * weights stay so in memory.
 */
export function buildStep(
  objective: Pick<Objective, 'losses' | 'trainables' | 'layout' | 'locate'>,
  profile: Profile = 'lean',
) {
  const loss = sumOf(objective.losses)
  const small = profile === 'checkpoint'
  const parts = gradients(loss, objective.trainables, small ? recompute(loss) : undefined)
  const outputs = Object.fromEntries(
    parts.map((value, i) => [gradientName(objective.layout.slots[i]?.name ?? ''), value] as const),
  )
  return encode({ losses: objective.losses, ...outputs }, objective.locate, { cast: small ? 'perReader' : 'once' })
}

export interface StepResult {
  readonly losses: readonly number[]
  readonly norm: number
  readonly rate: number
}

/** The sessions and buffers of one training. */
export async function openProgram(device: Device, objective: Objective, options: TrainOptions, start: TrainState) {
  const held = holdings(device)
  try {
    return await openSessions(device, held, objective, options, start)
  } catch (error) {
    // The device may serve others after this, unless it is gone itself.
    await held.release().catch(() => undefined)
    throw error
  }
}

/** What a training has taken of a device, to give it back. */
function holdings(device: Device) {
  const sessions: number[] = []
  const buffers = new Set<string>()
  return {
    async open(model: Model, profile: Profile): Promise<number> {
      const session = await device.open(model, profile)
      sessions.push(session)
      return session
    },
    async alloc(buffer: string, elements: number): Promise<void> {
      await device.alloc(buffer, elements)
      buffers.add(buffer)
    },
    /** Sessions first: they point into the buffers. */
    async release(except?: string): Promise<void> {
      for (let session = sessions.pop(); session !== undefined; session = sessions.pop()) await device.close(session)
      for (const buffer of [...buffers].filter(name => name !== except)) {
        buffers.delete(buffer)
        await device.free(buffer)
      }
    },
  }
}

/** Fills the state's buffers; what has no content stays zero, as allocated. */
async function openBuffers(device: Device, held: Holdings, layout: Layout, options: TrainOptions, start: TrainState) {
  const { total } = layout
  const state = STATE.filter(name => name !== 'ema' || start.buffers.ema)
  for (const name of [...state, 'grads', ...(options.accumulate > 1 ? ['total'] : [])]) await held.alloc(name, total)
  await held.alloc(FACTOR, rowsOf(layout))
  for (const name of state) {
    const content = start.buffers[name]
    if (content instanceof Float32Array) await device.write(name, 0, content)
    else if (content) await device.load(name, content)
  }
  return state
}

async function openSessions(
  device: Device,
  held: Holdings,
  objective: Objective,
  options: TrainOptions,
  start: TrainState,
) {
  const { layout } = objective
  const state = await openBuffers(device, held, layout, options, start)
  const average = state.includes('ema')
  const forward = await held.open(buildStep(objective, options.profile), options.profile)
  const optimizer = await openOptimizer(held.open, layout, options, average)
  const settle = await openSettle(held.open, objective)
  const factorOf = typeof options.schedule === 'string' ? findLearningRate(options.schedule) : options.schedule
  const gradientViews = Object.entries(viewsOf(layout, 'grads')).map(([name, view]) => [gradientName(name), view])
  const result = average ? 'ema' : 'params'
  const program = {
    async step(step: number): Promise<StepResult> {
      const rate = options.learningRate * factorOf(step, { warmup: options.warmup, total: options.steps })
      const losses: (readonly number[])[] = []
      let norm = 0
      for (let micro = 0; micro < options.accumulate; micro++) {
        const feeds: Record<string, Feed> = { ...viewsOf(layout, 'params'), ...(await objective.feeds(step, micro)) }
        const last = micro === options.accumulate - 1
        const results = await device.run([
          { session: forward, feeds, into: Object.fromEntries(gradientViews), fetch: ['losses'] },
          ...optimizer.accumulate(micro),
          ...(last ? optimizer.update(step + 1, rate, settle.runs(rate)) : []),
        ])
        losses.push(Array.from((results[0] as RunResult).outputs.losses?.data ?? [], Number))
        const norms = results.flatMap(({ outputs }) => [...((outputs.norm?.data as Float32Array | undefined) ?? [])])
        norm = Math.max(norm, ...norms)
      }
      const rows = losses[0]?.map((_, row) => mean(losses.map(values => values[row] ?? 0))) ?? []
      return { losses: rows, norm, rate }
    },
    /** The state after `step`, read as it is asked for. */
    state: (step: number): StateStream => ({
      step,
      buffers: new Map(state.map(name => [name, streamOf(device, name, layout.total)])),
    }),
    /** The parameters, or their average where one is kept. */
    read: () => device.read(result, 0, layout.total),
    /** The same at the end, when nothing else is needed any more. */
    async finish(): Promise<Float32Array> {
      await held.release(result)
      return program.read()
    },
    /** Frees all; a device that is gone already took them along. */
    close: () => held.release().catch(() => undefined),
  }
  return program
}

async function* streamOf(device: Device, buffer: string, total: number): AsyncGenerator<Float32Array> {
  for (const { from, count } of ranges(total)) yield await device.read(buffer, from, count)
}
