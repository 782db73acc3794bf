/** Textual Inversion of SDXL in one file: `clip_l` and `clip_g`, the word is the file's name. */
import { join } from 'node:path'
import { writeSafetensors } from '../../../engine/descriptors.ts'
import { namesOf, notRepresentable, type TokenFormat } from '../format.ts'
import { fileOf, placeholderOf, readRows, toTokens } from './tokens.ts'

/** By text encoder. One script of diffusers writes `clip_l` alone for Stable Diffusion 1. */
const NAMES: Readonly<Record<string, string>> = { text_encoder: 'clip_l', text_encoder_2: 'clip_g' }

export const embeddingSdxl: TokenFormat = {
  name: 'embedding-sdxl',
  kind: 'tokens',
  title: 'Textual Inversion for SDXL (clip_l and clip_g)',
  matches: source => {
    const names = namesOf(source)
    return names.length > 0 && names.every(name => Object.values(NAMES).includes(name))
  },
  read: async ({ parts }, target) => {
    const rows = await Promise.all(parts.map(({ weights }) => readRows(weights)))
    return toTokens(parts[0] ? placeholderOf(parts[0].weights) : '', rows.flat(), target)
  },
  write: async ({ placeholder, vectors }, { family }, folder) => {
    if (family === 'sd2')
      throw notRepresentable('embedding-sdxl', 'has no name for the rows of SD2', 'Use embedding-webui.')
    const tensors = [...vectors].map(([component, data]) => [NAMES[component] ?? component, data] as const)
    const name = fileOf(placeholder)
    await writeSafetensors(join(folder, name), new Map(tensors), { format: 'pt', placeholder })
    return [name]
  },
}
