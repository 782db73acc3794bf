/** What the pre-trainings of all parts of a base share: their shape, full-weight graphs, random draws and schedule. */
import { invariant } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import type { Graph, Shape, Value } from '../graph/graph.ts'
import type { Dataset } from '../io/images/dataset.ts'
import type { NetOptions } from '../nets/blocks.ts'
import { drawStreams, integers } from '../noise.ts'
import type { GeneratedImage } from '../pipeline/context.ts'
import type { Pipeline } from '../pipeline/generate.ts'
import { type Layout, layoutOf } from '../runtime/layout.ts'
import type { Objective } from '../training/objective.ts'
import type { LearningRateFactor } from '../training/optim/schedule.ts'
import { trainableWeights } from '../training/trainable-weights.ts'

/** Where a part's pictures, captions and frozen networks come from. */
export interface PretrainContext {
  readonly base: Base
  readonly pipeline: Pipeline
  readonly dataset: Dataset
  readonly batch: number
  readonly seed: number
}

/** A part's own numbers, as tried for the demo base. */
export interface PartSettings {
  readonly steps: number
  readonly batch: number
  readonly learningRate: number
  readonly beta2: number
  readonly weightDecay: number
  readonly warmup: number
  /** Share of the steps at the end over which the rate falls. */
  readonly decay: number
  /** EMA decay per step, 0 for none. */
  readonly ema: number
}

/** Pictures of a training's state, for the eye. */
export interface Sheet {
  readonly images: readonly GeneratedImage['pixels'][]
  readonly columns: number
}

export type PretrainObjective = Pick<Objective, 'losses' | 'trainables' | 'layout' | 'feeds'>

/** One part of a base that can be trained by itself. */
export interface PretrainPart {
  /** The folders whose weights train and are written; tensors of other names are thrown away. */
  readonly components: readonly string[]
  readonly captions: boolean
  readonly settings: PartSettings
  build(context: PretrainContext): PretrainObjective
  /** Draws with the weights of now; `pipeline` is that of the base under training. */
  samples?(pipeline: Pipeline, dataset: Dataset): Promise<Sheet>
  /** Keys of the components' config.json that follow from the trained weights. */
  configure?(pipeline: Pipeline, dataset: Dataset): Promise<Record<string, Record<string, unknown>>>
}

/** The networks' options where every weight trains, and the layout of all of them in the order asked. */
export function fullTraining(graph: Graph) {
  const { trainable, values } = trainableWeights(graph)
  return {
    trainable: (name: string, shape: Shape): Value => {
      const value = trainable(name, shape)
      invariant(value, `${name} does not train`)
      return value
    },
    options: { trainable, keepAttention: true } satisfies NetOptions,
    trainables: values,
    layout: (): Layout => layoutOf(values()),
  }
}

export const stream = drawStreams({ picture: 1, timestep: 2, noise: 3, caption: 4, drop: 5, crop: 6 })

/** The pictures of a step: drawn with replacement, as the torch scripts do. */
export const drawPictures = ({ seed, batch, dataset }: PretrainContext, step: number): number[] =>
  Array.from(integers(seed, stream('picture', step), batch, dataset.count))

/** One caption variant for each picture. */
export function drawCaptions({ seed, dataset }: PretrainContext, step: number, pictures: readonly number[]): string[] {
  const words = integers(seed, stream('caption', step), pictures.length, 2 ** 32)
  return pictures.map((picture, row) => {
    const variants = dataset.captions(picture)
    return variants[(words[row] ?? 0) % variants.length] ?? ''
  })
}

/** Share of the full rate that is left at the end. */
const END = 0.02

/** Linear warm-up, then the full rate, then a half cosine to 2 % over the last `decay` share of the steps. */
export const holdThenCosine =
  (decay: number): LearningRateFactor =>
  (step, { warmup = 0, total }) => {
    const rise = Math.min(1, (step + 1) / Math.max(1, warmup))
    const late = Math.max(0, (step / total - 1 + decay) / decay)
    return rise * (END + (1 - END) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, late))))
  }
