/** Our own dialect: one safetensors file whose metadata holds the manifest. */
import { join } from 'node:path'
import { readManifest, writeSafetensors } from '../../engine/descriptors.ts'
import { invalid, type PairFormat, unsaid } from './format.ts'
import { exactAlpha } from './lora-config.ts'
import { type Place, pathOf, readPairs, toRecord, writePairs } from './pairs.ts'
import { makeManifest } from './serve.ts'

const KEY = /^(.+)\.lora_([AB])\.weight$/

function placeOf(name: string): Place | undefined {
  const [, path, letter] = KEY.exec(name) ?? []
  return path === undefined ? undefined : { path, side: letter === 'A' ? 'down' : 'up' }
}

/** Linear layers are flat here, as the engine writes and reads them. */
const flat = (shape: readonly number[]): readonly number[] =>
  shape.slice(2).every(side => side === 1) ? shape.slice(0, 2) : shape

export const semblance: PairFormat = {
  name: 'semblance',
  kind: 'pairs',
  title: 'Semblance (one safetensors file with its manifest)',
  matches: ({ parts }) => parts.length === 1 && parts[0]?.weights.metadata.semblance !== undefined,
  read: async ({ parts: [part] }, target) => {
    if (!part) throw invalid('has no file', 'Name its file.')
    const manifest = readManifest(part.weights)
    const scaleOf = (path: string) => manifest.scales?.[path] ?? manifest.scale
    const alphaOf = (layer: { component: string; key: string }, rank: number) =>
      exactAlpha(scaleOf(pathOf(layer)), rank)
    const pairs = await readPairs(part.weights, target, placeOf, alphaOf)
    return toRecord(pairs, { subject: manifest.subject, manifest })
  },
  write: async (record, target, folder) => {
    if (!record.manifest && !target.fingerprint)
      throw unsaid('semblance', 'names the base an adapter is for', 'Say which with --base FOLDER.')
    const { manifest = makeManifest(record, (await target.fingerprint?.()) ?? '', record.subject ?? '', 'convert') } =
      record
    const tensors = writePairs(
      record.pairs,
      (pair, side) => `${pathOf(pair)}.lora_${side === 'down' ? 'A' : 'B'}.weight`,
    )
    const flattened = [...tensors].map(([key, data]) => [key, { ...data, shape: flat(data.shape) }] as const)
    const name = 'adapter.safetensors'
    await writeSafetensors(join(folder, name), new Map(flattened), {
      semblance: JSON.stringify(manifest),
      format: 'pt',
    })
    return [name]
  },
}
