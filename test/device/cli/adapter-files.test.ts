import { mkdtempSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeRecord } from '../../../adapters-store/formats/index.ts'
import { publishedTargets } from '../../../adapters-store/formats/published.ts'
import {
  openBase,
  openSafetensors,
  saveAdapter,
  type TensorData,
  writeSafetensors,
} from '../../../engine/descriptors.ts'
import { drawTokens } from '../../../measures/engine/formats-roundtrip.ts'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { randomAdapter } from '../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'

const folder = mkdtempSync(join(tmpdir(), 'semblance-convert-'))
const FIXTURES = join(import.meta.dirname, '../../fixtures/adapters')
const KOHYA = join(FIXTURES, 'kohya/pytorch_lora_weights.safetensors')
const BASE = join(folder, 'base')
beforeAll(async () => void (await writeTinyBase(BASE)))
afterAll(() => rm(folder, { recursive: true }))

const call = async (...args: string[]) => {
  const { code, stdout } = await callCli([...args, '--json'])
  const lines = jsonLines(stdout)
  const warnings = lines.filter(({ event }) => event === 'warning').map(({ code: own }) => own)
  return { code, warnings, ...lines.at(-1) } as Record<string, unknown> & {
    error?: { code: string; message: string; next: string }
  }
}
const inspect = (...args: string[]) => call('inspect', ...args)
const convert = (path: string, to: string, out: string, ...more: string[]) =>
  call('convert', path, '--to', to, '--out', join(folder, out), ...more)

/** A kohya file for a published SDXL: two layers of it, with the notes of training. */
async function writeSdxl(path: string, metadata: Record<string, string> = {}): Promise<string> {
  const zeros = (...shape: number[]): TensorData => ({
    dtype: 'F16',
    shape,
    data: new Uint16Array(shape.reduce((a, b) => a * b, 1)),
  })
  const block = 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k'
  const text = 'lora_te2_text_model_encoder_layers_31_mlp_fc1'
  const tensors = new Map<string, TensorData>([
    [`${block}.lora_down.weight`, zeros(4, 2048)],
    [`${block}.lora_up.weight`, zeros(640, 4)],
    [`${block}.alpha`, { dtype: 'F32', shape: [], data: Float32Array.of(2) }],
    [`${text}.lora_down.weight`, zeros(8, 1280)],
    [`${text}.lora_up.weight`, zeros(5120, 8)],
  ])
  await writeSafetensors(path, tensors, metadata)
  return path
}

describe('inspect', () => {
  test('tells what an adapter of another program is', async () => {
    const notes = { ss_tag_frequency: '{"10_ohwx woman": {"smile": 3}}' }
    expect(await inspect(await writeSdxl(join(folder, 'xl.safetensors'), notes))).toMatchObject({
      code: 0,
      kind: 'adapter',
      family: 'sdxl',
      format: 'kohya-original',
      method: 'lora',
      rank: [4, 8],
      alpha: [2, 8],
      targets: { 'unet attention': 1, 'text_encoder_2 feed-forward': 1 },
      'trigger words': ['ohwx woman'],
      dtypes: 'F32, F16',
    })
  })
  test('of a model of its own size, when told its base', async () => {
    expect(await inspect(KOHYA, '--base', BASE)).toMatchObject({
      format: 'kohya',
      rank: [2, 4],
      alpha: 2.5,
      'trigger words': ['sks dog'],
      targets: { 'unet attention': 88, 'unet feed-forward': 22, 'unet projections': 22 },
    })
    expect(await inspect(KOHYA)).toMatchObject({ format: 'kohya', next: expect.stringContaining('--base') })
  })
  test('tells an embedding with its word, and the base model as before', async () => {
    const place = join(folder, 'words')
    await mkdir(place)
    const xl = publishedTargets().find(({ family }) => family === 'sdxl')!
    await writeRecord(drawTokens(xl, '<me>', 3, 1), 'embedding-diffusers', xl, place)
    expect(await inspect(place)).toMatchObject({
      family: 'sdxl',
      method: 'textual-inversion',
      rows: 3,
      targets: { text_encoder: 768, text_encoder_2: 1280 },
      'trigger words': ['<me>'],
    })
    expect(await inspect(BASE)).toMatchObject({ kind: 'base model' })
  })
  test('tells ours without its base, and a kind that is not read by its name', async () => {
    const path = join(folder, 'own.safetensors')
    await saveAdapter(path, randomAdapter(await openBase(BASE), 1))
    expect(await inspect(path)).toMatchObject({
      format: 'semblance',
      method: 'lora',
      rank: 2,
      'trigger words': ['sks'],
    })
    expect(await inspect(join(FIXTURES, 'dora'))).toMatchObject({
      kind: 'adapter',
      unread: expect.stringContaining('DoRA'),
    })
  })
  test('prints a table, and JSON only when asked', async () => {
    const { stdout } = await callCli(['inspect', BASE])
    expect(stdout).toMatch(/^kind +base model$/m)
    expect(stdout).toMatch(/^components\n {2}unet +\d+ parameters/m)
    expect(stdout).not.toContain('{')
  })
  test('calls a text file one', async () => {
    const path = join(folder, 'caption.txt')
    await writeFile(path, 'a photo of my cat')
    expect((await inspect(path)).error?.message).toContain('is a text file')
    expect((await inspect(KOHYA, '--base', path)).error?.message).toContain('is a text file')
  })
})

