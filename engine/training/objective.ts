/** What a training is made of: the objective (a graph with losses and its feeds), the settings, and the events. */
import type { Shape, Value } from '../graph/graph.ts'
import type { TensorLocation } from '../graph/onnx.ts'
import type { Layout } from '../runtime/layout.ts'
import type { FileRange, Inline, Profile } from '../runtime/protocol.ts'
import type { AdamWOptions } from './optim/adamw.ts'
import type { LearningRateFactor, LearningRateName } from './optim/schedule.ts'
import type { StopReason, StopRule } from './stop.ts'

/** What happens to a trainable in place after each optimizer step: it and the step's learning rate in, its new value out. */
export type Projection = (value: Value, rate: Value) => Value

/** How fast a trainable goes, as multiples of the training's learning rate and weight decay. */
export interface Pace {
  readonly rate: number
  readonly decay: number
}

/** What is minimised, as values of one graph. */
export interface LossGraph {
  /** The loss of each row that has its own adapter, `[rows]`; the sum over rows is minimised. */
  readonly losses: Value
  /** The graph inputs that train, in the layout's order. */
  readonly trainables: readonly Value[]
}

/** What is trained. */
export interface Objective extends LossGraph {
  /** The graph that takes these feeds, where batches have several shapes; each has the same trainables. Default the objective's own. */
  graphOf?(feeds: Readonly<Record<string, Inline>>): LossGraph
  readonly layout: Layout
  locate(key: string): TensorLocation
  /** Values of the whole flat buffer at step 0, or the file ranges that the device loads them from. */
  initialize(): Promise<Float32Array | readonly FileRange[]>
  /** Inputs that never change: they lie on the device from the start. */
  readonly constants?: readonly { readonly name: string; readonly shape: Shape; values(): Float32Array }[] | undefined
  /** By the names of the trainables' slots. */
  readonly projections?: ReadonlyMap<string, Projection> | undefined
  /** By the same; absent: as fast as the training says. */
  readonly paces?: ReadonlyMap<string, Pace> | undefined
  /**
   * The graph's other inputs at an optimizer step (from 0) and a micro-batch of it; must depend on these alone.
   * @param watched whether a rule watches what is held back: then it stays out
   */
  feeds(step: number, micro: number, watched?: boolean): Promise<Record<string, Inline>> | Record<string, Inline>
  /** The graph's other inputs for the loss that a stop rule watches, batch by batch: the same at every step. */
  readonly fixed?: (() => Promise<readonly Record<string, Inline>[]>) | undefined
}

/** A rule that may end the training before its steps are used up; the objective must have `fixed` feeds. */
export interface StopPlan {
  readonly rule: StopRule
  /** Called once, at the end. */
  ended?(stop: {
    readonly reason: StopReason
    readonly step: number
    readonly history: readonly (readonly number[])[]
  }): void
}

/** Where to keep a checkpoint, and every how many steps; one is also written when training is canceled. */
export interface CheckpointPlan {
  readonly path: string
  readonly every: number
  /** Called when the file holds the state after `step`; training waits for it. */
  written?(step: number): Promise<void>
}

export interface TrainOptions {
  readonly steps: number
  readonly learningRate: number
  /** A schedule of the table by name, or a function of the caller's own. A stop rule has a schedule of its own. */
  readonly schedule: LearningRateName | LearningRateFactor
  readonly warmup: number
  readonly adamw: AdamWOptions
  /** Global gradient norm, per row. */
  readonly clip: number
  /** Micro-batches per optimizer step. */
  readonly accumulate: number
  readonly profile: Profile
  /** Bytes of the machine, default what it has: graphs of several batch shapes stay open while they fit. */
  readonly memory?: number | undefined
  /** EMA decay, 0 for none: the average is ramped as min(decay, (1 + n) / (10 + n)). */
  readonly ema?: number | undefined
  readonly checkpoint?: CheckpointPlan | undefined
  /** `steps` is then the most that may be taken. */
  readonly stop?: StopPlan | undefined
  /** Called after every so many steps with a copy of what `train` would return now; training waits for it. */
  readonly snapshot?: { readonly every: number; take(step: number, flat: Float32Array): Promise<void> } | undefined
  /** Everything that must be equal for a checkpoint to continue this run. */
  readonly identity: string
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((event: StepEvent) => void) | undefined
}

export interface StepEvent {
  /** Finished optimizer steps. */
  readonly step: number
  /** The last step, as far as is known. */
  readonly steps: number
  /** Mean over rows and micro-batches. */
  readonly loss: number
  /** Per row. */
  readonly losses: readonly number[]
  /** Mean deterministic loss over rows, at the steps at which a stop rule measures it. */
  readonly deterministic?: number | undefined
  readonly gradientNorm: number
  readonly learningRate: number
  readonly milliseconds: number
  /** Estimate from the median step so far, seconds. */
  readonly remaining: number
  /** Peak memory of the device process, bytes. */
  readonly peak: number
}
