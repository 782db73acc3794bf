/** The transformer encoder layer that CLIP's text and vision towers share. */
import { z } from 'zod'
import type { Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import { layerNorm, linear, type Net } from './blocks.ts'

/** Activation by config name. */
export const ACTIVATIONS = { quick_gelu: op.quickGelu, gelu: op.gelu } as const
export const activation = z.enum(Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[])

export interface ClipLayerConfig {
  readonly heads: number
  readonly intermediate: number
  readonly activation: keyof typeof ACTIVATIONS
  readonly epsilon: number
}

/** Tokens `[B*L, h] -> [B*L, h]`, with an optional additive mask. */
export function clipLayer(
  net: Net,
  key: string,
  x: Value,
  batch: number,
  config: ClipLayerConfig,
  mask?: Value,
): Value {
  const width = side(x.shape, 1)
  const normal = layerNorm(net, `${key}.layer_norm1`, x, config.epsilon)
  const project = (name: string) =>
    op.reshape(linear(net, `${key}.self_attn.${name}`, normal, width), [batch, side(x.shape, 0) / batch, width])
  const [q, k, v] = [project('q_proj'), project('k_proj'), project('v_proj')]
  const options = { heads: config.heads, keep: net.keepAttention, mask }
  const context = op.reshape(op.attention(q, k, v, options), x.shape)
  const attended = op.add(x, linear(net, `${key}.self_attn.out_proj`, context, width))
  const hidden = linear(
    net,
    `${key}.mlp.fc1`,
    layerNorm(net, `${key}.layer_norm2`, attended, config.epsilon),
    config.intermediate,
  )
  return op.add(attended, linear(net, `${key}.mlp.fc2`, ACTIVATIONS[config.activation](hidden), width))
}
