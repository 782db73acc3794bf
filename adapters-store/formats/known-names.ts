/**
 * Names of tensors as the dialects know them: wrappers, adapters' own names and text encoders without their prefix are written by
 * some programs and mean nothing to the layers.
 */
import type { SafetensorsFile } from '../../engine/descriptors.ts'
import { invalid, listed } from './format.ts'

/** PEFT's wrapper around one network of a pipeline. */
const WRAPPED = /^((?:unet|text_encoder|text_encoder_2)\.)base_model\.model\./

/** CLIP of transformers 5 has lost `text_model.`, so trainers that flatten its names have, too. */
const BARE = /^(lora_(?:te\d?|clip_[lg])_)(?=encoder_layers_|embeddings_|final_layer_norm)/

/**
 * Names with dots and the parts' own names, as OneTrainer and ComfyUI write them: blocks are those of the original UNet, or of diffusers.
 * `unet.` before blocks of diffusers is diffusers' own dialect, unless the sides are kohya's.
 */
const DOTTED =
  /^(unet|diffusion_model|lora_unet|(?:text_encoders\.)?clip_[lg]|lora_te\d?)\.(?:transformer\.)?(.+)\.(?:lora_(up|down|A|B)\.weight|(alpha|dora_scale))$/
const ORIGINAL = /^(input_blocks|middle_block|output_blocks|time_embed|label_emb|out\.2)\b/
const SIDES: Readonly<Record<string, string>> = { A: 'lora_down', B: 'lora_up', up: 'lora_up', down: 'lora_down' }

/** As kohya writes it: what stands before the first underscores is the part, and every dot of the layer's path is an underscore. */
function flattened(name: string): string {
  const [, part, path, side, other] = DOTTED.exec(name) ?? []
  if (part === undefined || path === undefined) return name
  const isUnet = part === 'unet' || part === 'diffusion_model'
  if (isUnet && !ORIGINAL.test(path) && (part === 'diffusion_model' || !/^(up|down)$/.test(side ?? ''))) return name
  const prefix = isUnet ? 'lora_unet' : part.replace(/^(text_encoders\.)?clip/, 'lora_clip')
  return `${prefix}_${path.replaceAll('.', '_')}.${side === undefined ? other : `${SIDES[side]}.weight`}`
}

/** PEFT keeps the name of the adapter between the side and `weight`. */
const NAMED = /^(.*\.lora_(?:embedding_)?[AB])\.([^.]+)\.weight$/

/**
 * The file under names that the dialects know; values are read as before.
 * @throws AppError ADAPTER_INVALID when it holds several adapters, with their names
 */
export function withKnownNames(file: SafetensorsFile): SafetensorsFile {
  const adapters = new Set([...file.tensors.keys()].flatMap(name => NAMED.exec(name)?.[2] ?? []))
  if (adapters.size > 1)
    throw invalid(`holds several adapters: ${listed([...adapters])}`, 'Save each in a file of its own.')
  const original = new Map<string, string>()
  for (const name of file.tensors.keys()) original.set(knownName(name), name)
  const isSame = [...original].every(([known, name]) => known === name)
  if (isSame || original.size < file.tensors.size) return file
  const nameOf = (name: string): string => original.get(name) ?? name
  return {
    ...file,
    tensors: new Map([...original].map(([known, name]) => [known, file.tensors.get(name)!])),
    read: name => file.read(nameOf(name)),
    readFloat32: name => file.readFloat32(nameOf(name)),
  }
}

function knownName(name: string): string {
  const unwrapped = name.replace(NAMED, '$1.weight').replace(WRAPPED, '$1')
  return flattened(unwrapped).replace(BARE, '$1text_model_')
}
