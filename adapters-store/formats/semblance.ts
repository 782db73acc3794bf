/** Our own dialect: one safetensors file whose metadata holds the manifest. */
import { join } from 'node:path'
import { loadAdapter, saveAdapter } from '../../engine/descriptors.ts'
import type { Format } from './format.ts'

export const semblance: Format = {
  name: 'semblance',
  title: 'Semblance (one safetensors file with its manifest)',
  matches: ({ weights }) => weights.metadata.semblance !== undefined,
  read: ({ weights }, base) => loadAdapter(weights.path, base),
  write: async (adapter, _base, folder) => {
    const name = 'adapter.safetensors'
    await saveAdapter(join(folder, name), adapter)
    return [name]
  },
}
