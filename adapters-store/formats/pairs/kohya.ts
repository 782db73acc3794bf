/** kohya's sd-scripts, and all that followed them: flat names, an alpha beside every pair, training notes in the metadata. */
import { join } from 'node:path'
import { type TensorData, writeSafetensors } from '../../../engine/descriptors.ts'
import { namesOf, notRepresentable, type PairFormat } from '../format.ts'
import type { LowRankRecord, PairRecord, TokenRows } from '../record.ts'
import type { Target } from '../target.ts'
import { embeddingSdxl } from '../tokens/sdxl.ts'
import { embeddingWebui } from '../tokens/webui.ts'
import { triggerWords } from '../trigger-words.ts'
import { type BlockNames, kohyaNames, kohyaTable } from './kohya-names.ts'
import { alphaTensor, mostCommon, type Place, readPairs, toRecord, writePairs } from './pairs.ts'

const KEY = /^(lora_(?:unet|te\d?|clip_[lg])_.+?)\.(?:lora_(down|up)\.weight|(alpha))$/
const ORIGINAL = /^lora_unet_(input_blocks|middle_block|output_blocks|time_embed_|label_emb|out_2)/

async function read({ parts }: Parameters<PairFormat['read']>[0], target: Target): Promise<LowRankRecord> {
  const table = kohyaTable(target)
  const placeOf = (name: string): Place | undefined => {
    const [, module = '', side, alpha] = KEY.exec(name) ?? []
    const path = table.get(module)
    return path === undefined ? undefined : { path, side: (side ?? alpha) as Place['side'] }
  }
  const pairs: PairRecord[] = []
  for (const { weights } of parts) pairs.push(...(await readPairs(weights, target, placeOf)))
  return toRecord(pairs, { subject: parts.flatMap(({ weights }) => triggerWords(weights.metadata))[0] })
}

/** What loaders look at, and the words to say. */
function notes({ pairs, subject }: LowRankRecord, { family }: Target): Record<string, string> {
  const version = { sd1: 'sd_v1', sd2: 'sd_v2', sdxl: 'sdxl_base_v1-0' }[family]
  return {
    ss_network_module: 'networks.lora',
    ss_network_dim: String(mostCommon(pairs.map(({ rank }) => rank))),
    ss_network_alpha: String(mostCommon(pairs.map(({ alpha }) => alpha))),
    ...(version ? { ss_base_model_version: version, ss_v2: family === 'sd2' ? 'True' : 'False' } : {}),
    ...(subject ? { 'modelspec.trigger_phrase': subject } : {}),
  }
}

const makeKohya = (name: string, title: string, blocks: BlockNames): PairFormat => ({
  name,
  kind: 'pairs',
  title,
  matches: source => {
    const names = namesOf(source)
    return names.some(one => KEY.test(one)) && names.some(one => ORIGINAL.test(one)) === (blocks === 'original')
  },
  // diffusers loses all but one of each part of the model.
  readAlphas: 'one',
  bundles: true,
  wordFormat: ({ vectors }) => (vectors.size > 1 ? embeddingSdxl : embeddingWebui),
  missed: { by: 'diffusers', layers: /^unet\.(conv_in|conv_out|time_embedding|add_embedding)\b/ },
  fits: target => blocks === 'diffusers' || target.widths.size > 1,
  read,
  write: async (record, target, folder) => {
    if (blocks === 'original' && target.widths.size < 2)
      throw notRepresentable(name, `is one of SDXL, not of ${target.family}`, 'Use kohya.')
    const nameOf = kohyaNames(target, blocks)
    const tensors = writePairs(record.pairs, (pair, side) => `${nameOf(pair)}.lora_${side}.weight`)
    for (const pair of record.pairs) tensors.set(`${nameOf(pair)}.alpha`, alphaTensor(pair.alpha))
    for (const word of record.words ?? []) putWord(tensors, word)
    await writeSafetensors(join(folder, FILE), tensors, notes(record, target))
    return [FILE]
  },
})

/** As OneTrainer and the web UIs bundle a word, by the number of text encoders. */
function putWord(tensors: Map<string, TensorData>, { placeholder, vectors }: TokenRows): void {
  const names = vectors.size > 1 ? ['clip_l', 'clip_g'] : ['emb_params']
  for (const [i, rows] of [...vectors.values()].entries()) tensors.set(`bundle_emb.${placeholder}.${names[i]}`, rows)
}

const FILE = 'lora.safetensors'

export const kohya = makeKohya('kohya', "kohya's sd-scripts (lora_unet_down_blocks_...)", 'diffusers')
export const kohyaOriginal = makeKohya(
  'kohya-original',
  "kohya's sd-scripts for SDXL, with the blocks of the original UNet (lora_unet_input_blocks_...)",
  'original',
)
