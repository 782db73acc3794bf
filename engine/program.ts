/** One training on a device: its buffers, the session with all gradients, and the optimizer sessions. */
import type { TrainState } from './checkpoint.ts'
import { gradients } from './grad.ts'
import type { Value } from './graph.ts'
import { type Layout, viewsOf } from './layout.ts'
import { encode } from './onnx.ts'
import * as op from './ops/index.ts'
import { adamWScalars, buildAdamW, buildBlend } from './optim/adamw.ts'
import { buildClip } from './optim/clip.ts'
import { findLearningRate } from './optim/schedule.ts'
import { recompute } from './passes/recompute.ts'
import type { Device } from './runtime/device.ts'
import type { Feed, Inline, Profile, Run, RunResult, View } from './runtime/protocol.ts'
import { openSettle } from './settle.ts'
import type { Objective, TrainOptions } from './training.ts'

/** Elements that one optimizer call works on: bounds its temporaries at large parameter counts. */
const CHUNK = 1 << 24
const BUFFERS = ['params', 'm', 'v'] as const

const scalarFeed = (value: number): Inline => ({ data: Float32Array.of(value), dtype: 'float32', shape: [] })
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
  const { total } = objective.layout
  const buffers = [...BUFFERS, 'grads', ...(options.accumulate > 1 ? ['total'] : []), ...(start.ema ? ['ema'] : [])]
  try {
    for (const name of buffers) await device.alloc(name, total)
    return await openSessions(device, objective, options, start, buffers)
  } catch (error) {
    // The device may serve others after this, unless it is gone itself.
    for (const name of buffers) await device.free(name).catch(() => undefined)
    throw error
  }
}

async function openSessions(
  device: Device,
  objective: Objective,
  options: TrainOptions,
  start: TrainState,
  buffers: readonly string[],
) {
  const { layout } = objective
  for (const name of BUFFERS) await device.write(name, 0, start[name])
  if (start.ema) await device.write('ema', 0, start.ema)
  const forward = await device.open(buildStep(objective, options.profile), options.profile)
  const optimizer = await openOptimizer(device, layout, options, start.ema !== undefined)
  const settle = await openSettle(device, objective)
  const factorOf = typeof options.schedule === 'string' ? findLearningRate(options.schedule) : options.schedule
  const gradientViews = Object.entries(viewsOf(layout, 'grads')).map(([name, view]) => [gradientName(name), view])
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
    async state(step: number): Promise<TrainState> {
      const [params, m, v] = [await program.read('params'), await program.read('m'), await program.read('v')]
      return { step, params, m, v, ...(start.ema ? { ema: await program.read('ema') } : {}) }
    },
    read: (name: string) => device.read(name, 0, layout.total),
    /** Frees all; a device that is gone already took them along. */
    async close(): Promise<void> {
      const release = async () => {
        for (const session of [forward, ...optimizer.sessions, ...settle.sessions]) await device.close(session)
        for (const name of buffers) await device.free(name)
      }
      await release().catch(() => undefined)
    },
  }
  return program
}

/** A session for every distinct chunk size, and the views of each chunk. */
async function openChunks(total: number, open: (count: number) => Promise<number>) {
  const chunks: { session: number; view(buffer: string): View }[] = []
  const sessions = new Map<number, number>()
  for (let offset = 0; offset < total; offset += CHUNK) {
    const count = Math.min(CHUNK, total - offset)
    const session = sessions.get(count) ?? (await open(count))
    sessions.set(count, session)
    chunks.push({ session, view: buffer => ({ buffer, offset, shape: [count] }) })
  }
  return { chunks, sessions: [...sessions.values()] }
}

/** Clipping, AdamW, gradient accumulation and EMA as lists of runs. */
async function openOptimizer(device: Device, layout: Layout, options: TrainOptions, ema: boolean) {
  const clip = await device.open(buildClip(layout), 'inPlace')
  const adamw = await openChunks(layout.total, count => device.open(buildAdamW(count, options.adamw), 'inPlace'))
  const blends = options.accumulate > 1 || ema
  const blend = blends
    ? await openChunks(layout.total, count => device.open(buildBlend(count), 'inPlace'))
    : { chunks: [], sessions: [] }
  const blendRuns = (into: string, from: string, keep: number, share: number): Run[] =>
    blend.chunks.map(({ session, view }) => ({
      session,
      feeds: { total: view(into), part: view(from), keep: scalarFeed(keep), share: scalarFeed(share) },
      into: { total_next: view(into) },
      fetch: [],
    }))
  const summed = options.accumulate > 1 ? 'total' : 'grads'
  const clipRun: Run = {
    session: clip,
    feeds: { ...viewsOf(layout, summed), limit: scalarFeed(options.clip) },
    into: Object.fromEntries(Object.entries(viewsOf(layout, summed)).map(([name, view]) => [`${name}_clipped`, view])),
    fetch: ['norm'],
  }
  const adamwRuns = (step: number, rate: number): Run[] => {
    const scalars = Object.entries(adamWScalars(options.adamw, step, rate))
    const fixed = Object.fromEntries(scalars.map(([name, value]) => [name, scalarFeed(value)]))
    return adamw.chunks.map(({ session, view }) => ({
      session,
      feeds: { ...fixed, p: view('params'), g: view(summed), m: view('m'), v: view('v') },
      into: { p_next: view('params'), m_next: view('m'), v_next: view('v') },
      fetch: [],
    }))
  }
  const emaRuns = (step: number): Run[] => {
    if (!ema) return []
    const decay = Math.min(options.ema ?? 0, (1 + step) / (10 + step))
    return blendRuns('ema', 'params', decay, 1 - decay)
  }
  return {
    sessions: [clip, ...adamw.sessions, ...blend.sessions],
    /** Adds this micro-batch's share to the total; the first one overwrites it. */
    accumulate: (micro: number): Run[] =>
      options.accumulate > 1 ? blendRuns('total', 'grads', micro === 0 ? 0 : 1, 1 / options.accumulate) : [],
    /** `step` counts from 1. */
    update: (step: number, rate: number, settle: readonly Run[]): Run[] => [
      clipRun,
      ...adamwRuns(step, rate),
      ...settle,
      ...emaRuns(step),
    ],
  }
}
