/** The vision transformer of DINO, as ViTModel (transformers `modeling_vit.py`): class token, final norm, no pooler. */
import { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import { conv2d, layerNorm, linear, type Net, toTokens, within } from './blocks.ts'
import { only, readConfig, repeats, width } from './config.ts'
import { TRANSFORMERS_KEYS } from './transformers-keys.ts'

const schema = z.object({
  hidden_size: width.default(768),
  intermediate_size: width.default(3072),
  num_hidden_layers: repeats.default(12),
  num_attention_heads: width.default(12),
  num_channels: only(3),
  image_size: width.default(224),
  patch_size: width.default(16),
  hidden_act: only('gelu'),
  layer_norm_eps: z.number().positive().default(1e-12),
  qkv_bias: z.boolean().default(true),
  hidden_dropout_prob: only(0),
  attention_probs_dropout_prob: only(0),
})

/** Of the pooler and of masked pictures, which the class token does not pass. */
export const UNUSED_VIT_KEYS: readonly string[] = ['pooler_output_size', 'pooler_act', 'encoder_stride']

export type VitConfig = z.output<typeof schema>
export const readVitConfig = (json: unknown): VitConfig =>
  readConfig(schema, [...TRANSFORMERS_KEYS, ...UNUSED_VIT_KEYS], json, 'vit')

/** Images `[B, 3, S, S]`, normalised as the folder's preprocessor says -> the class token's last state `[B, hidden_size]`. */
export function vit(net: Net, config: VitConfig, pixels: Value): Value {
  const [batch, width] = [side(pixels.shape, 0), config.hidden_size]
  const length = (config.image_size / config.patch_size) ** 2 + 1
  let x = embeddings(net, config, pixels, length)
  for (let i = 0; i < config.num_hidden_layers; i++) x = layer(net, config, `encoder.layer.${i}`, x, batch)
  const states = op.reshape(x, [batch, length, width])
  const head = op.reshape(op.slice(states, 1, 0, 1), [batch, width])
  return layerNorm(net, 'layernorm', head, config.layer_norm_eps)
}

function layer(net: Net, config: VitConfig, key: string, x: Value, batch: number): Value {
  const width = side(x.shape, 1)
  const normal = layerNorm(net, `${key}.layernorm_before`, x, config.layer_norm_eps)
  const project = (name: string) =>
    op.reshape(linear(net, `${key}.attention.attention.${name}`, normal, width, { bias: config.qkv_bias }), [
      batch,
      side(x.shape, 0) / batch,
      width,
    ])
  const heads = { heads: config.num_attention_heads, keep: net.keepAttention }
  const context = op.attention(project('query'), project('key'), project('value'), heads)
  const attended = op.add(x, linear(net, `${key}.attention.output.dense`, op.reshape(context, x.shape), width))
  const after = layerNorm(net, `${key}.layernorm_after`, attended, config.layer_norm_eps)
  const hidden = op.gelu(linear(net, `${key}.intermediate.dense`, after, config.intermediate_size))
  return op.add(attended, linear(net, `${key}.output.dense`, hidden, width))
}

/** The class token, then the patches in row-major order, plus positions, `[B*L, h]`. */
function embeddings(net: Net, config: VitConfig, pixels: Value, length: number): Value {
  const [batch, width] = [side(pixels.shape, 0), config.hidden_size]
  return within(net, 'embeddings', () => {
    const options = { kernel: config.patch_size, stride: config.patch_size, pads: 0 }
    const patches = toTokens(conv2d(net, 'embeddings.patch_embeddings.projection', pixels, width, options))
    const token = op.expand(net.weight('embeddings.cls_token', [1, 1, width]), [batch, 1, width])
    const rows = op.concat([token, op.reshape(patches, [batch, length - 1, width])], 1)
    const positions = net.weight('embeddings.position_embeddings', [1, length, width])
    return op.reshape(op.add(rows, positions), [batch * length, width])
  })
}
