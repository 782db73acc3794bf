/**
 * Names of tensors as the dialects know them: wrappers, adapters' own names and text encoders without their prefix are written by
 * some programs and mean nothing to the layers.
 */
import type { SafetensorsFile } from '../../engine/descriptors.ts'
import { invalid, listed } from './format.ts'

const RENAMED: readonly (readonly [pattern: RegExp, to: string])[] = [
  // PEFT's wrapper around one network of a pipeline.
  [/^((?:unet|text_encoder|text_encoder_2)\.)base_model\.model\./, '$1'],
  // CLIP of transformers 5 has lost `text_model.`, so trainers that flatten its names have, too.
  [/^(lora_te\d?_)(?=encoder_layers_|embeddings_|final_layer_norm)/, '$1text_model_'],
]

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

const knownName = (name: string): string =>
  RENAMED.reduce((known, [pattern, to]) => known.replace(pattern, to), name.replace(NAMED, '$1.weight'))
