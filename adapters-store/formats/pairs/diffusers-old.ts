/**
 * diffusers before PEFT: pairs of attention processors (`...attn1.processor.to_q_lora.down.weight`) and nothing else. Some files
 * have alphas, which are read; none is written, for diffusers itself passes over them.
 */
import { join } from 'node:path'
import { writeSafetensors } from '../../../engine/descriptors.ts'
import { namesOf, type PairFormat } from '../format.ts'
import type { PairRecord } from '../record.ts'
import { assertHeld, type Place, pathOf, readPairs, toRecord, writePairs } from './pairs.ts'
import { textKey } from './text-keys.ts'

/** The oldest files lack `unet.`. */
const KEY =
  /^(?:(unet|text_encoder(?:_2)?)\.)?(.+?)(?:\.processor)?\.to_(q|k|v|out)_lora\.(?:(down|up)\.weight|(alpha))$/

const UNET = { q: 'to_q', k: 'to_k', v: 'to_v', out: 'to_out.0' } as const
const TEXT = { q: 'q_proj', k: 'k_proj', v: 'v_proj', out: 'out_proj' } as const

function placeOf(name: string): Place | undefined {
  const [, component = 'unet', module, letter, side, alpha] = KEY.exec(name) ?? []
  if (module === undefined || letter === undefined) return undefined
  const last = (component === 'unet' ? UNET : TEXT)[letter as keyof typeof UNET]
  return { path: `${component}.${textKey(module)}.${last}`, side: (side ?? alpha) as Place['side'] }
}

const HELD = /^(unet\..+\.attn[12]\.to_(?:q|k|v|out\.0)|text_encoder(?:_2)?\..+\.self_attn\.(?:q|k|v|out)_proj)$/

/** What stands before `.down.weight`, `.up.weight` and `.alpha`. */
const moduleOf = (pair: PairRecord): string =>
  pathOf(pair)
    .replace(/\.to_(q|k|v|out)(\.0)?$/, '.processor.to_$1_lora')
    .replace(/\.(q|k|v|out)_proj$/, '.to_$1_lora')

export const diffusersOld: PairFormat = {
  name: 'diffusers-old',
  kind: 'pairs',
  title: 'diffusers before version 0.22 (attention processors)',
  matches: source => namesOf(source).some(name => placeOf(name)),
  alphas: false,
  readAlphas: 'none',
  holds: pair => HELD.test(pathOf(pair)),
  read: async ({ parts }, target) => {
    const pairs: PairRecord[] = []
    for (const { weights } of parts) pairs.push(...(await readPairs(weights, target, placeOf)))
    return toRecord(pairs)
  },
  write: async (record, _target, folder) => {
    assertHeld(diffusersOld, record)
    const { pairs } = record
    const tensors = writePairs(pairs, (pair, side) => `${moduleOf(pair)}.${side}.weight`)
    const name = 'pytorch_lora_weights.safetensors'
    await writeSafetensors(join(folder, name), tensors, { format: 'pt' })
    return [name]
  },
}
