/**
 * The training loop. It knows neither methods nor networks: an objective gives a graph with row losses, the layout of
 * what trains, and the feeds of each step; everything else (optimizer, clipping, checkpoints, events) is here.
 */
import { existsSync } from 'node:fs'
import { AppError, invariant } from '../../errors.ts'
import { removeTemporaries } from '../../files/atomic.ts'
import { DTYPES } from '../io/safetensors/dtypes.ts'
import type { Device } from '../runtime/device.ts'
import type { FileRange } from '../runtime/protocol.ts'
import { readCheckpoint, type TrainState, writeCheckpoint } from './checkpoint.ts'
import { lockCheckpoint } from './checkpoint-lock.ts'
import { mean } from './mean.ts'
import type { Objective, TrainOptions } from './objective.ts'
import { openProgram } from './program.ts'
import { watchLoss } from './stop.ts'

export type { Objective, StepEvent, TrainOptions } from './objective.ts'

/**
 * Runs or resumes training. Stop-at-k and resume gives the same bits as a straight run on the CPU.
 * @returns the flat parameters (the EMA where asked for).
 * @throws AppError CANCELED between two steps after `signal`, with a checkpoint written when one is configured;
 *   CHECKPOINT_FOREIGN when it belongs to another training; STORAGE_FAILED when another training uses it, or it cannot be written;
 *   DIVERGED when a loss, or what was learned, is not finite.
 */
export async function train(device: Device, objective: Objective, options: TrainOptions): Promise<Float32Array> {
  const path = options.checkpoint?.path
  if (path === undefined) return runSteps(device, objective, options)
  const unlock = await lockCheckpoint(path)
  try {
    await removeTemporaries(path)
    return await runSteps(device, objective, options)
  } finally {
    await unlock()
  }
}

async function runSteps(device: Device, objective: Objective, options: TrainOptions): Promise<Float32Array> {
  const { layout } = objective
  const state = await startState(objective, options)
  if (options.signal?.aborted) throw canceled(state.step, options)
  const watch = options.stop && watchLoss(options.stop.rule, options, state.stop)
  const schedule = watch ? watch.factor : options.schedule
  const program = await openProgram({ device, objective, options: { ...options, schedule }, start: state })
  try {
    const clock = stepClock()
    const end = (): number => watch?.end() ?? options.steps
    for (let step = state.step; step < end(); step++) {
      if (options.signal?.aborted) throw canceled(step, options)
      const start = performance.now()
      const { losses, loss, norm, rate } = await program.step(step, watch?.isWatching(step))
      const milliseconds = performance.now() - start
      const finished = step + 1
      const fixed = watch?.isDue(finished) ? await program.measure() : undefined
      if (fixed) watch?.record(finished, fixed)
      options.onStep?.({
        step: finished,
        steps: end(),
        loss,
        losses,
        ...(fixed && { deterministic: mean(fixed) }),
        gradientNorm: norm,
        learningRate: rate,
        milliseconds,
        remaining: clock(milliseconds) * (end() - finished),
        peak: device.memory().peak,
      })
      if (![...losses, ...(fixed ?? [])].every(Number.isFinite)) throw diverged(finished, rate)
      if (options.snapshot && finished % options.snapshot.every === 0)
        await options.snapshot.take(finished, finite(await program.read(), finished, rate))
      if (options.checkpoint && (finished % options.checkpoint.every === 0 || options.signal?.aborted)) {
        const { identity } = options
        await writeCheckpoint(options.checkpoint.path, program.state(finished), {
          layout,
          identity,
          stop: watch?.state(),
        })
        await options.checkpoint.written?.(finished)
      }
    }
    if (watch) options.stop?.ended?.({ reason: watch.reason(), step: end(), history: watch.state().history })
    return finite(await program.finish(), end(), options.learningRate)
  } finally {
    await program.close()
  }
}

function stepClock(): (milliseconds: number) => number {
  const times: number[] = []
  return milliseconds => {
    times.push(milliseconds)
    const sorted = times.slice(-50).sort((a, b) => a - b)
    return (sorted[sorted.length >> 1] ?? 0) / 1000
  }
}

function canceled(step: number, { checkpoint }: TrainOptions): AppError {
  const next =
    checkpoint && existsSync(checkpoint.path)
      ? `The same arguments go on from there; ${checkpoint.path} holds the state.`
      : 'Start it again.'
  return new AppError('CANCELED', `training was canceled after step ${step}`, next)
}

function diverged(step: number, rate: number, what = 'the loss is'): AppError {
  return new AppError('DIVERGED', `${what} not finite at step ${step}`, `Lower the learning rate (now ${rate}).`)
}

/** The loss of a step is that of the values before it: what the last update made of them shows here alone. */
function finite(values: Float32Array, step: number, rate: number): Float32Array {
  if (values.every(Number.isFinite)) return values
  throw diverged(step, rate, 'what was learned is')
}

async function startState(objective: Objective, options: TrainOptions): Promise<TrainState> {
  const { layout } = objective
  const known = options.checkpoint && (await readCheckpoint(options.checkpoint.path, layout, options.identity))
  if (known) return known
  const params = await objective.initialize()
  const count = params instanceof Float32Array ? params.length : elementsOf(params)
  invariant(count === layout.total, `${count} initial values for a layout of ${layout.total}`)
  return { step: 0, buffers: { params, ...(options.ema ? { ema: params } : {}) } }
}

const elementsOf = (ranges: readonly FileRange[]): number =>
  ranges.reduce((sum, { bytes, dtype }) => sum + bytes / DTYPES[dtype].bytes, 0)
