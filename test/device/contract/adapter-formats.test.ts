import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { exactAlpha } from '../../../adapters-store/formats/pairs/lora-config.ts'
import { FORMATS, readAdapter, writeAdapter } from '../../../adapters-store/index.ts'
import {
  type Adapter,
  downName,
  downShape,
  moduleName,
  openBase,
  openSafetensors,
  type TensorData,
  upName,
  writeSafetensors,
} from '../../../engine/descriptors.ts'
import { elements } from '../../../engine/graph/graph.ts'
import { normals } from '../../../engine/noise.ts'
import type { JsonObject } from '../../../files/json.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-formats-'))
/** SDXL, for which every dialect has names; and the base of the libraries' files. */
const base = await openBase(await writeTinyBase(join(folder, 'base'), 'sdxl'))
const small = await openBase(await writeTinyBase(join(folder, 'small')))
afterAll(() => rm(folder, { recursive: true }))

type Holds = (layer: { component: string; key: string }) => boolean

/** Pairs on attention, feed-forward, projections and convolutions, of several ranks and scales. */
async function draw(holds: Holds, alphas?: readonly number[] | 'ranks'): Promise<Adapter> {
  const chosen = base.layers.adaptable.filter(
    layer => layer.component === 'unet' && /attn2|proj_in|ff\.net|\.conv/.test(layer.key) && holds(layer),
  )
  const modules = chosen.map((layer, i) => ({ ...layer, rank: 1 + (i % 3) }))
  const own = alphas === 'ranks' ? undefined : alphas
  const scales = own && Object.fromEntries(modules.map((module, i) => [moduleName(module), own[i % 4]! / module.rank]))
  const tensors = new Map<string, Float32Array>()
  modules.forEach((module, i) => {
    tensors.set(downName(module), normals(1, i, elements(downShape(module))))
    tensors.set(upName(module), normals(2, i, module.rank * module.out))
  })
  const manifest: Adapter['manifest'] = {
    format: 'semblance-adapter-1',
    engine: '1',
    method: 'lora',
    base: await base.fingerprint(),
    subject: 'sks dog',
    scale: alphas === 'ranks' ? 1 : 0.7 / 3,
    ...(scales ? { scales } : {}),
    options: {},
    training: {},
  }
  return { manifest, modules, scale: manifest.scale, tensors }
}

const ALPHAS = [0.1, 7, 0.7, 2.5]
const PAIRS = Object.entries(FORMATS).flatMap(([name, format]) =>
  format.kind === 'pairs' ? [[name, format] as const] : [],
)
const CASES = await Promise.all(
  PAIRS.map(async ([name, format]) => {
    const holds: Holds = layer => format.holds?.(layer) ?? true
    const [some, others] = format.alphas === false ? (['ranks', 'ranks'] as const) : ([undefined, ALPHAS] as const)
    return { name, uniform: await draw(holds, some), varied: await draw(holds, others), format }
  }),
)
const scaleOf = ({ manifest, scale }: Adapter, name: string) => manifest.scales?.[name] ?? scale

async function json(path: string): Promise<JsonObject | undefined> {
  return readFile(path, 'utf8').then(
    text => JSON.parse(text) as JsonObject,
    () => undefined,
  )
}

/** Reads what was written: the safetensors file, with the configuration beside it. */
const readFolder = async (place: string, names: readonly string[], on = base) =>
  readAdapter(join(place, names.find(name => name.endsWith('.safetensors'))!), on, {
    subject: 'sks dog',
    config: await json(join(place, 'adapter_config.json')),
  })

let places = 0
async function write(adapter: Adapter, format: string) {
  const place = join(folder, `out-${places++}`)
  await mkdir(place)
  return { place, names: await writeAdapter(adapter, format, base, place, { exact: true }) }
}

