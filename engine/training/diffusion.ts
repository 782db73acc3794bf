/** The denoising objective (arXiv 2006.11239, v: 2202.00512): feeds and loss that all diffusion trainings share. */
import type { Base } from '../base/base.ts'
import { type ConditioningShapes, conditioningInputs } from '../families/index.ts'
import { type Graph, input, type Shape, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import type { PictureSize } from '../io/index.ts'
import { drawStreams, integers, normals, permutation, uniforms } from '../noise.ts'
import { type Conditioning, conditioningFeeds } from '../pipeline/context.ts'
import { type BatchOffset, type PromptRows, promptFeeds } from '../pipeline/prompt-feeds.ts'
import type { Inline } from '../runtime/protocol.ts'
import { addNoise, minSnrWeight, trainingTarget } from '../schedulers/index.ts'

/** One training image: latent moments `[C, h, w]` before the scaling factor, and what conditions it. */
export interface Example {
  readonly mean: Float32Array
  readonly logVariance: Float32Array
  readonly conditioning: Conditioning
  /** Of its pixels, default the base's own square. Only images of one size share a batch. */
  readonly size?: PictureSize | undefined
  /** Where the text encoders are part of the graph: what the image may be described with, one of them drawn each time. */
  readonly prompts?: readonly PromptRows[]
}

/** Images of a subject's class (prior preservation, arXiv 2208.12242 section 3.3), and the factor on their loss. */
export interface PriorExamples {
  readonly examples: readonly Example[]
  readonly weight: number
}

export interface DiffusionInputs {
  readonly sample: Value
  readonly timesteps: Value
  readonly conditioning: Readonly<Record<string, Value>>
  readonly target: Value
  readonly weights: Value
}

/** The graph inputs of a batch of `shape` = `[B, C, h, w]`, conditioned by values of `shapes`. */
export function diffusionInputs(graph: Graph, shape: Shape, shapes: ConditioningShapes): DiffusionInputs {
  const batch = side(shape, 0)
  return {
    sample: input(graph, 'sample', 'float32', shape),
    timesteps: input(graph, 'timesteps', 'float32', [batch]),
    conditioning: conditioningInputs(graph, shapes, batch),
    target: input(graph, 'target', 'float32', shape),
    weights: input(graph, 'weights', 'float32', [batch]),
  }
}

/** Weighted mean square error of each adapter row: the mean over its B/R images, `[R]`. */
export function rowLosses(prediction: Value, target: Value, weights: Value, rows: number): Value {
  const batch = side(prediction.shape, 0)
  const difference = op.sub(prediction, target)
  const axes = prediction.shape.map((_, axis) => axis).slice(1)
  const errors = op.mul(op.reduceMean(op.mul(difference, difference), axes), weights)
  return op.reduceMean(op.reshape(errors, [rows, batch / rows]), [1])
}

const stream = drawStreams({ order: 1, timestep: 2, noise: 3, posterior: 4, prompt: 5, offset: 6, dropout: 7 })

export interface DiffusionFeedOptions {
  readonly base: Base
  readonly shape: Shape
  readonly seed: number
  readonly minSnrGamma?: number | undefined
  /** What is added to all pixels of a channel alike, as a share of the noise. */
  readonly noiseOffset?: number | undefined
  /** The conditioning that the graph has as inputs, default all of the base's. */
  readonly conditioningShapes?: ConditioningShapes | undefined
  /** What each image leaves out of the `width` inner channels of all pairs. */
  readonly dropout?: { readonly share: number; readonly width: number } | undefined
  /** Where these images and this row's embeddings begin in the whole batch. */
  readonly start?: BatchOffset | undefined
  /** Fills the second half of the batch. */
  readonly prior?: PriorExamples | undefined
  /** Which batch of these examples it is, default the draw: see `turnOf`. */
  readonly turn?: number | undefined
}

/**
 * The feeds of the `draw`-th batch (counted over micro-batches) from `examples`, taken in a new order each epoch; with a prior
 * the loss of the batch is `mean(photos) + weight * mean(class images)`, each over its own half.
 */
export function diffusionFeeds(
  options: DiffusionFeedOptions,
  examples: readonly Example[],
  draw: number,
): Record<string, Inline> {
  const { base, shape, seed, minSnrGamma, noiseOffset = 0, prior, turn = draw } = options
  const [batch, size] = [side(shape, 0), shape.slice(1).reduce((a, b) => a * b, 1)]
  const timesteps = integers(seed, stream('timestep', draw), batch, base.schedule.alphasCumprod.length)
  const noise = drawNoise(seed, draw, shape, noiseOffset)
  const posterior = normals(seed, stream('posterior', draw), batch * size)
  const [sample, target] = [new Float32Array(batch * size), new Float32Array(batch * size)]
  const weights = new Float32Array(batch)
  const chosen: Example[] = []
  const photos = prior ? batch / 2 : batch
  for (let row = 0; row < batch; row++) {
    const ofClass = prior && row >= photos ? prior : undefined
    const example = ofClass
      ? (ofClass.examples[(turn * photos + row - photos) % ofClass.examples.length] as Example)
      : pick(seed, examples, turn * photos + row)
    weights[row] = ((ofClass?.weight ?? 1) * batch) / photos
    const t = timesteps[row] ?? 0
    const [from, to] = [row * size, (row + 1) * size]
    const latent = samplePosterior(example, posterior.subarray(from, to), base.configs.vae.scaling_factor)
    sample.set(addNoise(base.schedule, t, latent, noise.subarray(from, to)), from)
    target.set(trainingTarget(base.schedule, t, latent, noise.subarray(from, to)), from)
    if (minSnrGamma) weights[row] = (weights[row] ?? 0) * minSnrWeight(base.schedule, t, minSnrGamma)
    chosen.push(example)
  }
  return {
    sample: { data: sample, dtype: 'float32', shape },
    target: { data: target, dtype: 'float32', shape },
    timesteps: { data: Float32Array.from(timesteps), dtype: 'float32', shape: [batch] },
    weights: { data: weights, dtype: 'float32', shape: [batch] },
    ...conditioningFeeds(
      options.conditioningShapes ?? base.conditioningShapes,
      chosen.map(({ conditioning }) => conditioning),
    ),
    ...drawPrompts(options, chosen, draw),
    ...dropout(options, draw),
  }
}

function drawNoise(seed: number, draw: number, shape: Shape, offset: number): Float32Array {
  const [planes, pixels] = [side(shape, 0) * side(shape, 1), shape.slice(2).reduce((a, b) => a * b, 1)]
  const noise = normals(seed, stream('noise', draw), planes * pixels)
  if (offset === 0) return noise
  const shifts = normals(seed, stream('offset', draw), planes)
  return noise.map((value, i) => value + offset * (shifts[Math.floor(i / pixels)] ?? 0))
}

/** One of each image's prompts. */
function drawPrompts({ base, seed, start }: DiffusionFeedOptions, examples: readonly Example[], draw: number) {
  const choice = uniforms(seed, stream('prompt', draw), examples.length)
  const prompts = examples.flatMap(({ prompts = [] }, i) => {
    const one = prompts[Math.floor((choice[i] ?? 0) * prompts.length)]
    return one ? [one] : []
  })
  return prompts.length === examples.length ? promptFeeds(base, prompts, start) : {}
}

/** What stays is made larger by what is left out. */
function dropout(options: DiffusionFeedOptions, draw: number): Record<string, Inline> {
  if (!options.dropout) return {}
  const { share, width } = options.dropout
  const shape = [side(options.shape, 0), width]
  const drawn = uniforms(options.seed, stream('dropout', draw), side(options.shape, 0) * width)
  return { [KEEP]: { data: drawn.map(value => (value < share ? 0 : 1 / (1 - share))), dtype: 'float32', shape } }
}

/** The graph input of dropout. */
export const KEEP = 'keep'

/** The n-th example over all epochs, each of which goes through all examples in its own order. */
function pick(seed: number, examples: readonly Example[], n: number): Example {
  const epoch = Math.floor(n / examples.length)
  const order = permutation(seed, stream('order', epoch), examples.length)
  return examples[order[n % examples.length] ?? 0] as Example
}

/** `scaling * (mean + exp(logVariance / 2) * noise)`. */
function samplePosterior({ mean, logVariance }: Example, noise: Float32Array, scaling: number): Float32Array {
  return mean.map((value, i) => scaling * (value + Math.exp(0.5 * (logVariance[i] ?? 0)) * (noise[i] ?? 0)))
}
