import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assertTensors,
  fingerprint,
  openModelFolder,
  openSafetensors,
  openWeights,
  type TensorData,
  writeSafetensors,
} from '../../../../engine/io/index.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'models-'))
})
afterAll(() => rm(scratch, { recursive: true }))

let folders = 0
async function newFolder(): Promise<string> {
  const folder = join(scratch, String(folders++))
  await mkdir(folder)
  return folder
}

const tensor = (...values: number[]): TensorData => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
})

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value))
}

const CLASSES = { unet: 'UNet2DConditionModel', vae: 'AutoencoderKL', text_encoder: 'CLIPTextModel' } as const
const baseNameOf = (part: string) => (part === 'text_encoder' ? 'model' : 'diffusion_pytorch_model')

/** A model of three networks with two small tensors each, in diffusers layout. */
async function writeModel(changes: Record<string, unknown> = {}): Promise<string> {
  const folder = await newFolder()
  const parts = Object.fromEntries(Object.entries(CLASSES).map(([part, name]) => [part, ['any', name]]))
  const index = {
    _class_name: 'StableDiffusionPipeline',
    ...parts,
    scheduler: ['diffusers', 'DDIMScheduler'],
    safety_checker: [null, null],
    feature_extractor: ['transformers', 'CLIPImageProcessor'],
  }
  await writeJson(join(folder, 'model_index.json'), { ...index, ...changes })
  for (const part of Object.keys(CLASSES)) {
    await mkdir(join(folder, part))
    await writeJson(join(folder, part, 'config.json'), { hidden_size: 8 })
    const tensors = new Map([
      [`${part}.b`, tensor(1, 2)],
      [`${part}.a`, tensor(3)],
    ])
    await writeSafetensors(join(folder, part, `${baseNameOf(part)}.safetensors`), tensors)
  }
  await mkdir(join(folder, 'scheduler'))
  await writeJson(join(folder, 'scheduler', 'scheduler_config.json'), { beta_start: 0.1 })
  return folder
}