describe.each(CASES)('format $name', ({ name, format, uniform, varied }) => {
  test('is registered under its own name', () => expect(format.name).toBe(name))

  test.each([
    ['one scale', uniform],
    ['a scale for each layer', varied],
  ])('gives back an adapter with %s exactly', async (_what, adapter) => {
    const { place, names } = await write(adapter, name)
    const read = await readFolder(place, names)
    expect(read.format).toBe(name)
    expect(read.adapter.modules).toEqual(adapter.modules)
    expect(read.adapter.tensors).toEqual(adapter.tensors)
    for (const module of adapter.modules)
      expect(scaleOf(read.adapter, moduleName(module))).toBe(scaleOf(adapter, moduleName(module)))
    expect(read.adapter.manifest).toMatchObject({ base: adapter.manifest.base, subject: 'sks dog', method: 'lora' })
  })

  test('written again from what was read, the files are the same bytes', async () => {
    const first = await write(varied, name)
    const second = await write((await readFolder(first.place, first.names)).adapter, name)
    for (const file of first.names)
      expect(await readFile(join(second.place, file))).toEqual(await readFile(join(first.place, file)))
  })

  type Tensors = Map<string, TensorData>
  const first = (tensors: Tensors) => [...tensors].filter(([, { shape }]) => shape.length > 0)[3]![0]
  const CHANGES: Record<string, (tensors: Tensors) => void> = {
    'a tensor is missing': tensors => void tensors.delete(first(tensors)),
    'a tensor has another name': tensors => {
      const name = first(tensors)
      const data = tensors.get(name)!
      tensors.delete(name)
      tensors.set(name.replace(/_blocks?([._])\d/, '_blocks$19'), data)
    },
    'there is one tensor more': tensors =>
      void tensors.set('unet.extra', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }),
    'a tensor has another shape': tensors => {
      const [key, data] = [...tensors].find(([, { shape }]) => shape.length > 1 && shape[0] !== shape[1])!
      tensors.set(key, { ...data, shape: [...data.shape].reverse() })
    },
    'a value is no number': tensors => {
      const [key, { shape, data }] = [...tensors].find(([, tensor]) => tensor.shape.length > 0)!
      const values = new Float32Array(data.buffer.slice(0))
      values[0] = Number.NaN
      tensors.set(key, { dtype: 'F32', shape, data: values })
    },
    'there is nothing in it': tensors => tensors.clear(),
  }
  test.each(Object.keys(CHANGES))('is refused when %s', async what => {
    const { place, names } = await write(uniform, name)
    const path = join(place, names.find(file => file.endsWith('.safetensors'))!)
    const file = await openSafetensors(path)
    const tensors: Tensors = new Map()
    for (const [key, { dtype, shape }] of file.tensors)
      tensors.set(key, { dtype, shape, data: (await file.read(key)).slice() })
    CHANGES[what]!(tensors)
    await writeSafetensors(path, tensors, file.metadata)
    await expect(readFolder(place, names)).rejects.toMatchObject({ code: 'ADAPTER_INVALID', next: expect.any(String) })
  })
})

