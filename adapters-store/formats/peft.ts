/** Hugging Face PEFT: `adapter_model.safetensors` with the keys of one wrapped model, and `adapter_config.json`. */
import { join } from 'node:path'
import { writeAtomically, writeSafetensors } from '../../engine/descriptors.ts'
import { type Format, invalid } from './format.ts'
import { configScale, readLoraConfig, writeLoraConfig } from './lora-config.ts'
import { exportPairs, importPairs, matchPairs, type Place, SERVED } from './pairs.ts'

const PREFIX = 'base_model.model.'
/** Some versions keep the adapter's name. */
const KEY = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/

function placeOf(name: string): Place | undefined {
  const [, key, letter] = KEY.exec(name) ?? []
  return key === undefined ? undefined : { path: `${SERVED}.${key}`, side: letter === 'A' ? 'down' : 'up' }
}

export const peft: Format = {
  name: 'peft',
  title: 'Hugging Face PEFT (adapter_model.safetensors and adapter_config.json)',
  matches: ({ weights }) => [...weights.tensors.keys()].some(name => name.startsWith(PREFIX)),
  read: async ({ weights, config: json }, base, imported) => {
    if (!json) throw invalid('comes without its adapter_config.json, which has its alpha', 'Send that file too.')
    const config = readLoraConfig(json)
    const scaleOf = (path: string, rank: number) => configScale(config, path.slice(SERVED.length + 1), rank)
    return importPairs(weights, matchPairs(weights, base, placeOf), base, { ...imported, format: 'peft', scaleOf })
  },
  write: async (adapter, base, folder) => {
    const letters = { down: 'A', up: 'B' } as const
    const pairs = exportPairs(adapter, base, ({ key }, side) => `${PREFIX}${key}.lora_${letters[side]}.weight`)
    const [weights, config] = ['adapter_model.safetensors', 'adapter_config.json']
    await writeSafetensors(join(folder, weights), pairs, { format: 'pt' })
    const text = `${JSON.stringify(writeLoraConfig(adapter), null, 2)}\n`
    await writeAtomically(join(folder, config), file => file.writeFile(text))
    return [weights, config]
  },
}
