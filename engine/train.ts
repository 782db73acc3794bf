/**
 * The training loop. It knows neither methods nor networks: an objective gives a graph with row losses, the layout of
 * what trains, and the feeds of each step; everything else (optimizer, clipping, checkpoints, events) is here.
 */
import { AppError, invariant } from '../errors.ts'
import { readCheckpoint, type TrainState, writeCheckpoint } from './checkpoint.ts'
import type { Value } from './graph.ts'
import type { Layout } from './layout.ts'
import type { TensorLocation } from './onnx.ts'
import type { AdamWOptions } from './optim/adamw.ts'
import type { LearningRateName } from './optim/schedule.ts'
import { openProgram } from './program.ts'
import type { Device } from './runtime/device.ts'
import type { Inline, Profile } from './runtime/protocol.ts'

/** What is trained, as values of one graph. */
export interface Objective {
  /** The loss of each row that has its own adapter, `[rows]`; the sum over rows is minimised. */
  readonly losses: Value
  /** The graph inputs that train, in the layout's order. */
  readonly trainables: readonly Value[]
  readonly layout: Layout
  locate(key: string): TensorLocation
  /** Values of the whole flat buffer at step 0. */
  initialize(): Promise<Float32Array>
  /** The graph's other inputs at an optimizer step (from 0) and a micro-batch of it; must depend on these alone. */
  feeds(step: number, micro: number): Promise<Record<string, Inline>> | Record<string, Inline>
}

export interface TrainOptions {
  readonly steps: number
  readonly learningRate: number
  readonly schedule: LearningRateName
  readonly warmup: number
  readonly adamw: AdamWOptions
  /** Global gradient norm, per row. */
  readonly clip: number
  /** Micro-batches per optimizer step. */
  readonly accumulate: number
  readonly profile: Profile
  /** EMA decay, 0 for none: the average is ramped as min(decay, (1 + n) / (10 + n)). */
  readonly ema?: number
  /** Where to keep a checkpoint, and every how many steps; one is also written when training is canceled. */
  readonly checkpoint?: { readonly path: string; readonly every: number }
  /** Everything that must be equal for a checkpoint to continue this run. */
  readonly identity: string
  readonly signal?: AbortSignal
  readonly onStep?: (event: StepEvent) => void
}

export interface StepEvent {
  /** Finished optimizer steps. */
  readonly step: number
  readonly steps: number
  /** Mean over rows and micro-batches. */
  readonly loss: number
  /** Per row. */
  readonly losses: readonly number[]
  readonly gradientNorm: number
  readonly learningRate: number
  readonly milliseconds: number
  /** Estimate from the median step so far, seconds. */
  readonly remaining: number
  /** Peak memory of the device process, bytes. */
  readonly peak: number
}

/**
 * Runs or resumes training. Stop-at-k and resume gives the same bits as a straight run on the CPU.
 * @returns the flat parameters (the EMA where asked for).
 * @throws AppError CANCELED between two steps after `signal`, with a checkpoint written when one is configured.
 */
export async function train(device: Device, objective: Objective, options: TrainOptions): Promise<Float32Array> {
  const { layout } = objective
  const state = await startState(objective, options)
  const program = await openProgram(device, objective, options, state)
  try {
    const clock = stepClock()
    for (let step = state.step; step < options.steps; step++) {
      if (options.signal?.aborted) throw canceled(step, options)
      const start = performance.now()
      const { losses, norm, rate } = await program.step(step)
      const milliseconds = performance.now() - start
      const finished = step + 1
      options.onStep?.({
        step: finished,
        steps: options.steps,
        loss: mean(losses),
        losses,
        gradientNorm: norm,
        learningRate: rate,
        milliseconds,
        remaining: clock(milliseconds) * (options.steps - finished),
        peak: device.memory().peak,
      })
      if (!losses.every(Number.isFinite)) throw diverged(finished, rate)
      const due = options.checkpoint && (finished % options.checkpoint.every === 0 || options.signal?.aborted)
      if (due) await writeCheckpoint(options.checkpoint.path, await program.state(finished), layout, options.identity)
    }
    return await program.read(state.ema ? 'ema' : 'params')
  } finally {
    await program.close()
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

function stepClock(): (milliseconds: number) => number {
  const times: number[] = []
  return milliseconds => {
    times.push(milliseconds)
    const sorted = times.slice(-50).sort((a, b) => a - b)
    return (sorted[sorted.length >> 1] ?? 0) / 1000
  }
}

function canceled(step: number, { checkpoint }: TrainOptions): AppError {
  const next = checkpoint
    ? `Resume with the same arguments; ${checkpoint.path} holds the last checkpoint.`
    : 'Start again.'
  return new AppError('CANCELED', `training was canceled after step ${step}`, next)
}

function diverged(step: number, rate: number): AppError {
  return new AppError(
    'INPUT_INVALID',
    `the loss is not finite at step ${step}`,
    `Lower the learning rate (now ${rate}).`,
  )
}

async function startState(objective: Objective, options: TrainOptions): Promise<TrainState> {
  const { layout } = objective
  const known = options.checkpoint && (await readCheckpoint(options.checkpoint.path, layout, options.identity))
  if (known) return known
  const params = await objective.initialize()
  invariant(params.length === layout.total, `${params.length} initial values for a layout of ${layout.total}`)
  const zeros = () => new Float32Array(layout.total)
  return { step: 0, params, m: zeros(), v: zeros(), ...(options.ema ? { ema: params.slice() } : {}) }
}
