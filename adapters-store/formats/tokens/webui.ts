/** Textual Inversion of A1111's web UI and kohya: the tensor `emb_params`, the word is the file's name. */
import { join } from 'node:path'
import { writeSafetensors } from '../../../engine/descriptors.ts'
import { namesOf, notRepresentable, type TokenFormat } from '../format.ts'
import { fileOf, placeholderOf, readRows, toTokens } from './tokens.ts'

export const embeddingWebui: TokenFormat = {
  name: 'embedding-webui',
  kind: 'tokens',
  title: "Textual Inversion of A1111's web UI and kohya (emb_params)",
  /** OneTrainer writes `emp_params`. */
  matches: source => {
    const names = namesOf(source)
    return names.length > 0 && names.every(name => /^em[bp]_params$/.test(name))
  },
  read: async ({ parts }, target) => {
    const rows = await Promise.all(parts.map(({ weights }) => readRows(weights)))
    return toTokens(parts[0] ? placeholderOf(parts[0].weights) : '', rows.flat(), target)
  },
  write: async ({ placeholder, vectors }, _target, folder) => {
    const [data, ...others] = vectors.values()
    if (!data || others.length > 0)
      throw notRepresentable('embedding-webui', 'has rows of one text encoder', 'Use embedding-sdxl for two.')
    const name = fileOf(placeholder)
    await writeSafetensors(join(folder, name), new Map([['emb_params', data]]), { format: 'pt', placeholder })
    return [name]
  },
}
