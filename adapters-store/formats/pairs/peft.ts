/** Hugging Face PEFT: `adapter_model.safetensors` with the keys of one wrapped model, and `adapter_config.json`. */
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type SafetensorsFile, type TensorData, writeSafetensors } from '../../../engine/descriptors.ts'
import { writeAtomically } from '../../../files/atomic.ts'
import { type AdapterPart, invalid, namesOf, type PairFormat } from '../format.ts'
import type { PairRecord } from '../record.ts'
import type { Target } from '../target.ts'
import { configAlpha, readLoraConfig, writeLoraConfig } from './lora-config.ts'
import { type Place, readPairs, toRecord, writePairs } from './pairs.ts'
import { textKey } from './text-keys.ts'

const PREFIX = 'base_model.model.'
/** Some versions keep the adapter's name. */
const KEY = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/

/** A file does not say which model it wraps: its folder's name does, or the part whose layer has its shape. */
function componentOf({ weights }: AdapterPart, target: Target): string {
  const components = [...new Set([...target.layers.values()].map(({ component }) => component))]
  const named = basename(dirname(weights.path))
  if (components.includes(named)) return named
  const [name = '', info] = [...weights.tensors].find(([one]) => KEY.exec(one)?.[2] === 'A') ?? []
  const key = textKey(KEY.exec(name)?.[1] ?? '')
  const fits = components.find(component => target.layers.get(`${component}.${key}`)?.in === info?.shape[1])
  return fits ?? components.find(component => target.layers.has(`${component}.${key}`)) ?? 'unet'
}

async function readPart(part: AdapterPart, target: Target): Promise<PairRecord[]> {
  if (!part.config) throw invalid('comes without its adapter_config.json, which has its alpha', 'Send that file too.')
  const config = readLoraConfig(part.config)
  const component = componentOf(part, target)
  const placeOf = (name: string): Place | undefined => {
    const [, key, letter] = KEY.exec(name) ?? []
    return key === undefined
      ? undefined
      : { path: `${component}.${textKey(key)}`, side: letter === 'A' ? 'down' : 'up' }
  }
  return readPairs(withoutTwins(part.weights), target, placeOf, ({ key }, rank) => configAlpha(config, key, rank))
}

/**
 * PEFT loads what has the very names of the model and says nothing of the rest. `CLIPTextModel` of transformers 5.6 and later has lost its
 * `text_model.`, so every tensor of the first text encoder stands in the file under both names; the second encoder has kept it.
 */
const bareName = (name: string): string => name.replace(`${PREFIX}text_model.`, PREFIX)

function withoutTwins(weights: SafetensorsFile): SafetensorsFile {
  const twins = new Set([...weights.tensors.keys()].filter(name => bareName(name) !== name).map(bareName))
  return { ...weights, tensors: new Map([...weights.tensors].filter(([name]) => !twins.has(name))) }
}

const withTwins = (tensors: ReadonlyMap<string, TensorData>): Map<string, TensorData> =>
  new Map([...tensors, ...[...tensors].map(([name, data]) => [bareName(name), data] as const)])

async function writePart(pairs: readonly PairRecord[], folder: string): Promise<void> {
  const [weights, config] = FILES
  const tensors = writePairs(pairs, ({ key }, side) => `${PREFIX}${key}.lora_${side === 'down' ? 'A' : 'B'}.weight`)
  await mkdir(folder, { recursive: true })
  const all = pairs[0]?.component === 'text_encoder' ? withTwins(tensors) : tensors
  await writeSafetensors(join(folder, weights), all, { format: 'pt' })
  const text = `${JSON.stringify(writeLoraConfig(pairs), null, 2)}\n`
  await writeAtomically(join(folder, config), file => file.writeFile(text))
}

const FILES = ['adapter_model.safetensors', 'adapter_config.json'] as const

export const peft: PairFormat = {
  name: 'peft',
  kind: 'pairs',
  title: 'Hugging Face PEFT (adapter_model.safetensors and adapter_config.json)',
  matches: source => namesOf(source).some(name => name.startsWith(PREFIX)),
  read: async ({ parts }, target) => {
    const pairs: PairRecord[] = []
    for (const part of parts) pairs.push(...(await readPart(part, target)))
    return toRecord(pairs)
  },
  /** The UNet's files in the folder itself, those of text encoders in folders of their names. */
  write: async ({ pairs }, _target, folder) => {
    const written: string[] = []
    for (const component of new Set(pairs.map(pair => pair.component))) {
      const place = component === 'unet' ? '' : component
      await writePart(
        pairs.filter(pair => pair.component === component),
        join(folder, place),
      )
      written.push(...FILES.map(name => join(place, name)))
    }
    return written
  },
}
