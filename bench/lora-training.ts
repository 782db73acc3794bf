/** The LoRA training that time and memory are measured on: attention projections, rank 4, both factors non-zero. */
import { join } from 'node:path'
import { lowRankHook, lowRankTensors } from '../engine/adapters/pairs.ts'
import { createGraph, type Graph, type Value } from '../engine/graph/graph.ts'
import { normals } from '../engine/noise.ts'
import type { Device } from '../engine/runtime/device.ts'
import { layoutOf } from '../engine/runtime/layout.ts'
import type { Profile } from '../engine/runtime/protocol.ts'
import { diffusionInputs, rowLosses } from '../engine/training/diffusion.ts'
import { ADAMW_DEFAULTS } from '../engine/training/optim/adamw.ts'
import { openProgram } from '../engine/training/program.ts'
import type { Objective } from '../engine/training/train.ts'
import { type MeasuredModel, writeTensors } from './measured-models.ts'
import { denoise, sampleShape } from './unet.ts'

export const RANK = 4
export const RATE = 1e-4

/** Pairs of which both sides are non-zero, so that every gradient is. */
export async function createLora({ model, shape, feeds, inputs: folder }: MeasuredModel) {
  const graph: Graph = createGraph()
  const modules = model.modules(RANK)
  const layout = layoutOf(lowRankTensors(modules, 1), 1)
  const conditioning = { context: [model.tokens, model.config.contextWidth] }
  const given = diffusionInputs(graph, sampleShape(model, shape), conditioning)
  const inputs = { ...given, context: given.conditioning.context as Value }
  const prediction = denoise(graph, model, inputs, {
    adapt: lowRankHook(graph, modules, { rows: 1 }),
    keepAttention: shape.height * shape.width < 4096,
  })
  const byName = new Map(graph.inputs.map(value => [value.name, value]))
  const start = normals(5, 0, layout.total).map(value => 0.02 * value)
  const path = join(folder, '..', 'lora.safetensors')
  const factors = layout.slots.map(({ name, shape: [, ...shape], offset }) => {
    const count = shape.reduce((a, b) => a * b, 1)
    return [name, { data: start.slice(offset, offset + count), dtype: 'float32' as const, shape }] as const
  })
  await writeTensors(path, Object.fromEntries(factors))
  const weights = { data: new Float32Array(shape.batch).fill(1), dtype: 'float32' as const, shape: [shape.batch] }
  const objective: Objective = {
    losses: rowLosses(prediction, given.target, given.weights, 1),
    trainables: layout.slots.map(({ name }) => byName.get(name) as Value),
    layout,
    locate: model.locate,
    initialize: async () => start,
    feeds: () => ({ ...feeds, weights }),
  }
  return { objective, path }
}

/** `next` takes one optimizer step. */
export async function openLora(device: Device, objective: Objective, profile: Profile) {
  const start = { step: 0, buffers: { params: await objective.initialize() } }
  const settings = { steps: 1e6, learningRate: RATE, schedule: 'constant', warmup: 0, clip: 1, accumulate: 1 } as const
  const options = { ...settings, adamw: ADAMW_DEFAULTS, profile, identity: 'bench' }
  const program = await openProgram({ device, objective, options, start })
  let step = 0
  const next = async () => {
    const began = performance.now()
    const { losses } = await program.step(step++)
    return { loss: losses[0] ?? Number.NaN, ms: performance.now() - began }
  }
  return { next }
}
