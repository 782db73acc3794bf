/** One training on a device: its buffers, the session with all gradients, and the optimizer sessions. */

import { invariant } from '../../errors.ts'
import { gradients } from '../graph/grad.ts'
import type { Value } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import * as op from '../graph/ops/index.ts'
import { recompute } from '../graph/recompute.ts'
import { chunksOf } from '../runtime/chunks.ts'
import type { Device } from '../runtime/device.ts'
import { layoutOf, rowCount, viewsOf } from '../runtime/layout.ts'
import { machineMemory } from '../runtime/memory.ts'
import type { Feed, Profile, View } from '../runtime/protocol.ts'
import { outputOf, runOnce } from '../runtime/run.ts'
import { type Allocations, trackAllocations } from './allocations.ts'
import { STATE, type StateStream, type TrainState } from './checkpoint.ts'
import { mean } from './mean.ts'
import type { LossGraph, Objective, TrainOptions } from './objective.ts'
import { FACTOR, openOptimizer } from './optim/optimizer.ts'
import { findLearningRate } from './optim/schedule.ts'
import { openProjections } from './projection.ts'
import { openStepSessions } from './step-sessions.ts'

const gradientName = (name: string): string => `grad:${name}`

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
export function buildStep(objective: LossGraph & Pick<Objective, 'layout' | 'locate'>, profile: Profile = 'lean') {
  const loss = sumOf(objective.losses)
  const small = profile === 'checkpoint'
  const parts = gradients(loss, objective.trainables, small ? recompute(loss) : undefined)
  const outputs = Object.fromEntries(
    parts.map((value, i) => [gradientName(objective.layout.slots[i]?.name ?? ''), value] as const),
  )
  return encode({ losses: objective.losses, ...outputs }, objective.locate, { cast: small ? 'perReader' : 'once' })
}

export interface StepResult {
  /** Of each row, the mean over micro-batches. */
  readonly losses: readonly number[]
  /** The mean of `losses`. */
  readonly loss: number
  /** The largest gradient norm of a row, before clipping. */
  readonly norm: number
  /** The learning rate of this step. */
  readonly rate: number
}

/** What a program is opened from. */
export interface ProgramParts {
  readonly device: Device
  readonly objective: Objective
  readonly options: TrainOptions
  /** Where the training begins or goes on. */
  readonly start: TrainState
}

/** One training's sessions and buffers on a device. It knows how a step is computed; when and how often is its caller's. */
export interface Program {
  /** The optimizer step after `step` finished ones. */
  step(step: number, watched?: boolean): Promise<StepResult>
  /** Of each row, the mean loss over the objective's fixed batches. */
  measure(): Promise<readonly number[]>
  /** The state after `step`, read as it is asked for. */
  state(step: number): StateStream
  /** The parameters, or their average where one is kept. */
  read(): Promise<Float32Array>
  /** The same at the end, when nothing else is needed any more. */
  finish(): Promise<Float32Array>
  /** Frees all; a device that is gone already took them along. */
  close(): Promise<void>
}

/** Takes its memory at once, and gives it back when opening fails half way. */
export async function openProgram(parts: ProgramParts): Promise<Program> {
  const allocations = trackAllocations(parts.device)
  try {
    return await fillProgram(parts, allocations)
  } catch (error) {
    // The device may serve others after this, unless it is gone itself.
    await allocations.release().catch(() => undefined)
    throw error
  }
}

async function fillProgram(parts: ProgramParts, allocations: Allocations): Promise<Program> {
  const { device, objective } = parts
  const { total } = objective.layout
  const state = await openBuffers(parts, allocations)
  const average = state.includes('ema')
  const step = await openStep(parts, allocations, average)
  const result = average ? 'ema' : 'params'
  const read = () => device.read(result, 0, total)
  return {
    step,
    measure: measureFixed(parts, allocations),
    state: finished => ({
      step: finished,
      buffers: new Map(state.map(name => [name, streamOf(device, name, total)])),
    }),
    read,
    async finish() {
      await allocations.release(result)
      return read()
    },
    close: () => allocations.release().catch(() => undefined),
  }
}

