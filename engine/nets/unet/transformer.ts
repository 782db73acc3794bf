/** Transformer2DModel of the UNet: self-attention, cross-attention to the text, gated feed-forward. */
import { segment, type Value } from '../../graph/graph.ts'
import * as op from '../../graph/ops/index.ts'
import { side } from '../../graph/ops/types.ts'
import { groupNorm, layerNorm, linear, type Net, toMap, toTokens } from '../blocks.ts'

export interface TransformerOptions {
  readonly heads: number
  readonly depth: number
  readonly groups: number
  readonly linearProjection: boolean
  /** Text states `[B, L, D]`. */
  readonly context: Value
}

const NORM_EPSILON = 1e-6

/** `[B, C, H, W] -> [B, C, H, W]`; a 1x1-convolution projection is computed as the linear layer it is. */
export function transformer(net: Net, key: string, x: Value, options: TransformerOptions): Value {
  const channels = side(x.shape, 1)
  const stored = options.linearProjection ? [channels, channels] : [channels, channels, 1, 1]
  const normal = groupNorm(net, `${key}.norm`, x, options.groups, NORM_EPSILON)
  let tokens = linear(net, `${key}.proj_in`, toTokens(normal), channels, { stored })
  for (let i = 0; i < options.depth; i++)
    tokens = segment(net.graph, () =>
      transformerBlock(net, `${key}.transformer_blocks.${i}`, tokens, side(x.shape, 0), options),
    )
  return op.add(toMap(linear(net, `${key}.proj_out`, tokens, channels, { stored }), x.shape), x)
}

function transformerBlock(net: Net, key: string, x: Value, batch: number, options: TransformerOptions): Value {
  const { heads, context } = options
  const text = op.reshape(context, [side(context.shape, 0) * side(context.shape, 1), side(context.shape, 2)])
  const self = layerNorm(net, `${key}.norm1`, x)
  const afterSelf = op.add(x, crossAttention(net, `${key}.attn1`, self, self, batch, heads))
  const cross = layerNorm(net, `${key}.norm2`, afterSelf)
  const afterCross = op.add(afterSelf, crossAttention(net, `${key}.attn2`, cross, text, batch, heads))
  return op.add(afterCross, feedForward(net, `${key}.ff`, layerNorm(net, `${key}.norm3`, afterCross)))
}

/** Queries from `x` `[B*L, C]`, keys and values from `source` `[B*L', D]`; q, k, v have no bias. */
function crossAttention(net: Net, key: string, x: Value, source: Value, batch: number, heads: number): Value {
  const channels = side(x.shape, 1)
  const project = (name: string, value: Value) => {
    const tokens = linear(net, `${key}.${name}`, value, channels, { bias: false })
    return op.reshape(tokens, [batch, side(tokens.shape, 0) / batch, channels])
  }
  const [q, k, v] = [project('to_q', x), project('to_k', source), project('to_v', source)]
  const output = op.attention(q, k, v, { heads, keep: net.keepAttention })
  return linear(net, `${key}.to_out.0`, op.reshape(output, x.shape), channels)
}

/** GEGLU: `value * gelu(gate)`, then back to C. */
function feedForward(net: Net, key: string, x: Value): Value {
  const channels = side(x.shape, 1)
  const wide = linear(net, `${key}.net.0.proj`, x, channels * 8)
  const [value, gate] = op.split(wide, 1, [channels * 4, channels * 4]) as [Value, Value]
  return linear(net, `${key}.net.2`, op.mul(value, op.gelu(gate)), channels)
}
