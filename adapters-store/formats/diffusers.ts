/** diffusers: one file with the pipeline's keys, its alphas in the metadata; without them every alpha is its rank. */
import { join } from 'node:path'
import { type JsonObject, type SafetensorsFile, writeSafetensors } from '../../engine/descriptors.ts'
import { type Format, invalid } from './format.ts'
import { configScale, readLoraConfig, writeLoraConfig } from './lora-config.ts'
import { exportPairs, importPairs, matchPairs, type Place, SERVED } from './pairs.ts'

/** PEFT's names, and those of diffusers' own training scripts. */
const KEY =
  /^(unet|text_encoder(?:_2)?)\.(.+)\.(?:lora_([AB])(?:\.default)?|lora(?:_linear_layer)?\.(down|up))\.weight$/

function placeOf(name: string): Place | undefined {
  const [, component, key, letter, word] = KEY.exec(name) ?? []
  if (key === undefined) return undefined
  return { path: `${component}.${key}`, side: letter === 'A' || word === 'down' ? 'down' : 'up' }
}

const METADATA = 'lora_adapter_metadata'

/** The fields of the served part; others, of the text encoder, have their own tensors and are refused with those. */
function readMetadata({ metadata }: SafetensorsFile): JsonObject | undefined {
  const text = metadata[METADATA]
  if (text === undefined) return undefined
  const fields = Object.entries(parseJson(text)).flatMap(([name, value]) =>
    name.startsWith(`${SERVED}.`) ? [[name.slice(SERVED.length + 1), value] as const] : [],
  )
  return fields.length > 0 ? Object.fromEntries(fields) : undefined
}

function parseJson(text: string): object {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    throw invalid(`has ${METADATA} that is not JSON`, 'Save it again.', error)
  }
}

export const diffusers: Format = {
  name: 'diffusers',
  title: 'Hugging Face diffusers (pytorch_lora_weights.safetensors)',
  matches: ({ weights }) => [...weights.tensors.keys()].some(name => placeOf(name)),
  read: async ({ weights }, base, imported) => {
    const json = readMetadata(weights)
    const config = json && readLoraConfig(json)
    const scaleOf = (path: string, rank: number) =>
      config ? configScale(config, path.slice(SERVED.length + 1), rank) : 1
    return importPairs(weights, matchPairs(weights, base, placeOf), base, { ...imported, format: 'diffusers', scaleOf })
  },
  write: async (adapter, base, folder) => {
    const letters = { down: 'A', up: 'B' } as const
    const nameOf = (key: string, side: Place['side']) => `${SERVED}.${key}.lora_${letters[side]}.weight`
    const pairs = exportPairs(adapter, base, ({ key }, side) => nameOf(key, side))
    const config = Object.entries(writeLoraConfig(adapter)).map(([name, value]) => [`${SERVED}.${name}`, value])
    const name = 'pytorch_lora_weights.safetensors'
    await writeSafetensors(join(folder, name), pairs, {
      format: 'pt',
      [METADATA]: JSON.stringify(Object.fromEntries(config)),
    })
    return [name]
  },
}
