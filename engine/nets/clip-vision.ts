/** CLIP's vision encoder with projection, as CLIPVisionModelWithProjection (transformers `modeling_clip.py`). */
import { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { conv2d, layerNorm, linear, type Net, toTokens, within } from './blocks.ts'
import { activation, clipLayer } from './clip-layer.ts'
import { only, readConfig, repeats, width } from './config.ts'
import { TRANSFORMERS_KEYS } from './transformers-keys.ts'

const schema = z.object({
  hidden_size: width.default(768),
  intermediate_size: width.default(3072),
  num_hidden_layers: repeats.default(12),
  num_attention_heads: width.default(12),
  num_channels: width.default(3),
  image_size: width.default(224),
  patch_size: width.default(32),
  hidden_act: activation.default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
  projection_dim: width.default(512),
  dropout: only(0),
  attention_dropout: only(0),
})

export type ClipVisionConfig = z.output<typeof schema>
export const readClipVisionConfig = (json: unknown): ClipVisionConfig =>
  readConfig(schema, TRANSFORMERS_KEYS, json, 'image_encoder')

/** Images `[B, 3, S, S]`, normalised with CLIP's mean and deviation -> embeddings `[B, projection_dim]`. */
export function clipVision(net: Net, config: ClipVisionConfig, pixels: Value): Value {
  const batch = pixels.shape[0] ?? 0
  const length = (config.image_size / config.patch_size) ** 2 + 1
  let x = layerNorm(net, 'vision_model.pre_layrnorm', embeddings(net, config, pixels, length), config.layer_norm_eps)
  const layer = {
    heads: config.num_attention_heads,
    intermediate: config.intermediate_size,
    activation: config.hidden_act,
    epsilon: config.layer_norm_eps,
  }
  for (let i = 0; i < config.num_hidden_layers; i++)
    x = clipLayer(net, `vision_model.encoder.layers.${i}`, x, batch, layer)
  const states = op.reshape(x, [batch, length, config.hidden_size])
  const head = op.reshape(op.slice(states, 1, 0, 1), [batch, config.hidden_size])
  const pooled = layerNorm(net, 'vision_model.post_layernorm', head, config.layer_norm_eps)
  return linear(net, 'visual_projection', pooled, config.projection_dim, { bias: false })
}

/** The class token, then the patches in row-major order, plus positions, `[B*L, h]`. */
function embeddings(net: Net, config: ClipVisionConfig, pixels: Value, length: number): Value {
  const [batch, width] = [pixels.shape[0] ?? 0, config.hidden_size]
  const key = 'vision_model.embeddings'
  return within(net, key, () => {
    const options = { kernel: config.patch_size, stride: config.patch_size, pads: 0, bias: false }
    const patches = toTokens(conv2d(net, `${key}.patch_embedding`, pixels, width, options))
    const token = op.expand(net.weight(`${key}.class_embedding`, [width]), [batch, 1, width])
    const rows = op.concat([token, op.reshape(patches, [batch, length - 1, width])], 1)
    const positions = net.weight(`${key}.position_embedding.weight`, [length, width])
    return op.reshape(op.add(rows, positions), [batch * length, width])
  })
}
