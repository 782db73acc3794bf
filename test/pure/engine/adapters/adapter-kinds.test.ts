import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { triggerWords } from '../../../../adapters-store/formats/trigger-words.ts'
import { describeAdapter } from '../../../../adapters-store/index.ts'
import { type TensorData, writeSafetensors } from '../../../../engine/descriptors.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-kinds-'))
afterAll(() => rm(folder, { recursive: true }))

let files = 0
async function describeNames(...names: string[]) {
  const path = join(folder, `${files++}.safetensors`)
  const one: TensorData = { dtype: 'F32', shape: [1], data: Float32Array.of(1) }
  await writeSafetensors(path, new Map(names.map(name => [name, one])))
  return describeAdapter(path)
}

const LAYER = 'lora_unet_mid_block_attentions_0_proj_in'
describe('kinds that are known and not read are told by name', () => {
  test.each([
    ['DoRA', `${LAYER}.dora_scale`],
    ['DoRA', 'base_model.model.mid_block.attentions.0.proj_in.lora_magnitude_vector.weight'],
    ['LoHa', `${LAYER}.hada_w1_a`],
    ['LoKr', `${LAYER}.lokr_w1`],
    ['Tucker', `${LAYER}.lora_mid.weight`],
    ['whole weight differences', `${LAYER}.diff`],
    ['normalisations', `${LAYER}.w_norm`],
    ['OFT', `${LAYER}.oft_blocks`],
    ['OFT', `${LAYER}.oft_diag`],
    ['IA3', `${LAYER}.on_input`],
    ['GLoRA', `${LAYER}.a1.weight`],
    ['LyCORIS', 'lycoris_mid_block_attentions_0_proj_in.lora_down.weight'],
    ['another architecture', 'lora_transformer_single_transformer_blocks_0_attn_to_q.lora_down.weight'],
    ['another architecture', 'lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight'],
    ['another architecture', 'lora_prior_unet_x.lora_down.weight'],
    ['another architecture', 'transformer.blocks.0.attn.to_q.lora_A.weight'],
    ['lora_diffusion', 'unet:0:up'],
    ['output embeddings', 'clip_l_out'],
  ])('%s: %s', async (kind, name) => {
    const pair = `${LAYER}.lora_down.weight`
    expect(await describeNames(name, pair)).toMatchObject({
      unread: expect.stringContaining(kind),
      next: expect.any(String),
    })
  })
})

test('a file of weights is no adapter', async () => {
  expect(await describeNames('conv_in.weight', 'conv_in.bias')).toBeUndefined()
})

test.each<[string, Record<string, string>, string[]]>([
  ['the phrase of the model specification', { 'modelspec.trigger_phrase': ' ohwx man ' }, ['ohwx man']],
  ['photo folders', { ss_dataset_dirs: '{"10_sks dog": {}, "1_dog": {}}' }, ['sks dog', 'dog']],
  ['the folders of tags', { ss_tag_frequency: '{"4_me": {"smile": 1}}' }, ['me']],
  ['nothing in notes that are no JSON', { ss_dataset_dirs: '{"10_sks', ss_tag_frequency: '[1]' }, []],
])('trigger words are %s', (_what, metadata, words) => expect(triggerWords(metadata)).toEqual(words))
