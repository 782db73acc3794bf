/** The same model in every layout that downloads and exports come in draws the same image; other kinds of model are refused with the reason. */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { detect, openBase, openDevice, openPipeline, openSafetensors } from '../../../../engine/index.ts'
import { type Dtype, type TensorData, writeSafetensors } from '../../../../engine/io/index.ts'
import { callCli, jsonLines } from '../../../../measures/stage/cli-process.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../../stage/temporary-folder.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-layouts-'))
const device = openDevice({ threads: 1 })
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const UNET = 'unet/diffusion_pytorch_model.safetensors'
const VAE = 'vae/diffusion_pytorch_model.safetensors'
const TEXTS = ['text_encoder/model.safetensors', 'text_encoder_2/model.safetensors']
const FILES = [UNET, VAE, ...TEXTS]

type Tensors = Map<string, TensorData>

async function readTensors(path: string): Promise<Tensors> {
  const file = await openSafetensors(path)
  const tensors: Tensors = new Map()
  for (const [name, { dtype, shape }] of file.tensors) tensors.set(name, { dtype, shape, data: await file.read(name) })
  return tensors
}

let copies = 0
const copyBase = (): Promise<string> => writeTinyBase(join(folder, `sdxl-${copies++}`), 'sdxl')

async function edit(path: string, change: (tensors: Tensors) => Tensors): Promise<void> {
  await writeSafetensors(path, change(await readTensors(path)))
}

async function draw(path: string): Promise<Float32Array> {
  const pipeline = openPipeline(device, await openBase(path))
  const [image] = await pipeline.generate([{ prompt: 'a sks dog', negative: 'b', seed: 1, steps: 2, guidance: 3 }])
  await pipeline.close()
  return image?.pixels ?? new Float32Array()
}

/** Two bytes a value: the upper half of the float, or IEEE half precision; and what is left of the values. */
const HALVES = {
  BF16: (values: Float32Array) => {
    const words = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength))
    const halves = Uint16Array.from(words, word => word >>> 16)
    return { halves, kept: new Float32Array(Uint32Array.from(halves, half => half << 16).buffer) }
  },
  F16: (values: Float32Array) => {
    const halves = Float16Array.from(values)
    return { halves: new Uint16Array(halves.buffer), kept: Float32Array.from(halves) }
  },
} as const

const rounded = (dtype: keyof typeof HALVES, stored: Dtype) => (tensors: Tensors) =>
  new Map(
    [...tensors].map(([name, { shape, data }]) => {
      const bytes = data as Uint8Array<ArrayBuffer>
      const { halves, kept } = HALVES[dtype](new Float32Array(bytes.slice().buffer))
      return [name, { dtype: stored, shape, data: stored === 'F32' ? kept : new Uint8Array(halves.buffer) }] as const
    }),
  )

async function shard(path: string, count: number): Promise<void> {
  const tensors = [...(await readTensors(path))]
  const stem = path.replace(/\.safetensors$/, '')
  const name = (i: number) => `${stem.split('/').at(-1)}-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`
  const map: Record<string, string> = {}
  for (let i = 0; i < count; i++) {
    const part = tensors.filter((_, at) => at % count === i)
    for (const [key] of part) map[key] = name(i)
    await writeSafetensors(join(path, '..', name(i)), new Map(part))
  }
  await writeFile(`${path}.index.json`, JSON.stringify({ metadata: {}, weight_map: map }))
  await rm(path)
}