/** Fills the state's buffers; what has no content stays zero, as allocated. */
async function openBuffers({ device, objective, options, start }: ProgramParts, { alloc }: Allocations) {
  const { layout } = objective
  const state = STATE.filter(name => name !== 'ema' || start.buffers.ema)
  for (const name of [...state, 'grads', ...(options.accumulate > 1 ? ['total'] : [])]) await alloc(name, layout.total)
  await alloc(FACTOR, rowCount(layout))
  const constants = constantLayout(objective)
  if (constants) {
    await alloc(CONSTANTS, constants.total)
    for (const [index, { offset }] of constants.slots.entries())
      await device.write(CONSTANTS, offset, objective.constants?.[index]?.values() ?? new Float32Array())
  }
  for (const name of state) {
    const content = start.buffers[name]
    if (content instanceof Float32Array) await device.write(name, 0, content)
    else if (content) await device.load(name, content)
  }
  return state
}

const CONSTANTS = 'constants'

const constantLayout = ({ constants = [] }: Objective) => (constants.length > 0 ? layoutOf(constants) : undefined)

/** What every run of the objective's graph is fed: what trains, and what never changes. */
function standingFeeds(objective: Objective): Record<string, View> {
  const constants = constantLayout(objective)
  return { ...viewsOf(objective.layout, 'params'), ...(constants ? viewsOf(constants, CONSTANTS) : {}) }
}

/** The sessions of one optimizer step, and what runs them. */
async function openStep(
  { device, objective, options }: ProgramParts,
  allocations: Allocations,
  average: boolean,
): Promise<Program['step']> {
  const { layout } = objective
  const { open } = allocations
  const forward = openStepSessions(device, allocations, options.memory ?? machineMemory(), graph =>
    open(buildStep({ ...objective, ...graph }, options.profile), options.profile),
  )
  const optimizer = await openOptimizer(open, layout, { ...options, average, paces: objective.paces })
  const projections = await openProjections(open, objective)
  const factorOf = typeof options.schedule === 'string' ? findLearningRate(options.schedule) : options.schedule
  const standing = standingFeeds(objective)
  const gradientViews = Object.entries(viewsOf(layout, 'grads')).map(([name, view]) => [gradientName(name), view])
  const into: Record<string, View> = Object.fromEntries(gradientViews)
  return async (step, watched) => {
    const rate = options.learningRate * factorOf(step, { warmup: options.warmup, total: options.steps })
    const losses: Float32Array[] = []
    let norm = 0
    for (let micro = 0; micro < options.accumulate; micro++) {
      const own = await objective.feeds(step, micro, watched)
      const session = await forward(objective.graphOf?.(own) ?? objective)
      const feeds: Record<string, Feed> = { ...standing, ...own }
      const last = micro === options.accumulate - 1
      const [first, ...others] = await device.run([
        { session, feeds, into, fetch: ['losses'] },
        ...optimizer.accumulate(micro),
        ...(last ? optimizer.update(step + 1, rate, projections.runs(rate)) : []),
      ])
      losses.push(outputOf(first, 'losses'))
      for (const result of others) if (result.outputs.norm) norm = Math.max(norm, ...outputOf(result, 'norm'))
    }
    const rows = Array.from(losses[0] ?? [], (_, row) => mean(losses.map(values => values[row] ?? 0)))
    return { losses: rows, loss: mean(rows), norm, rate }
  }
}

/** The sessions and the feeds are made at the first call. */
function measureFixed({ device, objective }: ProgramParts, { open }: Allocations): Program['measure'] {
  const sessions = new Map<LossGraph, Promise<number>>()
  const sessionOf = (graph: LossGraph): Promise<number> => {
    const opening = sessions.get(graph) ?? open(encode({ losses: graph.losses }, objective.locate), 'inference')
    sessions.set(graph, opening)
    return opening
  }
  let fixed: ReturnType<NonNullable<Objective['fixed']>> | undefined
  const standing = standingFeeds(objective)
  return async () => {
    invariant(objective.fixed, 'an objective without fixed batches')
    fixed ??= objective.fixed()
    const losses: Float32Array[] = []
    for (const feeds of await fixed) {
      const session = await sessionOf(objective.graphOf?.(feeds) ?? objective)
      losses.push(await runOnce(device, session, { ...standing, ...feeds }, 'losses'))
    }
    return Array.from(losses[0] ?? [], (_, row) => mean(losses.map(values => values[row] ?? 0)))
  }
}

async function* streamOf(device: Device, buffer: string, total: number): AsyncGenerator<Float32Array> {
  for (const { from, count } of chunksOf(total)) yield await device.read(buffer, from, count)
}
