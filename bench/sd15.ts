/**
 * Makes a model folder of Stable Diffusion 1.5's exact shapes with random weights, for speed and memory figures:
 * `node bench/sd15.ts FOLDER`. 4.3 GB in fp32; nothing is downloaded.
 */
import { createWriteStream, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGraph, elements, type Graph, input, type Shape } from '../engine/graph/graph.ts'
import { createNet } from '../engine/nets/blocks.ts'
import { clipText, readClipTextConfig } from '../engine/nets/clip-text.ts'
import { readUnetConfig, unet } from '../engine/nets/unet/index.ts'
import { decodeLatents, encodeImage, readVaeConfig } from '../engine/nets/vae.ts'
import { normals, uniforms } from '../engine/noise.ts'

const UNET = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 64,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: [...Array(3).fill('CrossAttnDownBlock2D'), 'DownBlock2D'],
  up_block_types: ['UpBlock2D', ...Array(3).fill('CrossAttnUpBlock2D')],
  layers_per_block: 2,
  attention_head_dim: 8,
  cross_attention_dim: 768,
}
const TEXT = {
  model_type: 'clip_text_model',
  ...{ hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
  ...{ vocab_size: 49408, max_position_embeddings: 77, hidden_act: 'quick_gelu' },
  ...{ bos_token_id: 49406, eos_token_id: 49407, pad_token_id: 49407 },
}
const VAE = {
  _class_name: 'AutoencoderKL',
  block_out_channels: [128, 256, 512, 512],
  down_block_types: Array(4).fill('DownEncoderBlock2D'),
  up_block_types: Array(4).fill('UpDecoderBlock2D'),
  ...{ layers_per_block: 2, latent_channels: 4, norm_num_groups: 32, sample_size: 512, scaling_factor: 0.18215 },
}
const SCHEDULER = {
  _class_name: 'DDIMScheduler',
  ...{ beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear', num_train_timesteps: 1000 },
  ...{ set_alpha_to_one: false, steps_offset: 1, clip_sample: false, prediction_type: 'epsilon' },
}

/** Every parameter of a component, by building its network once. */
const NETWORKS: Record<string, (graph: Graph) => void> = {
  unet: graph => {
    const sample = input(graph, 'sample', 'float32', [1, 4, 8, 8])
    const timesteps = input(graph, 'timesteps', 'float32', [1])
    const context = input(graph, 'context', 'float32', [1, 77, 768])
    unet(createNet(graph, 'unet'), readUnetConfig(UNET), { sample, timesteps, context })
  },
  text_encoder: graph => {
    const ids = input(graph, 'ids', 'int64', [1, 77])
    clipText(createNet(graph, 'text_encoder'), readClipTextConfig(TEXT), ids)
  },
  vae: graph => {
    const config = readVaeConfig(VAE)
    const { mean } = encodeImage(createNet(graph, 'vae'), config, input(graph, 'pixels', 'float32', [1, 3, 64, 64]))
    decodeLatents(createNet(graph, 'vae'), config, mean)
  },
}

function shapesOf(component: string): [string, Shape][] {
  const graph = createGraph()
  NETWORKS[component]?.(graph)
  return [...graph.parameters].map(([name, { shape }]) => [name.slice(component.length + 1), shape])
}

/** One block of normal numbers, read from changing places: 860 million fresh ones would take minutes. */
const BLOCK = normals(15, 0, 1 << 20)

function valuesOf(name: string, shape: Shape, index: number): Float32Array {
  const count = elements(shape)
  if (shape.length === 1) return new Float32Array(count).fill(name.endsWith('.weight') ? 1 : 0)
  const scale = name.includes('embedding.weight') ? 0.05 : (count / (shape[0] ?? 1)) ** -0.5
  const start = Math.floor((uniforms(15, 1 + index, 1)[0] ?? 0) * BLOCK.length)
  return Float32Array.from({ length: count }, (_, i) => scale * (BLOCK[(start + i) % BLOCK.length] ?? 0))
}

async function writeWeights(path: string, shapes: readonly (readonly [string, Shape])[]): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  let offset = 0
  for (const [name, shape] of shapes) {
    const end = offset + 4 * elements(shape)
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] }
    offset = end
  }
  const text = Buffer.from(JSON.stringify(header))
  const start = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ')
  start.writeBigUInt64LE(BigInt(start.length - 8))
  text.copy(start, 8)
  const stream = createWriteStream(`${path}.part`)
  stream.write(start)
  for (const [index, [name, shape]] of shapes.entries()) {
    const { buffer } = valuesOf(name, shape, index)
    if (!stream.write(new Uint8Array(buffer))) await new Promise<void>(resolve => stream.once('drain', resolve))
  }
  stream.end()
  await finished(stream)
  renameSync(`${path}.part`, path)
}

