/** Our own dialect: one safetensors file whose metadata holds the manifest. */
import { join } from 'node:path'
import {
  embeddingsName,
  readAdapter,
  readManifest,
  type SafetensorsFile,
  type TensorData,
  writeSafetensors,
} from '../../../engine/descriptors.ts'
import { invalid, notRepresentable, type PairFormat } from '../format.ts'
import type { LowRankRecord, PairRecord } from '../record.ts'
import { fromAdapter, makeManifest } from '../serve.ts'
import type { Target } from '../target.ts'
import { exactAlpha } from './lora-config.ts'
import { type Place, pathOf, readPairs, toRecord, writePairs } from './pairs.ts'

const KEY = /^(.+)\.lora_([AB])\.weight$/

function placeOf(name: string): Place | undefined {
  const [, path, letter] = KEY.exec(name) ?? []
  return path === undefined ? undefined : { path, side: letter === 'A' ? 'down' : 'up' }
}

/** 1x1 convolutions in Stable Diffusion 1, which the engine computes, writes and reads as the linear layers they equal. */
const PROJECTION = /\.proj_(in|out)$/

const flat = (pair: PairRecord, data: TensorData): TensorData =>
  PROJECTION.test(pair.key) ? { ...data, shape: data.shape.slice(0, 2) } : data

/**
 * LiDB's files keep a few values of each layer: they become the pairs that serve, and are whole pairs from then on.
 * @throws AppError INPUT_INVALID without the base: the fixed sides are those of its layers
 */
async function readLidb(file: SafetensorsFile, { base }: Target): Promise<LowRankRecord> {
  if (!base)
    throw notRepresentable('semblance', 'keeps LiDB, which only its base makes pairs of', 'Name it with --base FOLDER.')
  const adapter = await readAdapter(file, base)
  const { lidb: _, ...manifest } = adapter.manifest
  const record = fromAdapter(adapter, base)
  return { ...(record as LowRankRecord), manifest }
}

export const semblance: PairFormat = {
  name: 'semblance',
  kind: 'pairs',
  bundles: true,
  title: 'Semblance (one safetensors file with its manifest)',
  matches: ({ parts }) => parts.length === 1 && parts[0]?.weights.metadata.semblance !== undefined,
  read: async ({ parts: [part] }, target) => {
    if (!part) throw invalid('has no file', 'Name its file.')
    const manifest = readManifest(part.weights)
    if (manifest.lidb) return readLidb(part.weights, target)
    const scaleOf = (path: string) => manifest.scales?.[path] ?? manifest.scale
    const alphaOf = (layer: { component: string; key: string }, rank: number) =>
      exactAlpha(scaleOf(pathOf(layer)), rank)
    const pairs = await readPairs(part.weights, target, placeOf, alphaOf)
    return toRecord(pairs, { subject: manifest.subject, manifest })
  },
  write: async (record, target, folder) => {
    if (!record.manifest && !target.fingerprint)
      throw notRepresentable('semblance', 'names the base an adapter is for', 'Say which with --base FOLDER.')
    const { manifest = makeManifest(record, (await target.fingerprint?.()) ?? '', record.subject ?? '', 'convert') } =
      record
    const { words = [] } = record
    if (words.length > 1)
      throw notRepresentable('semblance', `holds one word, not ${words.length}`, 'Split them with --split.')
    const pairs = record.pairs.map(pair => ({ ...pair, down: flat(pair, pair.down), up: flat(pair, pair.up) }))
    const tensors = writePairs(pairs, (pair, side) => `${pathOf(pair)}.lora_${side === 'down' ? 'A' : 'B'}.weight`)
    for (const [component, rows] of words[0]?.vectors ?? []) tensors.set(embeddingsName(component), rows)
    const name = 'adapter.safetensors'
    await writeSafetensors(join(folder, name), tensors, {
      semblance: JSON.stringify(manifest),
      format: 'pt',
    })
    return [name]
  },
}