describe('a model folder', () => {
  it('opens with every config, the weights by key and the scheduler', async () => {
    const folder = await writeModel()
    const model = await openModelFolder(folder)
    expect([...model.components.keys()].sort()).toEqual(['text_encoder', 'unet', 'vae'])
    expect(model.components.get('unet')).toMatchObject({ className: CLASSES.unet, config: { hidden_size: 8 } })
    expect(await model.components.get('vae')!.weights.readFloat32('vae.b')).toEqual(Float32Array.of(1, 2))
    expect(model.scheduler).toEqual({ _class_name: 'DDIMScheduler', beta_start: 0.1 })
  })

  it('of diffusers itself opens, with shapes and offsets', async () => {
    const tiny = join(import.meta.dirname, '../../../fixtures/tiny/sd1')
    const unet = (await openModelFolder(tiny)).components.get('unet')!
    expect(unet.weights.tensors.size).toBeGreaterThan(100)
    expect(unet.weights.tensors.get('conv_in.weight')).toMatchObject({ dtype: 'F32', shape: [16, 4, 3, 3] })
  })

  it.each<[string, (folder: string) => Promise<unknown>, string, RegExp]>([
    ['that is missing', f => rm(f, { recursive: true }), 'MODEL_NOT_FOUND', /does not exist/],
    ['without model_index.json', f => rm(join(f, 'model_index.json')), 'MODEL_INVALID', /not a diffusers model/],
    [
      'without a component folder',
      f => rm(join(f, 'vae'), { recursive: true }),
      'MODEL_NOT_FOUND',
      /vae does not exist/,
    ],
    ['without a config', f => rm(join(f, 'unet', 'config.json')), 'MODEL_NOT_FOUND', /unet\/config\.json is missing/],
    ['without weights', f => rm(join(f, 'text_encoder', 'model.safetensors')), 'MODEL_NOT_FOUND', /holds config\.json/],
    ['without a scheduler', f => rm(join(f, 'scheduler'), { recursive: true }), 'MODEL_NOT_FOUND', /scheduler_config/],
    ['with a broken config', f => writeFile(join(f, 'vae', 'config.json'), '[1]'), 'MODEL_INVALID', /JSON object/],
    [
      'of mixed parts',
      f => writeJson(join(f, 'vae', 'config.json'), { _class_name: 'VQModel' }),
      'MODEL_INVALID',
      /VQModel/,
    ],
  ])('%s is refused by name', async (_, change, code, message) => {
    const folder = await writeModel()
    await change(folder)
    await expect(openModelFolder(folder)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['an unknown pipeline', { _class_name: 'FluxPipeline' }, 'MODEL_UNSUPPORTED', /FluxPipeline is not supported/],
    ['an unknown network', { unet: ['diffusers', 'FluxTransformer'] }, 'MODEL_UNSUPPORTED', /FluxTransformer/],
    [
      'a part it lacks',
      { tokenizer: ['transformers', 'CLIPTokenizer'] },
      'MODEL_NOT_FOUND',
      /tokenizer does not exist/,
    ],
    ['no VAE', { vae: [null, null] }, 'MODEL_NOT_FOUND', /half a model: model_index.json lists no vae/],
    ['a path as part', { '../up': ['diffusers', 'AutoencoderKL'] }, 'MODEL_INVALID', /\.\.\/up/],
  ])('whose index names %s is refused', async (_, changes, code, message) => {
    await expect(openModelFolder(await writeModel(changes))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  it('tells which classes are supported', async () => {
    const folder = await writeModel({ _class_name: 'FluxPipeline' })
    await expect(openModelFolder(folder)).rejects.toMatchObject({
      next: expect.stringMatching(/StableDiffusionPipeline/),
    })
  })
})

describe('weights', () => {
  const index = (map: Record<string, unknown>) => ({ weight_map: map })

  it('come from the half-precision variant when it is the only one', async () => {
    const folder = await newFolder()
    await writeSafetensors(join(folder, 'model.fp16.safetensors'), new Map([['a', tensor(1)]]))
    expect((await openWeights(folder, 'model')).tensors.get('a')!.path).toMatch(/fp16/)
    await writeSafetensors(join(folder, 'model.safetensors'), new Map([['a', tensor(2)]]))
    expect(await (await openWeights(folder, 'model')).readFloat32('a')).toEqual(Float32Array.of(2))
  })

  it('come from every shard of an index, through the symbolic links of a download cache', async () => {
    const [folder, blobs] = [await newFolder(), await newFolder()]
    for (const [i, value] of [5, 6].entries()) {
      await writeSafetensors(join(blobs, `blob${i}`), new Map([[`t${i}`, tensor(value)]]))
      await symlink(join('..', blobs.split('/').pop()!, `blob${i}`), join(folder, `model-${i}.safetensors`))
    }
    const map = { t0: 'model-0.safetensors', t1: 'model-1.safetensors' }
    await writeJson(join(folder, 'model.safetensors.index.json'), index(map))
    const weights = await openWeights(folder, 'model')
    expect(await weights.readFloat32('t1')).toEqual(Float32Array.of(6))
    expect(weights.tensors.get('t0')!.path).toBe(join(folder, 'model-0.safetensors'))
  })

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['leaves the folder', { t: '../x.safetensors' }, 'MODEL_INVALID', /"\.\.\/x\.safetensors"/],
    [
      'leaves it in the middle',
      { t: 'a/../../x.safetensors' },
      'MODEL_INVALID',
      /not a safetensors file in its folder/,
    ],
    ['is absolute', { t: '/etc/x.safetensors' }, 'MODEL_INVALID', /not a safetensors file in its folder/],
    ['is no safetensors file', { t: 'model.bin' }, 'MODEL_INVALID', /"model\.bin"/],
    ['is no text', { t: 4 }, 'MODEL_INVALID', /the shard 4/],
    ['is missing', { t: 'gone.safetensors' }, 'FILE_INVALID', /gone\.safetensors does not exist/],
    ['lacks a tensor', { t: 'here.safetensors', u: 'here.safetensors' }, 'MODEL_INVALID', /1 tensors .* such as u/],
  ])('whose index names a shard that %s are refused', async (_, map, code, message) => {
    const folder = await newFolder()
    await writeSafetensors(join(folder, 'here.safetensors'), new Map([['t', tensor(1)]]))
    await writeJson(join(folder, 'model.safetensors.index.json'), index(map))
    await expect(openWeights(folder, 'model')).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('that are only pickled are refused with the command that converts them', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'pytorch_model.bin'), 'x')
    await expect(openWeights(folder, 'model')).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringMatching(/pytorch_model\.bin, a pickle/),
      next: expect.stringMatching(/save_file\(.*'model\.safetensors'\)/),
    })
  })
})

