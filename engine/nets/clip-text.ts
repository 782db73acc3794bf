/** CLIP's text encoder, as CLIPTextModel and CLIPTextModelWithProjection (transformers `modeling_clip.py`). */
import { z } from 'zod'
import { segment, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import { causalMask, layerNorm, linear, type Net, within } from './blocks.ts'
import { activation, clipLayer } from './clip-layer.ts'
import { only, readConfig, repeats, width } from './config.ts'
import { TRANSFORMERS_KEYS } from './transformers-keys.ts'

const schema = z.object({
  vocab_size: width.default(49408),
  hidden_size: width.default(512),
  intermediate_size: width.default(2048),
  num_hidden_layers: repeats.default(12),
  num_attention_heads: width.default(8),
  max_position_embeddings: width.default(77),
  hidden_act: activation.default('quick_gelu'),
  layer_norm_eps: z.number().positive().default(1e-5),
  projection_dim: width.default(512),
  /** 2 in files from before transformers 4.31: transformers then pools at the largest id. */
  eos_token_id: z.unknown().default(49407),
  use_attention_mask: only(false),
  dropout: only(0),
  attention_dropout: only(0),
})

export type ClipTextConfig = z.output<typeof schema>
export const readClipTextConfig = (json: unknown): ClipTextConfig =>
  readConfig(schema, TRANSFORMERS_KEYS, json, 'text_encoder')

export interface ClipTextOutput {
  /** Final-normalised states of the last layer, `[B, L, h]`. */
  readonly last: Value
  /** States before the last layer, not normalised, `[B, L, h]` (SDXL's context). */
  readonly penultimate: Value
}

/**
 * @param ids token ids `[B, L]` (int64), padded to L.
 */
export function clipText(net: Net, config: ClipTextConfig, ids: Value): ClipTextOutput {
  const [batch, length] = ids.shape as [number, number]
  const width = config.hidden_size
  let states = [embeddings(net, config, ids)]
  const mask = causalMask(net.graph, length)
  const layer = {
    heads: config.num_attention_heads,
    intermediate: config.intermediate_size,
    activation: config.hidden_act,
    epsilon: config.layer_norm_eps,
  }
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const key = `text_model.encoder.layers.${i}`
    const next = segment(net.graph, () => clipLayer(net, key, states.at(-1) as Value, batch, layer, mask))
    states = [...states.slice(-1), next]
  }
  const [penultimate, final] = states as [Value, Value]
  const last = layerNorm(net, 'text_model.final_layer_norm', final, config.layer_norm_eps)
  const shape = [batch, length, width]
  return { last: op.reshape(last, shape), penultimate: op.reshape(penultimate, shape) }
}

/** Token plus position rows, `[B*L, h]`. */
function embeddings(net: Net, config: ClipTextConfig, ids: Value): Value {
  const [batch, length] = ids.shape as [number, number]
  const width = config.hidden_size
  return within(net, 'text_model.embeddings', () => {
    const table = net.weight('text_model.embeddings.token_embedding.weight', [config.vocab_size, width])
    const positions = net.weight('text_model.embeddings.position_embedding.weight', [
      config.max_position_embeddings,
      width,
    ])
    const rows = op.add(net.embed(op.gather(table, ids)), op.slice(positions, 0, 0, length))
    return op.reshape(rows, [batch * length, width])
  })
}

/**
 * The pooled and projected state at one token of each row, `[B, projection_dim]` (text_projection has no bias).
 * @param positions index into the flattened `[B*L]` tokens of each row's end token, `[B]` int64.
 */
export function projectText(net: Net, config: ClipTextConfig, last: Value, positions: Value): Value {
  const tokens = op.reshape(last, [side(last.shape, 0) * side(last.shape, 1), side(last.shape, 2)])
  return linear(net, 'text_projection', op.gather(tokens, positions), config.projection_dim, { bias: false })
}