/** `blobs/` with the bytes, `snapshots/REVISION/` with links to them, `refs/main`. */
async function cacheLayout(base: string): Promise<string> {
  const cache = join(folder, `models--me--tiny-${copies++}`)
  const snapshot = join(cache, 'snapshots', 'abc123')
  await mkdir(join(cache, 'blobs'), { recursive: true })
  await mkdir(join(cache, 'refs'))
  await writeFile(join(cache, 'refs', 'main'), 'abc123')
  for (const path of await readdir(base, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue
    const [part, blob] = [path.parentPath.slice(base.length + 1), `sha-${copies++}`]
    await rename(join(path.parentPath, path.name), join(cache, 'blobs', blob))
    await mkdir(join(snapshot, part), { recursive: true })
    await symlink(`${part ? '../' : ''}../../blobs/${blob}`, join(snapshot, part, path.name))
  }
  return cache
}

const OLD = { 'to_q.': 'query.', 'to_k.': 'key.', 'to_v.': 'value.', 'to_out.0.': 'proj_attn.' }
const oldAttention = (convolution: boolean) => (tensors: Tensors) =>
  new Map(
    [...tensors].map(([name, tensor]) => {
      const [now, then] = Object.entries(OLD).find(([key]) => name.includes(`.attentions.0.${key}`)) ?? []
      const shape = now && convolution && tensor.shape.length === 2 ? [...tensor.shape, 1, 1] : tensor.shape
      return [now && then ? name.replace(now, then) : name, { ...tensor, shape }] as const
    }),
  )
/** With the prefix or without it, whichever the file lacks, and the buffer of old exports. */
const otherTextNames = (tensors: Tensors) => {
  const prefix = [...tensors.keys()].some(name => name.startsWith('text_model.'))
  const renamed = [...tensors].map(([name, tensor]) => {
    if (name.startsWith('text_projection')) return [name, tensor] as const
    return [prefix ? name.replace('text_model.', '') : `text_model.${name}`, tensor] as const
  })
  const ids: TensorData = { dtype: 'I64', shape: [1, 2], data: new Uint8Array(16) }
  return new Map([...renamed, [`${prefix ? '' : 'text_model.'}embeddings.position_ids`, ids]])
}

describe('the image is the same bit for bit', () => {
  let plain: Float32Array
  beforeAll(async () => {
    plain = await draw(await copyBase())
  })

  test.each<[string, (base: string) => Promise<unknown>]>([
    ['from shards', base => Promise.all(FILES.map(file => shard(join(base, file), 3)))],
    ['from the cache folder of a download, through its links', cacheLayout],
    ['from a snapshot in it', async base => join(await cacheLayout(base), 'snapshots', 'abc123')],
    [
      'from shards behind links',
      async base => {
        await shard(join(base, UNET), 2)
        return cacheLayout(base)
      },
    ],
    [
      'from a scheduler config with the infinity that Python writes',
      async base => {
        const path = join(base, 'scheduler/scheduler_config.json')
        const text = await readFile(path, 'utf8')
        return writeFile(path, text.replace('{', '{"lambda_min_clipped": -Infinity,'))
      },
    ],
    ['from old attention names in the VAE', async base => edit(join(base, VAE), oldAttention(false))],
    ['from old attention convolutions', async base => edit(join(base, VAE), oldAttention(true))],
    [
      'from text encoders with the other names and position_ids',
      async base => {
        for (const file of TEXTS) await edit(join(base, file), otherTextNames)
      },
    ],
  ])('%s', async (_, change) => {
    const base = await copyBase()
    const moved = await change(base)
    expect(await draw(typeof moved === 'string' ? moved : base)).toEqual(plain)
  })

  test.each([
    ['F16', '.fp16.safetensors'],
    ['BF16', '.bf16.safetensors'],
    ['F16', '.safetensors'],
  ] as const)('from %s files named %s and from their values in F32', async (dtype, suffix) => {
    const [half, full] = [await copyBase(), await copyBase()]
    for (const file of FILES) {
      await edit(join(half, file), rounded(dtype, dtype))
      await edit(join(full, file), rounded(dtype, 'F32'))
      await rename(join(half, file), join(half, file.replace('.safetensors', suffix)))
    }
    const image = await draw(half)
    expect(image).toEqual(await draw(full))
    expect(image).not.toEqual(plain)
  })
})

describe('what was found is told', () => {
  test('generation, files and old names', async () => {
    const base = await copyBase()
    await shard(join(base, UNET), 2)
    await edit(join(base, VAE), oldAttention(true))
    const { architecture, components } = await detect(await cacheLayout(base))
    expect(architecture).toMatch(/Stable Diffusion XL: text encoder of 2 layers, 24 wide .* and text encoder of 3/)
    expect(components.unet).toMatch(/F32 in 2 shards, through links of a download cache/)
    expect(components.vae).toMatch(/16 tensors under older names, such as \w+\.mid_block\.attentions\.0/)
  })

  test('by the command line, also where the whole checkpoint lies beside the index in one file', async () => {
    const base = await copyBase()
    const single = join(base, 'sd_xl.safetensors')
    await writeSafetensors(
      single,
      new Map([['model.diffusion_model.x', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }]]),
    )
    const file = await callCli(['inspect', single, '--json'])
    expect(jsonLines(file.stdout)[0]).toMatchObject({ kind: expect.stringContaining('base model in one file') })
    const { code, stdout } = await callCli(['inspect', base, '--json'])
    expect(code).toBe(0)
    expect(jsonLines(stdout)[0]).toMatchObject({
      family: 'stable-diffusion-xl',
      architecture: expect.stringContaining('Stable Diffusion XL'),
      components: { unet: expect.stringContaining('F32 in diffusion_pytorch_model.safetensors') },
    })
  })
})

