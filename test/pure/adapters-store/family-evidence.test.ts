/** What an adapter's own notes say of the model that it is for. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convertAdapter } from '../../../adapters-store/formats/convert.ts'
import { describeAdapter } from '../../../adapters-store/formats/describe.ts'
import { readAdapter, readRecord } from '../../../adapters-store/formats/index.ts'
import { openSource } from '../../../adapters-store/formats/source.ts'
import { openBase } from '../../../engine/base/base.ts'
import { writeSafetensors } from '../../../engine/descriptors.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const UNET = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q'
const TEXT = 'lora_te1_text_model_encoder_layers_0_self_attn_q_proj'
const PEFT = 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q'

/** @param layer a name and a width that several of our families have */
async function write(metadata: Record<string, string>, layer = UNET, config?: object): Promise<string> {
  const folder = join(await temporaryFolder(), 'adapter')
  await mkdir(folder)
  const path = join(folder, 'adapter_model.safetensors')
  const width = layer === TEXT ? 768 : layer === PEFT ? 640 : 320
  const of = (...shape: number[]) => ({ dtype: 'F32', shape, data: new Float32Array(width) }) as const
  const [down, up] = layer === PEFT ? ['lora_A', 'lora_B'] : ['lora_down', 'lora_up']
  const tensors = new Map([
    [`${layer}.${down}.weight`, of(1, width)],
    [`${layer}.${up}.weight`, of(width, 1)],
  ])
  await writeSafetensors(path, tensors, metadata)
  if (config) await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config))
  return path
}
const families = async (path: string) => (await readRecord(await openSource(path))).families

const FOREIGN: [string, string][] = [
  ['modelspec.architecture', 'flux-1-dev/lora'],
  ['modelspec.architecture', 'Flux.1-dev/lora'],
  ['modelspec.architecture', 'stable-diffusion-3-medium/lora'],
  ['modelspec.architecture', 'stable-diffusion-3.5-large/lora'],
  ['ss_base_model_version', 'flux1'],
  ['ss_base_model_version', 'sd3'],
  ['ss_base_model_version', 'sd3m'],
  ['ss_base_model_version', 'stable_cascade'],
  ['ss_base_model_version', 'lumina2'],
]

describe.each(FOREIGN)('a file whose %s is %s', (field, text) => {
  const refusal = {
    code: 'ADAPTER_INVALID',
    message: expect.stringContaining(`the file says it is for "${text}" (${field})`),
  }
  test.each([UNET, TEXT])('is refused by that name, though %s fits one of ours', async layer => {
    const path = await write({ [field]: text }, layer)
    await expect(families(path)).rejects.toMatchObject(refusal)
    expect(await describeAdapter(path)).toMatchObject({ kind: 'adapter', unread: refusal.message })
    const out = join(await temporaryFolder(), 'out.safetensors')
    await expect(convertAdapter(path, { to: 'kohya', out, family: 'sd1' })).rejects.toMatchObject(refusal)
  })
})

test('a base that is named does not make a foreign adapter ours', async () => {
  const base = await openBase(await writeTinyBase(join(await temporaryFolder(), 'base')))
  const path = await write({ ss_base_model_version: 'flux1' })
  await expect(readAdapter(path, base, { subject: '' })).rejects.toMatchObject({
    message: expect.stringContaining('the file says it is for "flux1"'),
  })
})

test.each([
  ['sd1', 'SD 1.5'],
  ['sd1', 'sd15'],
  ['sd1', 'sd_v1'],
  ['sd1', 'stable-diffusion-v1/lora'],
  ['sd2', 'SD 2.1'],
  ['sd2', 'sd_v2_768_v'],
  ['sd2', 'Stable Diffusion 2.1'],
  ['sd2', 'stable-diffusion-v2-768-v/lora'],
])('%s is what the note "%s" names', async (family, note) => {
  expect(await families(await write({ 'modelspec.architecture': note }))).toEqual([family])
  expect(await families(await write({ ss_base_model_version: note }))).toEqual([family])
})

test.each(['SDXL 1.0', 'sdxl_base_v1-0', 'stable-diffusion-xl-v1-base/lora', 'Stable Diffusion XL', 'SD XL'])(
  'sdxl is what the note "%s" names',
  async note => expect(await families(await write({ ss_base_model_version: note }, TEXT))).toEqual(['sdxl']),
)

describe('a configuration', () => {
  const named = (base: string) => write({}, PEFT, { r: 1, lora_alpha: 1, base_model_name_or_path: base })
  test('that names a foreign model is refused', async () => {
    await expect(families(await named('black-forest-labs/FLUX.1-dev'))).rejects.toMatchObject({
      message: expect.stringContaining('"black-forest-labs/FLUX.1-dev" (base_model_name_or_path)'),
    })
  })
  test.each(['/data/flux/checkpoint', 'cagliostrolab/animagine-xl-3.1', 'someone/illuminati', 'Lykon/dreamshaper-8'])(
    'of %s says nothing against ours',
    async base => expect(await families(await named(base))).toContain('sdxl'),
  )
})

describe('notes that contradict each other', () => {
  const notes = { ss_base_model_version: 'sd_v1', 'modelspec.architecture': 'stable-diffusion-xl-v1-base/lora' }
  test('are told, and the family is asked for', async () => {
    const path = await write(notes, TEXT)
    const told = expect.stringMatching(/contradict.*"sd_v1".*"stable-diffusion-xl-v1-base\/lora"/)
    const next = expect.stringMatching(/--family sd1 or --family sdxl.*--base/)
    await expect(families(path)).rejects.toMatchObject({ code: 'INPUT_INVALID', message: told, next })
    expect(await describeAdapter(path)).toMatchObject({ unread: told, next })
  })
  test('do not matter once it is named', async () => {
    const { families } = await readRecord(await openSource(await write(notes, TEXT)), undefined, 'sdxl')
    expect(families).toEqual(['sdxl'])
  })
})
