/** Adapter files as strangers write them: each is read with the scales and layers that its maker meant. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convertAdapter } from '../../../adapters-store/formats/convert.ts'
import { readRecord } from '../../../adapters-store/formats/index.ts'
import type { LowRankRecord } from '../../../adapters-store/formats/record.ts'
import { openPart, openSource } from '../../../adapters-store/formats/source.ts'
import { openSafetensors, writeSafetensors } from '../../../engine/descriptors.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const CASES = join(import.meta.dirname, '../../fixtures/cases')

async function read(path: string) {
  const { record, format, target } = await readRecord(await openSource(join(CASES, path)))
  const { pairs } = record as LowRankRecord
  const scales = Object.fromEntries(
    pairs.map(({ component, key, alpha, rank }) => [`${component}.${key}`, alpha / rank]),
  )
  return { pairs, scales, format, family: target.family }
}
const valuesOf = async (path: string) => Object.values((await read(path)).scales)

test('mixed ranks without an alpha: every scale is 1', async () => {
  expect(await valuesOf('01-mixed-rank-no-alpha/in.safetensors')).toEqual([1, 1, 1])
})

test("the projection of SDXL's second text encoder, and its added embedding", async () => {
  const { family, scales } = await read('02-te2-projection-label-emb/in.safetensors')
  expect(family).toBe('sdxl')
  expect(Object.keys(scales)).toEqual(
    expect.arrayContaining(['text_encoder_2.text_projection', 'unet.add_embedding.linear_1']),
  )
  expect(Object.values(scales).toSorted()).toEqual([0.5, 1, 2])
})

test("an adapter's own name inside the keys", async () => {
  const diffusers = await read('05-adapter-name-in-keys/diffusers.safetensors')
  expect(Object.values(diffusers.scales)).toEqual([1, 1])
  const peft = await read('05-adapter-name-in-keys/peft')
  expect(Object.values(peft.scales)).toEqual([2])
  expect(peft.format).toBe('peft')
})

test('several adapters in one file are named, not mixed', async () => {
  const path = join(await temporaryFolder(), 'two.safetensors')
  const one = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const
  const names = ['a', 'b'].map(name => [`unet.x.lora_A.${name}.weight`, one] as const)
  await writeSafetensors(path, new Map(names))
  await expect(openPart(path)).rejects.toMatchObject({ message: expect.stringContaining('several adapters: a, b') })
})

test('text encoders without `text_model.`', async () => {
  const kohya = await read('06-flat-clip-names/kohya.safetensors')
  expect(kohya.scales).toEqual({
    'text_encoder.text_model.encoder.layers.0.self_attn.q_proj': 0.5,
    'text_encoder.text_model.encoder.layers.5.mlp.fc1': 1,
  })
  expect(await valuesOf('06-flat-clip-names/diffusers.safetensors')).toEqual([1])
  expect(await valuesOf('06-flat-clip-names/peft')).toEqual([2])
})

test('Stable Diffusion 2 with large alphas and 1x1 kernels on linear projections', async () => {
  const { family, scales } = await read('07-sd2-alphas-proj/in.safetensors')
  expect(family).toBe('sd2')
  expect(Object.values(scales).toSorted((a, b) => a - b)).toEqual([0.5, 3, 30.75, 47])
})

test.each(['A-B', 'down-up'])("PEFT's wrapper inside the prefix, %s", async name => {
  expect((await read(`08-base-model-inside-prefix/${name}.safetensors`)).scales).toEqual({
    'unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q': 1,
  })
})

describe('storage types that no dialect writes', () => {
  test.each(['e4m3', 'e5m2', 'f64'])('%s holds the exact values', async name => {
    const { pairs, scales } = await read(`09-fp8-storage/${name}.safetensors`)
    expect(Object.values(scales)).toEqual([0.5])
    const exact = (count: number, modulus: number, middle: number) =>
      Float32Array.from({ length: count }, (_, i) => ((i % modulus) - middle) / 8)
    const values = pairs.flatMap(({ down, up }) => [down.data as Float32Array, up.data as Float32Array])
    const [down = new Float32Array(), up = new Float32Array()] = values
    expect(down).toEqual(exact(down.length, 17, 8))
    expect(up).toEqual(exact(up.length, 13, 6))
    expect(down.length * up.length).toBeGreaterThan(0)
  })
})

test.each(['a1111.pt', 'learned_embeds.bin'])('%s is called a pickle, with a way to convert it', async name => {
  const opening = openSource(join(CASES, '26-pickled-embedding', name))
  await expect(opening).rejects.toMatchObject({
    code: 'ADAPTER_INVALID',
    message: expect.stringContaining('is a pickle'),
    next: expect.stringContaining('python -c'),
  })
})

describe('the family of an adapter whose shapes fit several', () => {
  /** Self-attention alone: the same in Stable Diffusion 1 and 2. */
  async function write(metadata: Record<string, string> = {}, prefix = 'unet'): Promise<string> {
    const path = join(await temporaryFolder(), 'adapter.safetensors')
    const layer =
      prefix === 'unet'
        ? 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q'
        : `${prefix}_text_model_encoder_layers_0_self_attn_q_proj`
    const width = prefix === 'unet' ? 320 : 768
    const zeros = (...shape: number[]) =>
      ({ dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }) as const
    const tensors = new Map([
      [`${layer}.lora_down.weight`, zeros(1, width)],
      [`${layer}.lora_up.weight`, zeros(width, 1)],
    ])
    await writeSafetensors(path, tensors, metadata)
    return path
  }
  const families = async (path: string) => (await readRecord(await openSource(path))).families

  test('is what its notes say', async () => {
    expect(await families(await write({ ss_base_model_version: 'sd_v2' }))).toEqual(['sd2'])
    expect(await families(await write({ 'modelspec.architecture': 'stable-diffusion-v1/lora' }))).toEqual(['sd1'])
    expect(await families(await write({ ss_v2: 'True' }))).toEqual(['sd2'])
  })

  test('or its names: the text encoder of SDXL has a number', async () => {
    expect(await families(await write({}, 'lora_te1'))).toEqual(['sdxl'])
    expect(await families(await write({}, 'lora_te'))).toEqual(['sd1'])
  })

  test('else all that fit are named, and a conversion asks which', async () => {
    const path = await write()
    expect(await families(path)).toEqual(['sd1', 'sd2'])
    const out = join(await temporaryFolder(), 'out.safetensors')
    await expect(convertAdapter(path, { to: 'kohya', out })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('fits sd1 and sd2'),
      next: expect.stringContaining('--family'),
    })
    const { target } = await convertAdapter(path, { to: 'kohya', out, family: 'sd2' })
    expect(target.family).toBe('sd2')
    expect((await openSafetensors(out)).metadata).toMatchObject({ ss_v2: 'True' })
  })
})
