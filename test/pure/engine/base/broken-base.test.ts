import { mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openBase, openSafetensors } from '../../../../engine/index.ts'
import { type TensorData, writeSafetensors } from '../../../../engine/io/index.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

let folder: string
let base: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-broken-'))
  base = await writeTinyBase(join(folder, 'base'))
})
afterEach(() => rm(folder, { recursive: true }))

const UNET = 'unet/diffusion_pytorch_model.safetensors'

async function edit(file: string, change: Record<string, unknown>): Promise<void> {
  const path = join(base, file)
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }))
}

/** Rewrites the UNet's weights after `change` to the list of tensors. */
async function rewrite(change: (tensors: Map<string, TensorData>) => void): Promise<void> {
  const file = await openSafetensors(join(base, UNET))
  const tensors = new Map<string, TensorData>()
  for (const [name, { dtype, shape }] of file.tensors) tensors.set(name, { dtype, shape, data: await file.read(name) })
  change(tensors)
  await writeSafetensors(join(base, UNET), tensors)
}

/** Opening must fail with this code, name each of the things, and say what to do. */
async function expectRefusal(code: string, ...named: string[]): Promise<void> {
  const error = await openBase(base).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'AppError', code, next: expect.stringMatching(/\w/) })
  for (const name of named) expect((error as Error).message).toContain(name)
}

test('the tiny base opens as it is', async () => {
  expect((await openBase(base)).size).toBe(16)
})

test.each(['unet', 'vae', 'text_encoder', 'tokenizer', 'scheduler'])('without %s it is refused', async part => {
  await rm(join(base, part), { recursive: true })
  await expectRefusal('MODEL_NOT_FOUND', join(base, part))
})

test.each(['unet', 'vae', 'text_encoder'])('without the config of %s it is refused', async part => {
  await rm(join(base, part, 'config.json'))
  await expectRefusal('MODEL_NOT_FOUND', join(base, part, 'config.json'))
})

test('weights cut off are refused by file', async () => {
  await truncate(join(base, UNET), 100_000)
  await expectRefusal('FILE_INVALID', UNET)
})

test('weights that are only pickled are refused with the way to convert them', async () => {
  await rename(join(base, UNET), join(base, 'unet/diffusion_pytorch_model.bin'))
  await expectRefusal('MODEL_UNSUPPORTED', 'diffusion_pytorch_model.bin', 'pickle')
})

test('a missing, an unknown and a misshapen tensor are all named', async () => {
  await rewrite(tensors => {
    tensors.delete('conv_in.bias')
    tensors.set('conv_extra.bias', { dtype: 'F32', shape: [1], data: Float32Array.of(1) })
    tensors.set('conv_out.bias', { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) })
  })
  await expectRefusal('WEIGHTS_MISMATCH', 'conv_in.bias', 'conv_extra.bias', 'conv_out.bias [2] instead of [4]')
})

test('weights of integers are refused by tensor when they are used', async () => {
  await rewrite(tensors => {
    tensors.set('conv_in.bias', { dtype: 'I32', shape: [16], data: new Int32Array(16) })
  })
  const { locate } = await openBase(base)
  expect(() => locate('unet.conv_in.bias')).toThrow('conv_in.bias is stored as I32')
})

test.each([
  ['model_index.json', { _class_name: 'FluxPipeline' }, 'FluxPipeline'],
  ['model_index.json', { unet: ['diffusers', 'UNet3D'] }, 'UNet3D'],
  ['unet/config.json', { mid_block_type: 'UNetMidBlock2D' }, 'mid_block_type'],
  ['unet/config.json', { down_block_types: ['AttnDownBlock2D', 'DownBlock2D', 'DownBlock2D'] }, 'down_block_types'],
  ['unet/config.json', { act_fn: 'gelu' }, 'act_fn'],
  ['unet/config.json', { norm_num_groups: 7 }, 'cannot be built'],
  ['unet/config.json', { block_out_channels: [] }, 'block_out_channels'],
  ['unet/config.json', { attention_head_dim: 0 }, 'attention_head_dim'],
  ['text_encoder/config.json', { hidden_act: 'relu' }, 'hidden_act'],
  ['text_encoder/config.json', { num_attention_heads: 5 }, 'cannot be built'],
  ['unet/config.json', { cross_attention_dim: 64 }, 'texts of 64, not 48'],
  ['unet/config.json', { layers_per_block: 1e9 }, 'layers_per_block'],
  ['unet/config.json', { sample_size: 0.5 }, 'sample_size'],
  ['vae/config.json', { latent_channels: 1.5 }, 'latent_channels'],
  ['vae/config.json', { latent_channels: 8 }, 'latents of 4 channels, the VAE has 8'],
  ['scheduler/scheduler_config.json', { prediction_type: 'flow' }, 'flow'],
])('%s with %j is refused', async (file, change, named) => {
  await edit(file, change)
  await expect(openBase(base)).rejects.toMatchObject({
    name: 'AppError',
    code: expect.stringMatching(/^(MODEL_|WEIGHTS_)/),
    message: expect.stringContaining(named),
    next: expect.stringMatching(/\w/),
  })
})

test('a tokenizer with more tokens than the text encoder embeds is refused', async () => {
  await edit('tokenizer/vocab.json', { 'zebra</w>': 128 })
  await expectRefusal('MODEL_INVALID', 'tokenizer', '129 tokens', '128')
})

test.each(['model_index.json', 'unet/config.json', 'tokenizer/vocab.json'])(
  '%s of half a text is refused',
  async file => {
    await truncate(join(base, file), 40)
    await expect(openBase(base)).rejects.toMatchObject({ name: 'AppError', message: expect.stringContaining(file) })
  },
)
