/** Adapter files as strangers write them: each is read with the scales and layers that its maker meant. */
import { basename, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { convertAdapter } from '../../../adapters-store/formats/convert.ts'
import { describeAdapter } from '../../../adapters-store/formats/describe.ts'
import { readRecord } from '../../../adapters-store/formats/index.ts'
import type { LowRankRecord } from '../../../adapters-store/formats/record.ts'
import { openPart, openSource } from '../../../adapters-store/formats/source.ts'
import { openSafetensors, type TensorData, writeSafetensors } from '../../../engine/descriptors.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const CASES = join(import.meta.dirname, '../../fixtures/cases')

test('several adapters in one file are named, not mixed', async () => {
  const path = join(await temporaryFolder(), 'two.safetensors')
  const one = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const
  const names = ['a', 'b'].map(name => [`unet.x.lora_A.${name}.weight`, one] as const)
  await writeSafetensors(path, new Map(names))
  await expect(openPart(path)).rejects.toMatchObject({ message: expect.stringContaining('several adapters: a, b') })
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

describe('names with dots, as OneTrainer and ComfyUI write them', () => {
  const zeros = (...shape: number[]) =>
    ({ dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }) as const
  const SHAPES: Readonly<Record<string, readonly [number, number]>> = {
    'unet.up_blocks.1.attentions.2.transformer_blocks.0.attn2.to_k': [2048, 640],
    'unet.add_embedding.linear_2': [1280, 1280],
    'text_encoder.text_model.encoder.layers.3.self_attn.q_proj': [768, 768],
    'text_encoder_2.text_model.encoder.layers.3.mlp.fc1': [1280, 5120],
  }
  const PATHS = Object.keys(SHAPES)
  const [UNET, ADDED, FIRST, SECOND] = [
    ...['output_blocks.5.1.transformer_blocks.0.attn2.to_k', 'label_emb.0.2'],
    ...['text_model.encoder.layers.3.self_attn.q_proj', 'text_model.encoder.layers.3.mlp.fc1'],
  ] as [string, string, string, string]

  test.each([
    ['OneTrainer', [`unet.${UNET}`, `unet.${ADDED}`, `clip_l.${FIRST}`, `clip_g.${SECOND}`], ['down', 'up']],
    ['OneTrainer, sides of PEFT', [`unet.${UNET}`, `unet.${ADDED}`, `clip_l.${FIRST}`, `clip_g.${SECOND}`], ['A', 'B']],
    [
      'OneTrainer with the blocks of diffusers',
      [PATHS[0]!, PATHS[1]!, `te1.${FIRST}`, `te2.${SECOND}`].map(name => `lora_${name}`),
      ['down', 'up'],
    ],
    [
      'ComfyUI',
      [
        ...[`diffusion_model.${UNET}`, `diffusion_model.${ADDED}`],
        ...[`text_encoders.clip_l.transformer.${FIRST}`, `text_encoders.clip_g.transformer.${SECOND}`],
      ],
      ['down', 'up'],
    ],
    [
      'text encoders without text_model',
      [
        `unet.${UNET}`,
        `unet.${ADDED}`,
        `lora_te1_${FIRST.slice(11).replaceAll('.', '_')}`,
        `clip_g.${SECOND.slice(11)}`,
      ],
      ['down', 'up'],
    ],
  ])('%s', async (_program, names, [a, b]) => {
    const path = join(await temporaryFolder(), 'adapter.safetensors')
    const tensors = names.flatMap((name, i): [string, TensorData][] => {
      const [from, to] = Object.values(SHAPES)[i]!
      return [
        [`${name}.lora_${a}.weight`, zeros(2, from)],
        [`${name}.lora_${b}.weight`, zeros(to, 2)],
        [`${name}.alpha`, { dtype: 'F32', shape: [], data: Float32Array.of(1) }],
      ]
    })
    await writeSafetensors(path, new Map(tensors))
    const { record, families } = await readRecord(await openSource(path))
    expect(families).toEqual(['sdxl'])
    const found = (record as LowRankRecord).pairs.map(({ component, key, alpha }) => [`${component}.${key}`, alpha])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(PATHS.map(name => [name, 1])))
  })
})

describe('what does not fit is told by its kind', () => {
  const KEY = 'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k'
  const half = (...shape: number[]) =>
    ({ dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }) as const
  async function refusal(tensors: Record<string, ReturnType<typeof half>>) {
    const path = join(await temporaryFolder(), 'adapter.safetensors')
    await writeSafetensors(path, new Map(Object.entries(tensors)), { ss_base_model_version: 'sd_v1' })
    return expect(readRecord(await openSource(path))).rejects
  }
  test('names', async () => {
    const nowhere = { 'lora_unet_nowhere.lora_down.weight': half(1, 8), 'lora_unet_nowhere.lora_up.weight': half(8, 1) }
    await (await refusal(nowhere)).toMatchObject({
      message: expect.stringContaining('names are those of no layer of sd1: lora_unet_nowhere'),
      next: expect.not.stringContaining('another model'),
    })
  })
  test('halves', async () => {
    await (await refusal({ [`${KEY}.lora_down.weight`]: half(1, 768) })).toMatchObject({
      message: expect.stringContaining('without their other half'),
    })
  })
  test('shapes, which alone may mean another model', async () => {
    await (
      await refusal({ [`${KEY}.lora_down.weight`]: half(1, 1024), [`${KEY}.lora_up.weight`]: half(640, 1) })
    ).toMatchObject({
      message: expect.stringMatching(/1 pairs whose shapes fit no layer of sd1: .*\[1,1024\]/),
      next: expect.stringContaining('another model'),
    })
  })
})

describe('a LoRA with its words in one file', () => {
  const CASE = join(CASES, '04-bundled-embedding/in.safetensors')
  const bytes = ({ data }: TensorData) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  async function bundle(path: string) {
    const { record, families } = await readRecord(await openSource(path))
    const { pairs, words = [] } = record as LowRankRecord
    const [pair] = pairs
    const rows = words.map(({ placeholder, vectors }) => [
      placeholder,
      Object.fromEntries([...vectors].map(([component, { shape }]) => [component, shape])),
    ])
    return { families, scales: pairs.map(({ alpha, rank }) => alpha / rank), rows, pair, words }
  }
  const EXPECTED = {
    families: ['sdxl'],
    scales: [0.5],
    rows: [['mycat', { text_encoder: [2, 768], text_encoder_2: [2, 1280] }]],
  }

  test('is one adapter of both', async () => {
    expect(await bundle(CASE)).toMatchObject(EXPECTED)
    expect(await describeAdapter(CASE)).toMatchObject({
      family: 'sdxl',
      layers: 1,
      rows: { mycat: 2 },
      'trigger words': ['mycat'],
    })
  })

  test.each(['kohya', 'kohya-original'])('and is written as one again: %s', async to => {
    const out = join(await temporaryFolder(), 'one.safetensors')
    await convertAdapter(CASE, { to, out })
    const [first, again] = [await bundle(CASE), await bundle(out)]
    expect(again).toMatchObject(EXPECTED)
    for (const [component, rows] of first.words[0]!.vectors)
      expect(bytes(again.words[0]!.vectors.get(component)!)).toEqual(bytes(rows))
  })

  test.each([
    ['kohya', ['lora.safetensors', 'mycat.safetensors']],
    ['diffusers', ['pytorch_lora_weights.safetensors', 'learned_embeds.safetensors', 'learned_embeds_2.safetensors']],
  ])('or as files of each, which are one adapter when they lie together: %s', async (to, files) => {
    const out = await temporaryFolder()
    const written = await convertAdapter(CASE, { to, out, split: true })
    expect(written.files.map(path => basename(path)).toSorted()).toEqual(files.toSorted())
    for (const file of written.files) {
      const { tensors } = await openSafetensors(file)
      expect([...tensors.keys()].some(name => name.includes('bundle_emb'))).toBe(false)
    }
    // Its scale is multiplied into the values: older releases of diffusers read none.
    if (to === 'diffusers') expect(await bundle(out)).toMatchObject({ ...EXPECTED, scales: [1] })
    else expect((await readRecord(await openSource(join(out, 'mycat.safetensors')))).record.kind).toBe('tokens')
  })

  async function write(tensors: Record<string, TensorData>, name = 'adapter.safetensors', folder?: string) {
    const path = join(folder ?? (await temporaryFolder()), name)
    await writeSafetensors(path, new Map(Object.entries(tensors)))
    return path
  }
  const rows = (n: number, width: number): TensorData => ({
    dtype: 'F32',
    shape: [n, width],
    data: Float32Array.from({ length: n * width }, (_, i) => i / 64),
  })
  const PAIR = 'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k'
  const pair = (width: number) => ({
    [`${PAIR}.lora_down.weight`]: rows(1, width),
    [`${PAIR}.lora_up.weight`]: rows(640, 1),
  })

  test.each([
    ['emb_params', 'me'],
    ['string_to_param.*', 'me.v2'],
    ['clip_l', '<me>'],
  ])('for one text encoder, with rows called %s', async (name, word) => {
    expect(await bundle(await write({ ...pair(768), [`bundle_emb.${word}.${name}`]: rows(3, 768) }))).toMatchObject({
      families: ['sd1'],
      rows: [[word, { text_encoder: [3, 768] }]],
    })
  })

  test('pivotal tuning of diffusers has the rows in a file beside, and its words are <s0><s1>', async () => {
    const folder = await temporaryFolder()
    const key = 'unet.down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k'
    await write(
      { [`${key}.lora.down.weight`]: rows(1, 2048), [`${key}.lora.up.weight`]: rows(640, 1) },
      'pytorch_lora_weights.safetensors',
      folder,
    )
    await write({ text_encoders_0: rows(2, 768), text_encoders_1: rows(2, 1280) }, 'lora_emb.safetensors', folder)
    expect(await bundle(folder)).toMatchObject({ families: ['sdxl'], rows: [['<s0><s1>', EXPECTED.rows[0]![1]]] })
  })

  test('of several words each is split off; rows after the text encoder are refused by name', async () => {
    const words = { 'bundle_emb.a.emb_params': rows(1, 768), 'bundle_emb.b.emb_params': rows(2, 768) }
    const path = await write({ ...pair(768), ...words })
    expect((await bundle(path)).rows.map(([word]) => word)).toEqual(['a', 'b'])
    const out = await temporaryFolder()
    const { files } = await convertAdapter(path, { to: 'kohya', out, split: true })
    expect(files.map(file => relative(out, file))).toEqual(['lora.safetensors', 'a/a.safetensors', 'b/b.safetensors'])
    const after = await write({ ...pair(768), 'bundle_emb.a.clip_l_out': rows(1, 768) })
    await expect(openSource(after).then(source => readRecord(source))).rejects.toMatchObject({
      message: expect.stringContaining('output embeddings'),
    })
  })
})