const writeJson = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)

/** Byte symbols only: any text encodes, letter by letter. */
function writeTokenizer(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const symbols = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(symbolOf(byte)))
  const vocab = Object.fromEntries(
    [...symbols, ...symbols.map(symbol => `${symbol}</w>`)].map((token, id) => [token, id]),
  )
  writeJson(join(folder, 'vocab.json'), { ...vocab, '<|startoftext|>': 49406, '<|endoftext|>': 49407 })
  writeFileSync(join(folder, 'merges.txt'), '#version: 0.2\n')
  const special = { bos_token: '<|startoftext|>', eos_token: '<|endoftext|>', unk_token: '<|endoftext|>' }
  writeJson(join(folder, 'special_tokens_map.json'), { ...special, pad_token: '<|endoftext|>' })
  writeJson(join(folder, 'tokenizer_config.json'), {
    ...special,
    tokenizer_class: 'CLIPTokenizer',
    model_max_length: 77,
  })
}

/** GPT-2's printable stand-in for a byte (`bytes_to_unicode` of transformers' CLIP tokenizer). */
function symbolOf(byte: number): number {
  const printable = (code: number) => (code >= 33 && code <= 126) || (code >= 161 && code !== 173)
  if (printable(byte)) return byte
  return 256 + Array.from({ length: byte }, (_, code) => code).filter(code => !printable(code)).length
}

/** Writes what is not there yet; safe to interrupt. */
export async function makeSd15(folder: string, log: (line: string) => void): Promise<string> {
  const parts = [
    ['unet', UNET, 'diffusion_pytorch_model'],
    ['text_encoder', TEXT, 'model'],
    ['vae', VAE, 'diffusion_pytorch_model'],
  ] as const
  for (const [component, config, name] of parts) {
    mkdirSync(join(folder, component), { recursive: true })
    writeJson(join(folder, component, 'config.json'), config)
    const path = join(folder, component, `${name}.safetensors`)
    if (existsSync(path)) continue
    log(`writing ${path}`)
    await writeWeights(path, shapesOf(component))
  }
  writeTokenizer(join(folder, 'tokenizer'))
  mkdirSync(join(folder, 'scheduler'), { recursive: true })
  writeJson(join(folder, 'scheduler/scheduler_config.json'), SCHEDULER)
  const classes = { unet: 'UNet2DConditionModel', vae: 'AutoencoderKL', scheduler: 'DDIMScheduler' }
  const diffusers = Object.entries(classes).map(([component, name]) => [component, ['diffusers', name]])
  const transformers = { text_encoder: ['transformers', 'CLIPTextModel'], tokenizer: ['transformers', 'CLIPTokenizer'] }
  writeJson(join(folder, 'model_index.json'), {
    ...{ _class_name: 'StableDiffusionPipeline', _diffusers_version: '0.42.0' },
    ...{
      ...Object.fromEntries(diffusers),
      ...transformers,
      safety_checker: [null, null],
      feature_extractor: [null, null],
    },
  })
  return folder
}

if (import.meta.main) {
  const folder = process.argv[2]
  if (folder) await makeSd15(folder, console.error)
  else console.error('node bench/sd15.ts FOLDER')
}