describe('files of the peft and diffusers libraries', () => {
  const FIXTURES = join(import.meta.dirname, '../../fixtures/adapters')
  const read = (name: string) =>
    readFolder(
      join(FIXTURES, name),
      [
        name.includes('-') || ['diffusers', 'plain'].includes(name)
          ? 'pytorch_lora_weights.safetensors'
          : 'adapter_model.safetensors',
      ],
      small,
    )

  test('ranks and alphas by pattern are those of the library', async () => {
    const { adapter, format } = await read('peft')
    expect(format).toBe('peft')
    const found = Object.fromEntries(
      adapter.modules.map(module => [module.key, [module.rank, scaleOf(adapter, moduleName(module))]]),
    )
    const block = 'mid_block.attentions.0.transformer_blocks.0'
    expect(found[`${block}.attn1.to_q`]).toEqual([1, 7])
    expect(found[`${block}.attn1.to_k`]).toEqual([3, 7 / 3])
    expect(found[`${block}.attn2.to_k`]).toEqual([5, 0.5])
    expect(found[`${block}.attn1.to_out.0`]).toEqual([3, 0.3 / 3])
    expect(found['mid_block.attentions.0.proj_in']).toEqual([3, 7 / 3])
    expect(adapter.modules).toHaveLength(132)
  })
  test('rank-stabilised scales and half precision are kept exactly', async () => {
    const { adapter } = await read('rslora')
    expect(adapter.scale).toBe(3 / Math.sqrt(5))
    expect(adapter.modules).toMatchObject([{ rank: 5 }])
  })
  test('the metadata of diffusers gives the alphas; without it the scale is 1', async () => {
    expect((await read('diffusers')).adapter).toMatchObject({ scale: 1.5 })
    expect((await read('plain')).adapter).toMatchObject({ scale: 1, manifest: { subject: 'sks dog' } })
  })
  test.each([
    ['dora', 'is a DoRA'],
    ['loha', 'is a LoHa'],
    ['lokr', 'is a LoKr'],
    ['oft', 'is an OFT'],
    ['bias', 'changes biases'],
  ])('%s is refused by name', async (name, message) => {
    await expect(read(name)).rejects.toMatchObject({
      code: 'ADAPTER_INVALID',
      message: expect.stringContaining(message),
      next: expect.any(String),
    })
  })

  test('a LoCon is served with the kernels of its convolutions', async () => {
    const { adapter } = await read('locon')
    expect(Object.fromEntries(adapter.modules.map(({ key, kernel }) => [key, kernel]))).toEqual({
      conv_in: 3,
      'down_blocks.0.resnets.0.conv1': 3,
      'down_blocks.0.downsamplers.0.conv': 3,
      'mid_block.resnets.0.conv2': 3,
      'up_blocks.1.resnets.0.conv_shortcut': 1,
      'up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k': undefined,
      'up_blocks.1.upsamplers.0.conv': 3,
      conv_out: 3,
    })
  })

  test('pairs of the text encoder are served beside those of the UNet', async () => {
    const { adapter } = await read('text-encoder')
    expect([...new Set(adapter.modules.map(({ component }) => component))].sort()).toEqual(['text_encoder', 'unet'])
  })

  test('an embedding of another program is served as a word with its vectors', async () => {
    const place = join(folder, 'word')
    await mkdir(place)
    const rows = small.configs.texts[0]!.config.hidden_size
    const data = normals(5, 0, 3 * rows)
    const tensors = new Map([['emb_params', { dtype: 'F32' as const, shape: [3, rows], data }]])
    await writeSafetensors(join(place, 'me.safetensors'), tensors)
    const { adapter, format } = await readAdapter(join(place, 'me.safetensors'), small, { subject: '' })
    expect({ format, tokens: adapter.tokens }).toEqual({
      format: 'embedding-webui',
      tokens: { placeholder: 'me', embeddings: [{ component: 'text_encoder', count: 3, width: rows }] },
    })
    for (const to of ['semblance', 'embedding-semblance', 'embedding-webui']) {
      const names = await writeAdapter(adapter, to, small, place)
      const again = await readAdapter(join(place, names[0]!), small, { subject: '' })
      expect({ tokens: again.adapter.tokens, tensors: again.adapter.tensors }).toEqual({
        tokens: adapter.tokens,
        tensors: adapter.tensors,
      })
    }
  })

  const change = async (config: JsonObject) => {
    const place = join(folder, `changed-${places++}`)
    await cp(join(FIXTURES, 'peft'), place, { recursive: true })
    const own = await json(join(place, 'adapter_config.json'))
    return readAdapter(join(place, 'adapter_model.safetensors'), small, {
      subject: 'sks dog',
      config: { ...own, ...config },
    })
  }
  test.each<[string, JsonObject, string]>([
    ['another rank', { r: 4 }, 'its configuration says 4'],
    ['magnitudes', { use_dora: true }, 'is a DoRA'],
    ['another kind', { peft_type: 'LOHA' }, 'LOHA'],
    ['a changed base', { init_lora_weights: 'pissa_niter_4' }, 'pissa_niter_4'],
    ['whole modules', { modules_to_save: ['conv_in'] }, 'modules_to_save'],
    ['a field of the future', { use_something_new: 1 }, 'use_something_new'],
    ['a pattern that is a program', { alpha_pattern: { '(?P<a>x)(?P=a)': 2 } }, '(?P=a)'],
    ['an alpha that is none', { lora_alpha: 'much' }, 'lora_alpha'],
  ])('a configuration with %s is refused', async (_what, config, message) => {
    await expect(change(config)).rejects.toMatchObject({
      code: 'ADAPTER_INVALID',
      message: expect.stringContaining(message),
    })
  })
  test('without its configuration a PEFT file is refused, for its alpha is not known', async () => {
    const path = join(FIXTURES, 'peft/adapter_model.safetensors')
    await expect(readAdapter(path, small, { subject: 'sks dog' })).rejects.toMatchObject({
      message: expect.stringContaining('adapter_config.json'),
    })
  })
})

test('a file that is no adapter, and one whose header is too large, are refused', async () => {
  const path = join(folder, 'other.safetensors')
  await writeSafetensors(path, new Map([['x', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }]]))
  const read = () => readAdapter(path, base, { subject: 'x' })
  await expect(read()).rejects.toMatchObject({ code: 'ADAPTER_INVALID', message: expect.stringContaining('it has x') })
  await writeSafetensors(path, new Map(), { note: 'x'.repeat(17 * 2 ** 20) })
  await expect(read()).rejects.toMatchObject({ code: 'ADAPTER_INVALID', message: expect.stringContaining('header') })
})

test('the alpha that is written gives the scale back to the last bit', () => {
  const decimal = fc
    .tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 6 }))
    .map(([n, e]) => Number(`${n}e-${e}`))
  fc.assert(
    fc.property(
      decimal,
      fc.integer({ min: 1, max: 320 }),
      (alpha, rank) => exactAlpha(alpha / rank, rank) / rank === alpha / rank,
    ),
    { numRuns: 5000 },
  )
  fc.assert(
    fc.property(decimal, fc.integer({ min: 1, max: 320 }), (alpha, rank) => exactAlpha(alpha / rank, rank) === alpha),
    { numRuns: 5000 },
  )
})
