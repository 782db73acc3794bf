/** The UNet's config.json as far as this engine loads it (diffusers `unet_2d_condition.py`, with its defaults). */
import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { absent, only, orList, perBlock, readConfig, repeats, width } from '../config.ts'

const DOWN = ['CrossAttnDownBlock2D', 'DownBlock2D'] as const
const UP = ['CrossAttnUpBlock2D', 'UpBlock2D'] as const

const schema = z.object({
  in_channels: width.default(4),
  out_channels: width.default(4),
  sample_size: width.nullish(),
  block_out_channels: z.array(width).min(1).default([320, 640, 1280, 1280]),
  down_block_types: z.array(z.enum(DOWN)).default([DOWN[0], DOWN[0], DOWN[0], DOWN[1]]),
  up_block_types: z.array(z.enum(UP)).default([UP[1], UP[0], UP[0], UP[0]]),
  mid_block_type: z
    .literal('UNetMidBlock2DCrossAttn', {
      error: issue => `only "UNetMidBlock2DCrossAttn" is supported, found ${JSON.stringify(issue.input)}`,
    })
    .default('UNetMidBlock2DCrossAttn'),
  layers_per_block: orList(repeats).default(2),
  transformer_layers_per_block: orList(repeats).default(1),
  cross_attention_dim: orList(width).default(1280),
  attention_head_dim: orList(width).default(8),
  // As diffusers, which takes the heads from attention_head_dim and refuses this one.
  num_attention_heads: absent(
    'num_attention_heads: the number of heads is read from attention_head_dim, and another one',
  ),
  use_linear_projection: z.boolean().default(false),
  norm_num_groups: width.default(32),
  norm_eps: z.number().positive().default(1e-5),
  act_fn: only('silu'),
  center_input_sample: only(false),
  flip_sin_to_cos: z.boolean().default(true),
  freq_shift: z.number().default(0),
  downsample_padding: only(1),
  mid_block_scale_factor: only(1),
  dual_cross_attention: only(false),
  only_cross_attention: only(false),
  class_embed_type: absent('class conditioning'),
  num_class_embeds: absent('class conditioning'),
  class_embeddings_concat: only(false),
  time_cond_proj_dim: absent('a guidance embedding (latent consistency models)'),
  time_embedding_dim: absent('a time embedding of another width'),
  time_embedding_act_fn: absent('an activation after the time embedding'),
  timestep_post_act: absent('an activation after the time embedding'),
  attention_type: only('default'),
  addition_embed_type: z
    .literal('text_time', { error: 'of the added conditionings only text_time (SDXL) is supported' })
    .nullish(),
  addition_time_embed_dim: width.nullish(),
  projection_class_embeddings_input_dim: width.nullish(),
  encoder_hid_dim: absent('a context projection'),
  encoder_hid_dim_type: absent('a context projection'),
  reverse_transformer_layers_per_block: absent('another number of transformer layers on the way up'),
  cross_attention_norm: absent('a normalised context'),
  mid_block_only_cross_attention: only(false),
  time_embedding_type: only('positional'),
  resnet_time_scale_shift: only('default'),
  resnet_skip_time_act: only(false),
  resnet_out_scale_factor: only(1),
  dropout: only(0),
  conv_in_kernel: only(3),
  conv_out_kernel: only(3),
})

/** Read by diffusers, without effect on the networks here: a matter of precision, and of a conditioning that is refused. */
export const UNUSED_UNET_KEYS: readonly string[] = ['upcast_attention', 'addition_embed_type_num_heads']

export interface UnetBlock {
  readonly channels: number
  readonly attention: boolean
  readonly layers: number
  /** Number of heads; the key is called attention_head_dim for historical reasons. */
  readonly heads: number
  /** BasicTransformerBlocks per attention. */
  readonly depth: number
}

/** SDXL's added conditioning: pooled text and sizes join the time embedding (arXiv 2307.01952, section 2.2). */
export interface AddedConfig {
  /** Sinusoids of each of the sizes. */
  readonly timeWidth: number
  /** Pooled text and all sinusoids side by side. */
  readonly inputWidth: number
}

export interface UnetConfig {
  readonly inChannels: number
  readonly outChannels: number
  readonly sampleSize: number
  readonly down: readonly UnetBlock[]
  readonly up: readonly UnetBlock[]
  readonly contextWidth: number
  readonly added?: AddedConfig
  readonly linearProjection: boolean
  readonly groups: number
  readonly epsilon: number
  readonly cosFirst: boolean
  readonly freqShift: number
}

/** @throws AppError MODEL_UNSUPPORTED naming the key and value that cannot be loaded. */
export function readUnetConfig(json: unknown): UnetConfig {
  const c = readConfig(schema, UNUSED_UNET_KEYS, json, 'unet')
  const blocks = c.block_out_channels.length
  const per = (value: number | number[], key: string) => perBlock(value, blocks, key)
  const layers = per(c.layers_per_block, 'layers_per_block')
  const depths = per(c.transformer_layers_per_block, 'transformer_layers_per_block')
  const heads = per(c.attention_head_dim, 'attention_head_dim')
  const contexts = new Set(per(c.cross_attention_dim, 'cross_attention_dim'))
  const down = c.block_out_channels.map((channels, i) => ({
    channels,
    attention: c.down_block_types[i] === DOWN[0],
    layers: layers[i] ?? 0,
    heads: heads[i] ?? 0,
    depth: depths[i] ?? 0,
  }))
  const up = down.toReversed().map((block, i) => ({
    ...block,
    attention: c.up_block_types[i] === UP[0],
    layers: block.layers + 1,
  }))
  return {
    inChannels: c.in_channels,
    outChannels: c.out_channels,
    sampleSize: c.sample_size ?? 64,
    down,
    up,
    contextWidth: Math.max(...contexts),
    ...addedConfig(c),
    linearProjection: c.use_linear_projection,
    groups: c.norm_num_groups,
    epsilon: c.norm_eps,
    cosFirst: c.flip_sin_to_cos,
    freqShift: c.freq_shift,
  }
}

function addedConfig(c: z.output<typeof schema>): { readonly added?: AddedConfig } {
  if (!c.addition_embed_type) return {}
  const { addition_time_embed_dim: timeWidth, projection_class_embeddings_input_dim: inputWidth } = c
  if (timeWidth && inputWidth) return { added: { timeWidth, inputWidth } }
  throw new AppError(
    'MODEL_INVALID',
    'unet/config.json has text_time conditioning without addition_time_embed_dim or projection_class_embeddings_input_dim',
    'Fetch the config.json again.',
  )
}