describe('pipelines for other tasks with the same parts', () => {
  test.each([
    ['sd1', 'StableDiffusionImg2ImgPipeline'],
    ['sd1', 'StableDiffusionInpaintPipeline'],
    ['sdxl', 'StableDiffusionXLImg2ImgPipeline'],
    ['sdxl', 'StableDiffusionXLInpaintPipeline'],
  ] as const)('%s as %s is opened like the one for text', async (kind, name) => {
    const base = await writeTinyBase(join(await temporaryFolder(), 'base'), kind)
    const path = join(base, 'model_index.json')
    const plain = await openBase(base)
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), _class_name: name }))
    const { family, shapes } = await openBase(base)
    expect(family.name).toBe(plain.family.name)
    expect(shapes).toEqual(plain.shapes)
  })
})

describe('refused with the reason', () => {
  const setIndex = (change: Record<string, unknown>) => async (base: string) => {
    const path = join(base, 'model_index.json')
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }))
  }
  const pipeline = (name: string) => setIndex({ _class_name: name })

  test.each<[string, (base: string) => Promise<unknown>, RegExp]>([
    ['Flux', pipeline('FluxPipeline'), /diffusion transformer/],
    ['Stable Diffusion 3', pipeline('StableDiffusion3Pipeline'), /diffusion transformer/],
    ['PixArt', pipeline('PixArtSigmaPipeline'), /diffusion transformer/],
    [
      'the refiner',
      setIndex({
        ...{ _class_name: 'StableDiffusionXLImg2ImgPipeline', text_encoder: [null, null] },
        text_encoder_2: ['transformers', 'CLIPTextModelWithProjection'],
      }),
      /refiner/,
    ],
    ['a video model', pipeline('TextToVideoSDPipeline'), /videos/],
    [
      'inpainting under the plain class',
      async base => {
        const path = join(base, 'unet/config.json')
        await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), in_channels: 9 }))
      },
      /9 channels.*inpainting/,
    ],
    [
      'a UNet of another SDXL part',
      async base => {
        const path = join(base, 'unet/config.json')
        const json = JSON.parse(await readFile(path, 'utf8'))
        await writeFile(path, JSON.stringify({ ...json, projection_class_embeddings_input_dim: 60 }))
      },
      /add_embedding reads 60/,
    ],
    ['pickled weights', base => rename(join(base, UNET), join(base, UNET.replace('.safetensors', '.bin'))), /pickle/],
    [
      'a checkpoint in one file',
      async base => {
        await rm(join(base, 'model_index.json'))
        await cp(join(base, UNET), join(base, 'v1-5.safetensors'))
      },
      /v1-5\.safetensors, a checkpoint in one file/,
    ],
    ['a second text encoder that is missing', setIndex({ text_encoder_2: [null, null] }), /no text_encoder_2/],
  ])('%s', async (_, change, message) => {
    const base = await copyBase()
    await change(base)
    const error = await openBase(base).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'AppError', next: expect.stringMatching(/\w{3}/) })
    expect((error as Error).message).toMatch(message)
  })

  test('a cache with several revisions and no main one', async () => {
    const cache = await cacheLayout(await copyBase())
    await mkdir(join(cache, 'snapshots', 'other'))
    await rm(join(cache, 'refs', 'main'))
    await expect(openBase(cache)).rejects.toMatchObject({ message: expect.stringContaining('abc123, other') })
  })
})
