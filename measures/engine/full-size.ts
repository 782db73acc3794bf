/** The published models' architectures as their config.json files have them, and what all their tensors count. */

import { walkNetworks } from '../../engine/base/networks.ts'
import { FAMILIES } from '../../engine/families/index.ts'
import { createGraph, elements, input, type Shape } from '../../engine/graph/graph.ts'
import { createNet } from '../../engine/nets/blocks.ts'
import { clipVision, readClipVisionConfig } from '../../engine/nets/clip-vision.ts'
import { invariant } from '../../errors.ts'

type Json = Readonly<Record<string, unknown>>

const CLIP_L = {
  ...{ hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
  ...{ hidden_act: 'quick_gelu', projection_dim: 768, eos_token_id: 2 },
}
const OPENCLIP_H = {
  ...{ hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 23, num_attention_heads: 16 },
  ...{ hidden_act: 'gelu', projection_dim: 512 },
}
const OPENCLIP_BIGG = {
  ...{ hidden_size: 1280, intermediate_size: 5120, num_hidden_layers: 32, num_attention_heads: 20 },
  ...{ hidden_act: 'gelu', projection_dim: 1280 },
}
const VAE = { block_out_channels: [128, 256, 512, 512], layers_per_block: 2, latents_mean: null, force_upcast: true }
const SD1_UNET = { layers_per_block: 2, cross_attention_dim: 768, attention_head_dim: 8, sample_size: 64 }
const SD2_UNET = {
  ...{ cross_attention_dim: 1024, attention_head_dim: [5, 10, 20, 20], use_linear_projection: true, sample_size: 96 },
  ...{ upcast_attention: true, only_cross_attention: false, num_class_embeds: null },
}
const XL_UNET = {
  block_out_channels: [320, 640, 1280],
  down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
  up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
  ...{ cross_attention_dim: 2048, attention_head_dim: [5, 10, 20], transformer_layers_per_block: [1, 2, 10] },
  ...{ use_linear_projection: true, addition_embed_type: 'text_time', addition_time_embed_dim: 256 },
  ...{ projection_class_embeddings_input_dim: 2816, sample_size: 128, upcast_attention: null },
}

interface Published {
  readonly pipeline: string
  readonly components: Readonly<Record<string, Json>>
}

/** By name, as diffusers folders hold them. */
export const PUBLISHED: Readonly<Record<string, Published>> = {
  sd1: {
    pipeline: 'StableDiffusionPipeline',
    components: { unet: SD1_UNET, text_encoder: CLIP_L, vae: VAE },
  },
  sd2: {
    pipeline: 'StableDiffusionPipeline',
    components: { unet: SD2_UNET, text_encoder: OPENCLIP_H, vae: VAE },
  },
  sdxl: {
    pipeline: 'StableDiffusionXLPipeline',
    components: { unet: XL_UNET, text_encoder: CLIP_L, text_encoder_2: OPENCLIP_BIGG, vae: VAE },
  },
}

const vision = (width: number, layers: number, heads: number, patch: number, projection: number, act: string) => ({
  ...{ hidden_size: width, intermediate_size: 4 * width, num_hidden_layers: layers, num_attention_heads: heads },
  ...{ patch_size: patch, image_size: 224, projection_dim: projection, hidden_act: act },
})
const VISION = {
  'vision L/14': vision(1024, 24, 16, 14, 768, 'quick_gelu'),
  'vision H/14': vision(1280, 32, 16, 14, 1024, 'gelu'),
  'vision B/32': vision(768, 12, 12, 32, 512, 'quick_gelu'),
}

export interface Count {
  readonly tensors: number
  readonly parameters: number
}

const countOf = (shapes: readonly Shape[]): Count => ({
  tensors: shapes.length,
  parameters: shapes.reduce((sum, shape) => sum + elements(shape), 0),
})

/** The networks of a published model: their weights' shapes and the layers that an adapter may change. */
export function publishedNetworks(name: string) {
  const { pipeline, components } = PUBLISHED[name] as Published
  const family = FAMILIES.find(({ pipelines }) => pipelines.includes(pipeline))
  invariant(family, `no family loads ${pipeline}`)
  const configs = family.readConfigs(component => components[component], {})
  return { family, ...walkNetworks(name, family, configs) }
}

/** Tensors and parameters of every network by `model component`, from the graphs the engine builds of its config. */
export function countFullSize(): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>()
  for (const name of Object.keys(PUBLISHED)) {
    const { family, shapes } = publishedNetworks(name)
    for (const component of family.components) {
      const own = [...shapes].filter(([key]) => key.startsWith(`${component}.`)).map(([, shape]) => shape)
      counts.set(`${name} ${component}`, countOf(own))
    }
  }
  for (const [name, json] of Object.entries(VISION)) {
    const graph = createGraph()
    clipVision(createNet(graph, 'v'), readClipVisionConfig(json), input(graph, 'pixels', 'float32', [1, 3, 224, 224]))
    counts.set(name, countOf([...graph.parameters.values()].map(({ shape }) => shape)))
  }
  return counts
}
