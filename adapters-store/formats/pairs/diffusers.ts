/** diffusers: one file with the pipeline's keys, its alphas in the metadata; without them every alpha is its rank. */
import { join } from 'node:path'
import { type SafetensorsFile, writeSafetensors } from '../../../engine/descriptors.ts'
import { invalid, namesOf, type PairFormat } from '../format.ts'
import type { PairRecord } from '../record.ts'
import { configAlpha, type LoraConfig, readLoraConfig, writeLoraConfig } from './lora-config.ts'
import { type Place, readPairs, toRecord, writePairs } from './pairs.ts'
import { textKey } from './text-keys.ts'

/** PEFT's names, and those of diffusers' own training scripts. */
const KEY =
  /^(unet|text_encoder(?:_2)?)\.(.+)\.(?:lora_([AB])(?:\.default)?|lora(?:_linear_layer)?\.(down|up))\.weight$/

function placeOf(name: string): Place | undefined {
  const [, component, key, letter, word] = KEY.exec(name) ?? []
  if (key === undefined) return undefined
  return { path: `${component}.${textKey(key)}`, side: letter === 'A' || word === 'down' ? 'down' : 'up' }
}

const METADATA = 'lora_adapter_metadata'

/** The configuration of each part of the model: its fields are written `unet.r`, `text_encoder.r`, ... */
function readMetadata({ metadata }: SafetensorsFile): ReadonlyMap<string, LoraConfig> {
  const fields = metadata[METADATA] === undefined ? {} : parseJson(metadata[METADATA])
  const parts = new Map<string, Record<string, unknown>>()
  for (const [name, value] of Object.entries(fields)) {
    const [part = '', ...rest] = name.split('.')
    parts.set(part, { ...parts.get(part), [rest.join('.')]: value })
  }
  return new Map([...parts].map(([part, json]) => [part, readLoraConfig(json)]))
}

function parseJson(text: string): object {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    throw invalid(`has ${METADATA} that is not JSON`, 'Save it again.', error)
  }
}

function writeMetadata(pairs: readonly PairRecord[]): string {
  const components = [...new Set(pairs.map(({ component }) => component))]
  const fields = components.flatMap(component => {
    const config = writeLoraConfig(pairs.filter(pair => pair.component === component))
    return Object.entries(config).map(([name, value]) => [`${component}.${name}`, value])
  })
  return JSON.stringify(Object.fromEntries(fields))
}

export const diffusers: PairFormat = {
  name: 'diffusers',
  kind: 'pairs',
  title: 'Hugging Face diffusers (pytorch_lora_weights.safetensors)',
  // Releases before 0.35 do not read the metadata.
  readAlphas: 'none',
  matches: source => namesOf(source).some(name => placeOf(name)),
  read: async ({ parts }, target) => {
    const pairs: PairRecord[] = []
    for (const { weights } of parts) {
      const configs = readMetadata(weights)
      const alphaOf = ({ component, key }: { component: string; key: string }, rank: number) => {
        const config = configs.get(component)
        return config ? configAlpha(config, key, rank) : rank
      }
      pairs.push(...(await readPairs(weights, target, placeOf, alphaOf)))
    }
    return toRecord(pairs)
  },
  write: async ({ pairs }, _target, folder) => {
    const nameOf = ({ component, key }: PairRecord, side: 'down' | 'up') =>
      `${component}.${key}.lora_${side === 'down' ? 'A' : 'B'}.weight`
    const name = 'pytorch_lora_weights.safetensors'
    const [first] = pairs
    const isPlain = pairs.every(({ rank, alpha }) => rank === first?.rank && alpha === rank)
    await writeSafetensors(join(folder, name), writePairs(pairs, nameOf), {
      format: 'pt',
      ...(isPlain ? {} : { [METADATA]: writeMetadata(pairs) }),
    })
    return [name]
  },
}