describe('convert', () => {
  test('writes what the other program reads, alphas and types kept', async () => {
    const path = await writeSdxl(join(folder, 'xl2.safetensors'))
    expect(await convert(path, 'diffusers', 'diffusers', '--exact')).toMatchObject({
      code: 0,
      from: 'kohya-original',
      family: 'sdxl',
    })
    expect(await convert(join(folder, 'diffusers'), 'kohya', 'back.safetensors')).toMatchObject({ code: 0 })
    const { tensors } = await openSafetensors(join(folder, 'back.safetensors'))
    const name = 'lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k'
    expect(tensors.get(`${name}.lora_down.weight`)).toMatchObject({ dtype: 'F16', shape: [4, 2048] })
    expect((await (await openSafetensors(join(folder, 'back.safetensors'))).readFloat32(`${name}.alpha`))[0]).toBe(2)
  })
  test('PEFT gets a folder for each part of the model, and is read from there', async () => {
    const path = await writeSdxl(join(folder, 'xl3.safetensors'))
    await convert(path, 'peft', 'peft')
    expect((await readdir(join(folder, 'peft'), { recursive: true })).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'text_encoder_2',
      'text_encoder_2/adapter_config.json',
      'text_encoder_2/adapter_model.safetensors',
    ])
    expect(await convert(join(folder, 'peft'), 'kohya-original', 'again.safetensors')).toMatchObject({ code: 0 })
    const again = await openSafetensors(join(folder, 'again.safetensors'))
    const first = await openSafetensors(path)
    for (const [name, { dtype, shape }] of first.tensors) {
      expect(again.tensors.get(name)).toMatchObject({ dtype, shape })
      expect(await again.read(name)).toEqual(await first.read(name))
    }
    expect((await convert(path, 'peft', 'x.safetensors')).error).toMatchObject({
      code: 'INPUT_INVALID',
      next: 'Name a folder.',
    })
  })
  test('to our own format it needs the base; then the adapter draws', async () => {
    expect((await convert(await writeSdxl(join(folder, 'xl4.safetensors')), 'semblance', 'o')).error?.next).toContain(
      '--base',
    )
    const made = await convert(KOHYA, 'semblance', 'ours.safetensors', '--base', BASE)
    expect(made).toMatchObject({ code: 0, files: [join(folder, 'ours.safetensors')] })
    const { metadata } = await openSafetensors(join(folder, 'ours.safetensors'))
    expect(JSON.parse(metadata.semblance!)).toMatchObject({ subject: 'sks dog', scale: 2.5 / 4 })
  })
  test('ours without its base says which that is, and how to name it; a mismatch says so, too', async () => {
    const path = join(folder, 'own-2.safetensors')
    const base = await openBase(BASE)
    const adapter = randomAdapter(base, 1)
    const manifest = { ...adapter.manifest, base: await base.fingerprint() }
    await saveAdapter(path, { ...adapter, manifest })
    const fingerprint = manifest.base.slice(0, 12)
    expect((await convert(path, 'kohya', 'own-kohya')).error).toMatchObject({
      message: expect.stringContaining(fingerprint),
      next: expect.stringContaining('--base FOLDER'),
    })
    const other = await writeTinyBase(join(folder, 'other'), 'sd2')
    const draw = ['generate', '--base', other, '--prompt', 'sks', '--out', join(folder, 'x.png'), '--adapter', path]
    expect((await call(...draw)).error).toMatchObject({
      code: 'ADAPTER_MISMATCH',
      message: expect.stringContaining(fingerprint),
      next: expect.stringContaining('--base FOLDER'),
    })
  })
  test('scales that some readers miss are multiplied into the values, and said; --exact keeps them', async () => {
    const { warnings, files } = await convert(KOHYA, 'diffusers', 'folded', '--base', BASE)
    expect(warnings).toEqual(['SCALE_FOLDED'])
    const { metadata } = await openSafetensors((files as string[])[0]!)
    expect(metadata.lora_adapter_metadata).toBeUndefined()
    const exact = await convert(KOHYA, 'diffusers', 'exact', '--base', BASE, '--exact')
    expect(exact.warnings).toEqual([])
    expect((await openSafetensors((exact.files as string[])[0]!)).metadata.lora_adapter_metadata).toContain('2.5')
  })
  test('a LoRA with its words is one file, or two', async () => {
    const path = join(FIXTURES, '../cases/04-bundled-embedding/in.safetensors')
    expect((await convert(path, 'kohya', 'bundle.safetensors')).files).toHaveLength(1)
    expect((await convert(path, 'kohya', 'split', '--split')).files).toHaveLength(2)
    expect((await convert(path, 'embedding-sdxl', 'word')).error).toMatchObject({ code: 'INPUT_INVALID' })
  })
  test('pairs are no embedding, and old diffusers has no names for feed-forward layers', async () => {
    expect((await convert(KOHYA, 'embedding-webui', 'e', '--base', BASE)).error).toMatchObject({
      code: 'INPUT_INVALID',
    })
    const { error } = await convert(KOHYA, 'diffusers-old', 'e', '--base', BASE)
    expect(error?.message).toMatch(/no names for 44 layers.*ff\.net|proj_in/)
    expect(await readdir(folder)).not.toContain('e')
  })
  test('values that are not numbers are refused by name, and nothing is written', async () => {
    const file = await openSafetensors(KOHYA)
    const tensors = new Map<string, TensorData>()
    for (const [name, { dtype, shape }] of file.tensors)
      tensors.set(name, { dtype, shape, data: await file.read(name) })
    const [name, tensor] = [...tensors].find(([key]) => key.endsWith('lora_up.weight'))!
    const data = new Uint8Array(tensor.data.byteLength).fill(0xff)
    const path = join(folder, 'nan.safetensors')
    await writeSafetensors(path, tensors.set(name, { ...tensor, data }), file.metadata)
    const { error } = await convert(path, 'peft', 'from-nan', '--base', BASE)
    expect(error).toMatchObject({ code: 'ADAPTER_INVALID', message: expect.stringContaining('not numbers') })
    await expect(readdir(join(folder, 'from-nan'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('every key must fit: the rest is listed, and nothing is written', async () => {
    const path = join(folder, 'odd.safetensors')
    const file = await openSafetensors(KOHYA)
    const tensors = new Map<string, TensorData>()
    for (const [name, { dtype, shape }] of file.tensors)
      tensors.set(name, { dtype, shape, data: await file.read(name) })
    tensors.set('lora_unet_nowhere.alpha', { dtype: 'F32', shape: [], data: Float32Array.of(1) })
    await writeSafetensors(path, tensors)
    const { error } = await convert(path, 'peft', 'odd', '--base', BASE)
    expect(error).toMatchObject({
      code: 'ADAPTER_INVALID',
      message: expect.stringContaining('lora_unet_nowhere.alpha'),
    })
    expect(await readdir(folder)).not.toContain('odd')
  })
  test.each([
    ['embedding.pt', 'PK\x03\x04rest'],
    ['renamed.safetensors', '\x80\x02}q\x00X\x06\x00\x00\x00string'],
  ])('a pickle is refused with the command that converts it: %s', async (name, content) => {
    const path = join(folder, name)
    await writeFile(path, content, 'latin1')
    const { error } = await convert(path, 'embedding-webui', 'p')
    expect(error).toMatchObject({ code: 'ADAPTER_INVALID', message: expect.stringContaining('pickle') })
    expect(error?.next).toContain('weights_only=True')
  })
})

test("another program's adapter is drawn with as it is", async () => {
  const base = await openBase(BASE)
  const [own, kohya] = [join(folder, 'drawn-own.safetensors'), join(folder, 'drawn-kohya.safetensors')]
  await saveAdapter(own, randomAdapter(base, 7, { fingerprint: await base.fingerprint() }))
  expect(await convert(own, 'kohya', 'drawn-kohya.safetensors', '--base', BASE)).toMatchObject({ code: 0 })
  const draw = async (adapter: string) => {
    const out = join(folder, 'drawn.png')
    const request = ['--prompt', 'sks dog', '--steps', '2', '--threads', '1', '--out', out, '--force']
    expect(await call('generate', '--base', BASE, '--adapter', adapter, ...request)).toMatchObject({ code: 0 })
    return readFile(out)
  }
  expect(await draw(kohya)).toEqual(await draw(own))
})
