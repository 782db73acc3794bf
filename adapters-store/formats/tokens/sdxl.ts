/** Textual Inversion of SDXL in one file: `clip_l` and `clip_g`, the word is the file's name. */
import { join } from 'node:path'
import { type SafetensorsFile, writeSafetensors } from '../../../engine/descriptors.ts'
import { namesOf, notRepresentable, type TokenFormat } from '../format.ts'
import { fileOf, placeholderOf, readRows, toTokens } from './tokens.ts'

/** By text encoder. One script of diffusers writes `clip_l` alone for Stable Diffusion 1. */
const NAMES: Readonly<Record<string, string>> = { text_encoder: 'clip_l', text_encoder_2: 'clip_g' }

/** Pivotal tuning of diffusers, in its older releases; its words are `<s0><s1>...`, one for each row, and no file says so. */
const PIVOTAL = /^text_encoders_[01]$/
const PIVOTAL_FILE = /_emb\.safetensors$/

function wordOf({ tensors, metadata, path }: SafetensorsFile, rows: number): string | undefined {
  const isPivotal = PIVOTAL_FILE.test(path) || [...tensors.keys()].some(name => PIVOTAL.test(name))
  if (!isPivotal || metadata.placeholder !== undefined) return undefined
  return Array.from({ length: rows }, (_, i) => `<s${i}>`).join('')
}

export const embeddingSdxl: TokenFormat = {
  name: 'embedding-sdxl',
  kind: 'tokens',
  title: 'Textual Inversion for SDXL (clip_l and clip_g)',
  matches: source => {
    const names = namesOf(source)
    return names.length > 0 && names.every(name => Object.values(NAMES).includes(name) || PIVOTAL.test(name))
  },
  read: async ({ parts }, target) => {
    const rows = (await Promise.all(parts.map(({ weights }) => readRows(weights)))).flat()
    const [first] = parts
    const word = first && (wordOf(first.weights, rows[0]?.shape[0] ?? 0) ?? placeholderOf(first.weights))
    return toTokens(word ?? '', rows, target)
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
