/** The UNet of a model folder for measuring: its config, where its weights lie, and its attention projections. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGraph, type Graph, input, type Value } from '../engine/graph.ts'
import { openSafetensors } from '../engine/io/index.ts'
import { createNet, type NetOptions } from '../engine/nets/blocks.ts'
import { readUnetConfig, type UnetConfig, type UnetInputs, unet } from '../engine/nets/unet/index.ts'
import type { TensorLocation } from '../engine/onnx.ts'
import { side } from '../engine/ops/types.ts'
import type { LowRankModule } from '../engine/rows.ts'
import { invariant } from '../errors.ts'

export interface BenchUnet {
  readonly folder: string
  readonly config: UnetConfig
  /** Length of the text that the figures condition on. */
  readonly tokens: number
  locate(name: string): TensorLocation
  /** The four projections of every attention, as LoRA trains them. */
  modules(rank: number): LowRankModule[]
}

const ATTENTION = /\.attn[12]\.(to_q|to_k|to_v|to_out\.0)$/
const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const

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

function attentionLayers(model: Omit<BenchUnet, 'modules'>): Omit<LowRankModule, 'rank'>[] {
  const layers: Omit<LowRankModule, 'rank'>[] = []
  const smallest = 2 ** (model.config.down.length - 1)
  const shape = { batch: 1, height: smallest, width: smallest }
  predict(createGraph(), { ...model, modules: () => [] }, shape, {
    adapt: (component, { key, x, y }) => {
      if (ATTENTION.test(key)) layers.push({ component, key, in: side(x.shape, 1), out: side(y.shape, 1) })
      return y
    },
  })
  return layers
}

export async function openUnet(folder: string, tokens: number): Promise<BenchUnet> {
  const config = readUnetConfig(JSON.parse(await readFile(join(folder, 'unet/config.json'), 'utf8')))
  const file = await openSafetensors(join(folder, 'unet/diffusion_pytorch_model.safetensors'))
  const locate = (name: string): TensorLocation => {
    const tensor = file.tensors.get(name.replace(/^unet\./, ''))
    const dtype = DTYPES[tensor?.dtype as keyof typeof DTYPES]
    invariant(tensor && dtype, `${file.path} has no float tensor ${name}`)
    return { path: file.path, offset: tensor.offset, bytes: tensor.bytes, dtype }
  }
  const layers = attentionLayers({ folder, config, tokens, locate })
  return { folder, config, tokens, locate, modules: rank => layers.map(layer => ({ ...layer, rank })) }
}
