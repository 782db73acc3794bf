/**
 * kohya's names: every dot of a layer's path becomes an underscore, which can't be undone, so names are looked up in a table made
 * from the target's layers. SDXL is trained there on the original UNet, whose blocks are counted in one row.
 */

import type { Target } from '../target.ts'
import { pathOf } from './pairs.ts'

/** The blocks' names: those of diffusers (`down_blocks_1_...`), or of the original UNet (`input_blocks_4_1_...`). */
export type BlockNames = 'diffusers' | 'original'

interface Layer {
  readonly component: string
  readonly key: string
}

/** The name of each layer, which is also what tensors begin with. */
export function kohyaNames({ layers }: Target, blocks: BlockNames): (layer: Layer) => string {
  const keys = [...layers.keys()]
  const encoders = new Set([...layers.values()].map(({ component }) => component)).size - 1
  const texts: Readonly<Record<string, string>> = {
    text_encoder: encoders > 1 ? 'lora_te1' : 'lora_te',
    text_encoder_2: 'lora_te2',
  }
  const perBlock = keys.filter(key => /^unet\.down_blocks\.0\.resnets\.\d+\.conv1$/.test(key)).length + 1
  const attended = new Set(keys.flatMap(key => /^unet\.(up_blocks\.\d+)\.attentions\./.exec(key)?.[1] ?? []))
  return ({ component, key }) => {
    const own = component === 'unet' && blocks === 'original' ? originalKey(key, perBlock, attended) : key
    return `${texts[component] ?? 'lora_unet'}_${own.replaceAll('.', '_')}`
  }
}

/** From both namings, and all of the text encoders (`clip_l`, `clip_g` are OneTrainer's), to `component.key`. */
export function kohyaTable(target: Target): ReadonlyMap<string, string> {
  const table = new Map<string, string>()
  for (const blocks of ['original', 'diffusers'] as const) {
    const nameOf = kohyaNames(target, blocks)
    for (const layer of target.layers.values()) table.set(nameOf(layer), pathOf(layer))
  }
  for (const [name, path] of [...table])
    if (path.startsWith('text_encoder.'))
      for (const te of ['te', 'te1', 'clip_l']) table.set(name.replace(/^lora_te1?/, `lora_${te}`), path)
    else if (path.startsWith('text_encoder_2.')) table.set(name.replace(/^lora_te2/, 'lora_clip_g'), path)
  return table
}

const OUTER: Readonly<Record<string, string>> = {
  conv_in: 'input_blocks.0.0',
  conv_out: 'out.2',
  'time_embedding.linear_1': 'time_embed.0',
  'time_embedding.linear_2': 'time_embed.2',
  'add_embedding.linear_1': 'label_emb.0.0',
  'add_embedding.linear_2': 'label_emb.0.2',
}

const RESNET: Readonly<Record<string, string>> = {
  conv1: 'in_layers.2',
  time_emb_proj: 'emb_layers.1',
  conv2: 'out_layers.3',
  conv_shortcut: 'skip_connection',
}

const BLOCK =
  /^(down_blocks|mid_block|up_blocks)\.(?:(\d+)\.)?(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)$/

/** @param perBlock input blocks for each down block: its layers and its downsampler. @param attended up blocks with attention. */
function originalKey(key: string, perBlock: number, attended: ReadonlySet<string>): string {
  const [, side, block = '0', kind, place = '0', inner = ''] = BLOCK.exec(key) ?? []
  if (side === undefined || kind === undefined) return OUTER[key] ?? key
  const [i, j] = [Number(block), Number(place)]
  if (kind === 'downsamplers') return `input_blocks.${perBlock * (i + 1)}.0.op`
  if (kind === 'upsamplers')
    return `output_blocks.${perBlock * (i + 1) - 1}.${attended.has(`${side}.${i}`) ? 2 : 1}.${inner}`
  const rest = kind === 'resnets' ? (RESNET[inner] ?? inner) : inner
  if (side === 'mid_block') return `middle_block.${kind === 'resnets' ? 2 * j : 1}.${rest}`
  const row = side === 'down_blocks' ? `input_blocks.${perBlock * i + j + 1}` : `output_blocks.${perBlock * i + j}`
  return `${row}.${kind === 'resnets' ? 0 : 1}.${rest}`
}
