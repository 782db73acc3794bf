/** Textual Inversion of diffusers: one tensor named as the word; SDXL has a second file for its second text encoder. */
import { join } from 'node:path'
import { type TensorInfo, writeSafetensors } from '../../../engine/descriptors.ts'
import { invalid, type TokenFormat } from '../format.ts'
import { readRows, toTokens } from './tokens.ts'

const WORD = /^<.+>$/
const PUBLISHED = [768, 1024, 1280]

/** One row or several for one word; a word without brackets is known by the width of its rows. */
function isWord([name, { shape }]: readonly [string, TensorInfo]): boolean {
  const own = /^(em[bp]_params|clip_[lg])$/.test(name)
  return !own && shape.length <= 2 && (WORD.test(name) || PUBLISHED.includes(shape.at(-1) ?? 0))
}

export const embeddingDiffusers: TokenFormat = {
  name: 'embedding-diffusers',
  kind: 'tokens',
  title: 'Textual Inversion of diffusers (learned_embeds.safetensors)',
  matches: ({ parts }) =>
    parts.length > 0 && parts.every(({ weights: { tensors } }) => tensors.size === 1 && [...tensors].every(isWord)),
  read: async ({ parts }, target) => {
    const words = [...new Set(parts.flatMap(({ weights }) => [...weights.tensors.keys()]))]
    const [placeholder, ...others] = words
    if (placeholder === undefined || others.length > 0)
      throw invalid(`names ${words.length} words: ${words.join(', ')}`, 'Take the files of one word.')
    const rows = await Promise.all(parts.map(({ weights }) => readRows(weights)))
    return toTokens(placeholder, rows.flat(), target)
  },
  write: async ({ placeholder, vectors }, _target, folder) => {
    const names = [...vectors].map((_, i) =>
      i === 0 ? 'learned_embeds.safetensors' : `learned_embeds_${i + 1}.safetensors`,
    )
    for (const [i, data] of [...vectors.values()].entries())
      await writeSafetensors(join(folder, names[i] ?? ''), new Map([[placeholder, data]]), { format: 'pt' })
    return names
  },
}
