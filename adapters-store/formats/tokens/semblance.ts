/** Textual Inversion in our own dialect: rows by text encoder, the word in the manifest. */
import { join } from 'node:path'
import { ENGINE_VERSION, embeddingsName, readManifest, writeSafetensors } from '../../../engine/descriptors.ts'
import { invalid, notRepresentable, type TokenFormat } from '../format.ts'
import { readRows, toTokens } from './tokens.ts'

const ROWS = /\.token_rows$/

export const embeddingSemblance: TokenFormat = {
  name: 'embedding-semblance',
  kind: 'tokens',
  title: 'Textual Inversion of Semblance (one safetensors file with its manifest)',
  matches: ({ parts }) =>
    parts.length === 1 &&
    parts.every(({ weights: { metadata, tensors } }) => {
      return metadata.semblance !== undefined && tensors.size > 0 && [...tensors.keys()].every(name => ROWS.test(name))
    }),
  read: async ({ parts: [part] }, target) => {
    const word = part && readManifest(part.weights).word
    if (!part || !word) throw invalid('has rows of tokens and no word', 'Train it again.')
    return toTokens(word.placeholder, await readRows(part.weights), target)
  },
  write: async ({ placeholder, vectors }, target, folder) => {
    const base = await target.fingerprint?.()
    if (base === undefined)
      throw notRepresentable(
        'embedding-semblance',
        'names the base an embedding is for',
        'Say which with --base FOLDER.',
      )
    const count = [...vectors.values()][0]?.shape[0] ?? 0
    const known = { format: 'semblance-adapter-1', engine: ENGINE_VERSION, method: 'textual-inversion', base }
    const word = { placeholder, count }
    const manifest = { ...known, subject: placeholder, scale: 1, word, options: {}, training: { imported: 'convert' } }
    const tensors = new Map([...vectors].map(([component, data]) => [embeddingsName(component), data]))
    const name = 'adapter.safetensors'
    await writeSafetensors(join(folder, name), tensors, { semblance: JSON.stringify(manifest), format: 'pt' })
    return [name]
  },
}
