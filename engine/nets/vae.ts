/** AutoencoderKL: pixels to latent moments and back (diffusers `autoencoder_kl.py` and `vae.py`). */
import { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import { conv2d, groupNorm, linear, type Net, resnet, toMap, toTokens, upsample } from './blocks.ts'
import { absent, only, readConfig, repeats, width } from './config.ts'

const schema = z.object({
  in_channels: width.default(3),
  out_channels: width.default(3),
  block_out_channels: z.array(width).min(1).default([64]),
  layers_per_block: repeats.default(1),
  latent_channels: width.default(4),
  norm_num_groups: width.default(32),
  sample_size: width.default(32),
  scaling_factor: z.number().positive().default(0.18215),
  act_fn: only('silu'),
  down_block_types: z.array(z.literal('DownEncoderBlock2D')).optional(),
  up_block_types: z.array(z.literal('UpDecoderBlock2D')).optional(),
  mid_block_add_attention: z.boolean().default(true),
  use_quant_conv: z.boolean().default(true),
  use_post_quant_conv: z.boolean().default(true),
  shift_factor: absent('a shift factor'),
  latents_mean: absent('a mean of each latent channel'),
  latents_std: absent('a spread of each latent channel'),
})

/** Read by diffusers for its own precision. */
export const UNUSED_VAE_KEYS: readonly string[] = ['force_upcast']

export type VaeConfig = z.output<typeof schema>
export const readVaeConfig = (json: unknown): VaeConfig => readConfig(schema, UNUSED_VAE_KEYS, json, 'vae')

/** Latent cells per pixel side, e.g. 8. */
export const vaeFactor = (config: VaeConfig): number => 2 ** (config.block_out_channels.length - 1)

const EPSILON = 1e-6
const norm = (config: VaeConfig) => ({ groups: config.norm_num_groups, epsilon: EPSILON })

export interface Moments {
  readonly mean: Value
  /** Clamped to [-30, 20]. */
  readonly logVariance: Value
}

/** Pixels `[B, 3, H, W]` in -1..1 -> moments `[B, latent_channels, H/f, W/f]`, before the scaling factor. */
export function encodeImage(net: Net, config: VaeConfig, pixels: Value): Moments {
  const channels = config.block_out_channels
  let x = conv2d(net, 'encoder.conv_in', pixels, channels[0] ?? 0)
  channels.forEach((width, i) => {
    for (let j = 0; j < config.layers_per_block; j++)
      x = resnet(net, `encoder.down_blocks.${i}.resnets.${j}`, x, width, norm(config))
    if (i < channels.length - 1) {
      const key = `encoder.down_blocks.${i}.downsamplers.0.conv`
      x = conv2d(net, key, x, width, { stride: 2, pads: [0, 0, 1, 1] })
    }
  })
  x = middle(net, 'encoder.mid_block', config, x)
  x = op.silu(groupNorm(net, 'encoder.conv_norm_out', x, config.norm_num_groups, EPSILON))
  x = conv2d(net, 'encoder.conv_out', x, 2 * config.latent_channels)
  if (config.use_quant_conv) x = conv2d(net, 'quant_conv', x, 2 * config.latent_channels, { kernel: 1 })
  const [mean, raw] = op.split(x, 1, [config.latent_channels, config.latent_channels]) as [Value, Value]
  return { mean, logVariance: op.clip(raw, -30, 20) }
}

/** Latents already divided by the scaling factor `[B, latent_channels, h, w]` -> pixels `[B, 3, h*f, w*f]`, unclamped. */
export function decodeLatents(net: Net, config: VaeConfig, latents: Value): Value {
  const channels = config.block_out_channels.toReversed()
  let x = latents
  if (config.use_post_quant_conv) x = conv2d(net, 'post_quant_conv', x, config.latent_channels, { kernel: 1 })
  x = middle(net, 'decoder.mid_block', config, conv2d(net, 'decoder.conv_in', x, channels[0] ?? 0))
  channels.forEach((width, i) => {
    for (let j = 0; j <= config.layers_per_block; j++)
      x = resnet(net, `decoder.up_blocks.${i}.resnets.${j}`, x, width, norm(config))
    if (i < channels.length - 1) x = upsample(net, `decoder.up_blocks.${i}.upsamplers.0`, x)
  })
  x = op.silu(groupNorm(net, 'decoder.conv_norm_out', x, config.norm_num_groups, EPSILON))
  return conv2d(net, 'decoder.conv_out', x, config.out_channels)
}

function middle(net: Net, key: string, config: VaeConfig, x: Value): Value {
  const channels = side(x.shape, 1)
  let h = resnet(net, `${key}.resnets.0`, x, channels, norm(config))
  if (config.mid_block_add_attention) h = spatialAttention(net, `${key}.attentions.0`, config, h)
  return resnet(net, `${key}.resnets.1`, h, channels, norm(config))
}

/** One head over all positions, all four projections with bias. */
function spatialAttention(net: Net, key: string, config: VaeConfig, x: Value): Value {
  const [batch, channels] = [side(x.shape, 0), side(x.shape, 1)]
  const tokens = toTokens(groupNorm(net, `${key}.group_norm`, x, config.norm_num_groups, EPSILON))
  const project = (name: string) =>
    op.reshape(linear(net, `${key}.${name}`, tokens, channels), [batch, side(tokens.shape, 0) / batch, channels])
  const [q, k, v] = [project('to_q'), project('to_k'), project('to_v')]
  const output = op.attention(q, k, v, { heads: 1, keep: net.keepAttention })
  return op.add(x, toMap(linear(net, `${key}.to_out.0`, op.reshape(output, tokens.shape), channels), x.shape))
}
