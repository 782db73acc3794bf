/** The training of all weights of a UNet that memory is measured on, as DreamBooth does it: start values from the files. */
import { createGraph, type Value } from '../engine/graph/graph.ts'
import { fullTraining } from '../engine/pretrain/part.ts'
import { fileRanges } from '../engine/runtime/layout.ts'
import { diffusionInputs, rowLosses } from '../engine/training/diffusion.ts'
import { ADAMW_DEFAULTS } from '../engine/training/optim/adamw.ts'
import type { Objective, TrainOptions } from '../engine/training/train.ts'
import type { MeasuredModel } from './measured-models.ts'
import { denoise, sampleShape } from './unet.ts'

export const FULL_SETTINGS: TrainOptions = {
  ...{ steps: 1e6, learningRate: 5e-6, schedule: 'constant', warmup: 0, clip: 1, accumulate: 1 },
  ...{ adamw: ADAMW_DEFAULTS, profile: 'full', identity: 'bench' },
}

export function createFull({ model, shape, feeds }: MeasuredModel): Objective {
  const graph = createGraph()
  const { options, trainables, layout } = fullTraining(graph)
  const conditioning = { context: [model.tokens, model.config.contextWidth] }
  const given = diffusionInputs(graph, sampleShape(model, shape), conditioning)
  const inputs = { ...given, context: given.conditioning.context as Value }
  const prediction = denoise(graph, model, inputs, options)
  const weights = { data: new Float32Array(shape.batch).fill(1), dtype: 'float32' as const, shape: [shape.batch] }
  const all = layout()
  return {
    losses: rowLosses(prediction, given.target, given.weights, 1),
    trainables: trainables(),
    layout: all,
    locate: model.locate,
    initialize: async () => fileRanges(all, model.locate),
    feeds: () => ({ ...feeds, weights }),
  }
}
