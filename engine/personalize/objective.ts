/** The objective of a personalization: adapters of several subjects side by side in one graph, each with its own row. */
import { AppError, invariant } from '../../errors.ts'
import { type PairForm, WHOLE_PAIRS } from '../adapters/forms.ts'
import { lowRankHook } from '../adapters/pairs.ts'
import { embeddingHook, embeddingTensors } from '../adapters/token-embeddings.ts'
import { type Base, latentShape } from '../base/base.ts'
import { type ConditioningShapes, promptInputs } from '../families/index.ts'
import { createGraph, elements, type Graph, input, type Shape, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { type PictureSize, sizeText, square } from '../io/index.ts'
import type { AdapterPlan } from '../methods/index.ts'
import type { NetOptions } from '../nets/blocks.ts'
import { textConditioning } from '../pipeline/text.ts'
import { fileRanges, type Layout, layoutOf } from '../runtime/layout.ts'
import type { Inline } from '../runtime/protocol.ts'
import { turnOf } from '../training/buckets.ts'
import {
  diffusionFeeds,
  diffusionInputs,
  type Example,
  KEEP,
  type PriorExamples,
  rowLosses,
} from '../training/diffusion.ts'
import type { LossGraph, Objective, Projection } from '../training/objective.ts'
import { trainableWeights } from '../training/trainable-weights.ts'
import type { Personalization } from './settings.ts'

export interface AdapterTraining extends Personalization {
  /** The words that mean each subject. */
  readonly subjects: readonly string[]
  readonly examples: readonly (readonly Example[])[]
  /** Of methods with class images: those of each subject, as many as photos in every batch. */
  readonly priors?: readonly (PriorExamples | undefined)[]
}

/** Whether the text encoders must be part of the graph that trains. */
export const trainsText = ({ modules, embeddings, weights = [] }: AdapterPlan): boolean =>
  embeddings !== undefined ||
  modules.some(({ component }) => component !== 'unet') ||
  weights.some(({ name }) => !name.startsWith('unet.'))

export const formOf = ({ form = WHOLE_PAIRS }: AdapterPlan): PairForm => form

/** All that trains, with a row for each subject; weights of the base have no rows. */
export function planLayout(plan: AdapterPlan, rows: number): Layout {
  const { modules, embeddings = [], weights } = plan
  if (!weights) return layoutOf([...formOf(plan).tensors(modules, rows), ...embeddingTensors(embeddings, rows)], 1)
  invariant(rows === 1, `${rows} subjects for one set of weights`)
  return layoutOf(weights)
}

const ranksOf = ({ modules }: AdapterPlan): number => modules.reduce((sum, { rank }) => sum + rank, 0)

/** Examples of one size. */
export interface Bucket {
  readonly size: PictureSize
  readonly examples: readonly Example[]
}

/** In the order in which the sizes come up. */
export const bucketsOf = (base: Base, examples: readonly Example[]): Bucket[] => {
  const sizeOf = ({ size = square(base.size) }: Example): PictureSize => size
  const groups = Map.groupBy(examples, example => sizeText(sizeOf(example)))
  return [...groups.values()].map(own => ({ size: sizeOf(own[0] as Example), examples: own }))
}

/** @throws AppError INPUT_INVALID: rows of a batch share its size, and each subject's batches are in an order of their own. */
function assertOneSize(buckets: readonly (readonly Bucket[])[]): void {
  const sizes = new Set(buckets.flat().map(({ size }) => sizeText(size)))
  if (buckets.length === 1 || sizes.size === 1) return
  const message = `the photos of ${buckets.length} subjects have several sizes: ${[...sizes].join(', ')}`
  throw new AppError('INPUT_INVALID', message, 'Train the subjects one after the other, or crop all photos square.')
}

/** Micro-batches of `batch` images for each subject, subject after subject; all of one size. */
export async function adapterObjective(training: AdapterTraining): Promise<Objective> {
  const { base, plan, settings, examples, priors } = training
  const rows = examples.length
  const buckets = examples.map(own => bucketsOf(base, own))
  assertOneSize(buckets)
  const shapes = trainsText(plan) ? withoutText(base) : base.conditioningShapes
  const shapeOf = (bucket: number) =>
    // Without photos, as where recorded feeds are run, the graph is that of the base's own size.
    latentShape(base, rowBatch(training) * rows, buckets[0]?.[bucket]?.size ?? square(base.size))
  const graphs = new Map<string, LossGraph>()
  const graphAt = (shape: Shape): LossGraph => {
    const known = graphs.get(String(shape)) ?? lossGraph(training, shape, shapes)
    graphs.set(String(shape), known)
    return known
  }
  const counts = buckets[0]?.map(own => own.examples.length) ?? []
  return {
    ...graphAt(shapeOf(0)),
    graphOf: ({ sample }) => graphAt(sample?.shape ?? []),
    layout: planLayout(plan, rows),
    constants: formOf(plan).fixed(plan.modules),
    locate: base.locate,
    initialize: async () => (plan.weights ? fileRanges(planLayout(plan, rows), base.locate) : initialValues(training)),
    feeds: (step, micro) => {
      const draw = step * settings.accumulate + micro
      const { bucket, turn } = turnOf(settings.seed, counts, draw)
      return joinRows(
        buckets.map((own, row) => {
          const { size, examples } = own[bucket] as Bucket
          const prior = priors?.[row] && priorOf(base, priors[row], size)
          const options = { ...feedOptions(training, row, shapeOf(bucket), shapes), prior, turn }
          return diffusionFeeds(options, examples, draw)
        }),
      )
    },
    projections: await projectionsOf(training),
    paces: pacesOf(training),
  }
}

/** Its class images of one size. */
const priorOf = (base: Base, prior: PriorExamples, size: PictureSize): PriorExamples => ({
  ...prior,
  examples: bucketsOf(base, prior.examples).find(own => sizeText(own.size) === sizeText(size))?.examples ?? [],
})

/** The graph of batches whose latents have `shape`. */
function lossGraph({ base, plan, examples }: AdapterTraining, shape: Shape, shapes: ConditioningShapes): LossGraph {
  const rows = examples.length
  const graph = createGraph()
  const inputs = diffusionInputs(graph, shape, shapes)
  const options = hooks(graph, plan, rows, shape)
  const texts = trainsText(plan) ? encodePrompts(graph, base, shape, options) : {}
  const conditioning = { ...inputs.conditioning, ...texts }
  const prediction = base.family.denoise(graph, base.configs, { ...inputs, conditioning }, options)
  const byName = new Map(graph.inputs.map(value => [value.name, value]))
  return {
    losses: rowLosses(prediction, inputs.target, inputs.weights, rows),
    trainables: planLayout(plan, rows).slots.map(slot => byName.get(slot.name) as Value),
  }
}

/** Images of one subject in a batch: its photos, and as many of its class. */
const rowBatch = ({ settings, priors }: AdapterTraining): number => settings.batch * (priors?.some(Boolean) ? 2 : 1)

const withoutText = (base: Base): ConditioningShapes => {
  const texts = textConditioning(base)
  return Object.fromEntries(Object.entries(base.conditioningShapes).filter(([name]) => !texts.includes(name)))
}

const encodePrompts = (graph: Graph, base: Base, [batch = 0]: Shape, options: NetOptions) =>
  base.family.encodePrompts(
    graph,
    base.configs,
    promptInputs(graph, base.configs, batch, base.tokenizer.maxLength),
    options,
  )

/** From this many tokens on attention probabilities cost more memory than they save time (docs/engine-notes.md, op choices). */
const KEEP_BELOW_TOKENS = 4096

function hooks(graph: Graph, plan: AdapterPlan, rows: number, [batch = 0, , height = 0, width = 0]: Shape): NetOptions {
  const keep = plan.dropout ? input(graph, KEEP, 'float32', [batch, ranksOf(plan)]) : undefined
  const weights = new Set(plan.weights?.map(({ name }) => name))
  return {
    adapt: lowRankHook(graph, plan.modules, {
      ...{ rows, scale: plan.scale, keep },
      pairOf: module => formOf(plan).pair(graph, module, rows),
    }),
    embed: embeddingHook(graph, plan.embeddings ?? [], rows),
    trainable: trainableWeights(graph, name => weights.has(name)).trainable,
    keepAttention: height * width < KEEP_BELOW_TOKENS,
  }
}

function feedOptions(training: AdapterTraining, row: number, shape: Shape, shapes: ConditioningShapes) {
  const { base, plan, settings } = training
  const batch = rowBatch(training)
  return {
    base,
    conditioningShapes: shapes,
    shape: [batch, ...shape.slice(1)],
    seed: settings.seed + row,
    minSnrGamma: settings.minSnrGamma,
    noiseOffset: settings.noiseOffset,
    dropout: plan.dropout ? { share: plan.dropout, width: ranksOf(plan) } : undefined,
    start: { image: row * batch, embedding: row * (plan.embeddings?.[0]?.count ?? 0) },
  }
}

function pacesOf({ base, method, plan }: AdapterTraining): Objective['paces'] {
  const pace = method.token?.pace?.(base)
  return pace && new Map(embeddingTensors(plan.embeddings ?? [], 1).map(({ name }) => [name, pace]))
}

/** What the method does to its embeddings after each step. */
async function projectionsOf({ base, method, options, plan }: AdapterTraining): Promise<Objective['projections']> {
  const rules = new Map<string, Projection>()
  for (const embeddings of plan.embeddings ?? []) {
    const rule = await method.token?.projection(base, embeddings, options)
    const [tensor] = embeddingTensors([embeddings], 1)
    const pace = method.token?.pace?.(base).rate ?? 1
    if (rule && tensor) rules.set(tensor.name, (learned, rate) => rule(learned, op.mul(rate, pace)))
  }
  return rules.size > 0 ? rules : undefined
}

/** Stacks the feeds of several subjects along the batch axis. */
function joinRows(rows: readonly Record<string, Inline>[]): Record<string, Inline> {
  const [first] = rows
  if (!first || rows.length === 1) return first ?? {}
  return Object.fromEntries(
    Object.entries(first).map(([name, { dtype, shape, data: own }]) => {
      const joined = [(shape[0] ?? 0) * rows.length, ...shape.slice(1)]
      const data =
        own instanceof BigInt64Array ? new BigInt64Array(elements(joined)) : new Float32Array(elements(joined))
      rows.forEach((row, i) => {
        const part = row[name]?.data
        invariant(part, `row ${i} has no ${name}`)
        data.set(part as never, i * part.length)
      })
      return [name, { data, dtype, shape: joined }]
    }),
  )
}

/** Every row starts as a lone training with the seed `seed + row` would. */
export async function initialValues(training: AdapterTraining): Promise<Float32Array> {
  const { base, method, options, plan, settings, subjects } = training
  const layout = planLayout(plan, subjects.length)
  const learned = formOf(plan).tensors(plan.modules, 1)
  const flat = new Float32Array(layout.total)
  for (const [index, { name, shape, offset }] of layout.slots.entries()) {
    const count = elements(shape) / subjects.length
    for (const [row, subject] of subjects.entries()) {
      const seed = settings.seed + row
      const tensor = learned[index]
      const embeddings = plan.embeddings?.[index - learned.length]
      const values = tensor
        ? method.initialize({ ...tensor, name, count }, seed, index, { base, options })
        : embeddings && (await method.token?.start(base, embeddings, { subject, options, seed, index }))
      invariant(values?.length === count, `slot ${name} has no initial values`)
      flat.set(values, offset + row * count)
    }
  }
  return flat
}
