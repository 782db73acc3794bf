/** The UNet of a model folder for measuring: its config, where its weights lie, and its attention projections. */

import type { LowRankModule } from '../engine/adapters/pairs.ts'
import { type Graph, input, type Value } from '../engine/graph/graph.ts'
import type { TensorLocation } from '../engine/graph/onnx.ts'
import { openBase } from '../engine/index.ts'
import { findMethod } from '../engine/methods/index.ts'
import { createNet, type NetOptions } from '../engine/nets/blocks.ts'
import { type UnetConfig, type UnetInputs, unet } from '../engine/nets/unet/index.ts'

export interface BenchUnet {
  readonly folder: string
  readonly config: UnetConfig
  /** Length of the text that the figures condition on. */
  readonly tokens: number
  locate(name: string): TensorLocation
  /** The four projections of every attention, as LoRA trains them. */
  modules(rank: number): readonly LowRankModule[]
}

export interface UnetShape {
  readonly batch: number
  readonly height: number
  readonly width: number
}

/** `[B, C, h, w]` of latents. */
export const sampleShape = ({ config }: BenchUnet, { batch, height, width }: UnetShape): number[] => [
  batch,
  config.inChannels,
  height,
  width,
]

/** The UNet's answer to inputs that are declared already. */
export const denoise = (graph: Graph, model: BenchUnet, inputs: UnetInputs, options: NetOptions): Value =>
  unet(createNet(graph, 'unet', options), model.config, inputs)

/** The UNet's answer, with the inputs `sample`, `timesteps` and `context`. */
export function predict(graph: Graph, model: BenchUnet, shape: UnetShape, options: NetOptions): Value {
  return denoise(
    graph,
    model,
    {
      sample: input(graph, 'sample', 'float32', sampleShape(model, shape)),
      timesteps: input(graph, 'timesteps', 'float32', [shape.batch]),
      context: input(graph, 'context', 'float32', [shape.batch, model.tokens, model.config.contextWidth]),
    },
    options,
  )
}

export async function openUnet(folder: string): Promise<BenchUnet> {
  const base = await openBase(folder)
  return {
    folder,
    config: base.configs.unet,
    tokens: base.tokenizer.maxLength,
    locate: base.locate,
    modules: rank => findMethod('lora').plan(base, { rank, targets: 'attention' }).modules,
  }
}