describe('holding tensors against what a network expects', () => {
  const expected = new Map([
    ['a', [1, 2]],
    ['b', [3]],
    ['c', []],
  ])
  const weights = (shapes: Record<string, number[]>) => ({
    tensors: new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }])),
  })

  it('passes equal tensors and ignores what it is told to', () => {
    assertTensors(expected, weights({ a: [1, 2], b: [3], c: [], position_ids: [1, 77] }), [/position_ids$/g])
  })

  it('names missing, unknown and misshapen tensors in one error', () => {
    const check = () => assertTensors(expected, weights({ a: [2, 1], d: [1], c: [] }), [], 'unet')
    expect(check).toThrowError(expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }))
    expect(check).toThrowError(
      'unet do not fit the network of 3 tensors: 1 missing (b); 1 unknown (d); 1 of another shape (a [2,1] instead of [1,2])',
    )
  })

  it('lists at most 20 of a kind and counts all', () => {
    const many = new Map(Array.from({ length: 45 }, (_, i) => [`t${String(i).padStart(2, '0')}`, [1]] as const))
    expect(() => assertTensors(many, weights({}))).toThrowError(/45 missing \(t00, .*t19, \.\.\.\)/)
  })
})

describe('the fingerprint', () => {
  it('depends on the content alone, not on folder, file order or sharding', async () => {
    const [one, two] = [await writeModel(), await writeModel({ _diffusers_version: '9' })]
    const first = await fingerprint(await openModelFolder(one))
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    const file = join(two, 'unet', 'diffusion_pytorch_model.safetensors')
    await writeSafetensors(join(two, 'unet', 'a.safetensors'), new Map([['unet.a', tensor(3)]]))
    await writeSafetensors(join(two, 'unet', 'b.safetensors'), new Map([['unet.b', tensor(1, 2)]]))
    const map = { 'unet.b': 'b.safetensors', 'unet.a': 'a.safetensors' }
    await writeJson(`${file}.index.json`, { weight_map: map })
    await rm(file)
    expect(await fingerprint(await openModelFolder(two))).toBe(first)
  })

  it('changes with one value, also when the folder was hashed before', async () => {
    const folder = await writeModel()
    const before = await fingerprint(await openModelFolder(folder))
    const file = join(folder, 'vae', 'diffusion_pytorch_model.safetensors')
    const bytes = await readFile(file)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(file, bytes)
    await utimes(file, new Date(), new Date(Date.now() + 5000))
    expect(await fingerprint(await openModelFolder(folder))).not.toBe(before)
  })

  it('changes with a name, a shape and a component', async () => {
    const seen = new Set([await fingerprint(await openModelFolder(await writeModel()))])
    const edits: Record<string, Map<string, TensorData>> = {
      name: new Map([
        ['vae.b', tensor(1, 2)],
        ['vae.z', tensor(3)],
      ]),
      shape: new Map([
        ['vae.b', { ...tensor(1, 2), shape: [1, 2] }],
        ['vae.a', tensor(3)],
      ]),
    }
    for (const tensors of Object.values(edits)) {
      const folder = await writeModel()
      await writeSafetensors(join(folder, 'vae', 'diffusion_pytorch_model.safetensors'), tensors)
      seen.add(await fingerprint(await openModelFolder(folder)))
    }
    expect(seen.size).toBe(3)
  })
})

describe('a whole folder copied', () => {
  it('keeps working after it is moved, because nothing is held open', async () => {
    const folder = await writeModel()
    const file = await openSafetensors(join(folder, 'vae', 'diffusion_pytorch_model.safetensors'))
    const moved = join(scratch, 'moved')
    await cp(folder, moved, { recursive: true })
    await rename(folder, `${folder}-gone`)
    await expect(file.read('vae.a')).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(/does not exist/),
    })
    expect((await openModelFolder(moved)).components.size).toBe(3)
    expect(await readdir(join(moved, 'vae'))).toHaveLength(2)
  })
})
