/** An opened base model: its configs, tokenizer, noise schedule, and where every weight lies in its files. */
import { resolve } from 'node:path'
import { AppError, invariant } from '../errors.ts'
import { type Family, type FamilyConfigs, findFamily } from './families/index.ts'
import { createGraph, elements, type Graph, input, type Shape } from './graph.ts'
import {
  assertTensors,
  fingerprint,
  loadTokenizer,
  type ModelFolder,
  openModelFolder,
  type Tokenizer,
  type WeightInfo,
} from './io/index.ts'
import { createNet, type Layer, type NetOptions } from './nets/blocks.ts'
import { decodeLatents, encodeImage, vaeFactor } from './nets/vae.ts'
import type { TensorLocation } from './onnx.ts'
import { side } from './ops/types.ts'
import { type NoiseSchedule, noiseSchedule, type RawConfig } from './schedulers/index.ts'

/** A linear layer that an adapter may change. */
export interface LinearLayer {
  readonly component: string
  readonly key: string
  readonly in: number
  readonly out: number
}

export interface Base {
  readonly folder: string
  readonly family: Family
  readonly configs: FamilyConfigs
  readonly tokenizer: Tokenizer
  readonly schedulerConfig: RawConfig
  readonly schedule: NoiseSchedule
  /** Pixels of a side the base was trained for. */
  readonly size: number
  readonly layers: {
    readonly linear: readonly LinearLayer[]
    /** Parameters of the UNet. */
    readonly parameters: number
  }
  /** Shapes of all weights by `component.key`. */
  readonly shapes: ReadonlyMap<string, Shape>
  locate(name: string): TensorLocation
  /** SHA-256 over all weights; computed once per files. */
  fingerprint(): Promise<string>
}

const DTYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const

/**
 * Opens a model folder in diffusers layout; nothing is read but headers.
 * @throws AppError MODEL_NOT_FOUND, MODEL_UNSUPPORTED, MODEL_INVALID, WEIGHTS_MISMATCH with the list.
 */
export async function openBase(path: string): Promise<Base> {
  const folder = resolve(path)
  const model = await openModelFolder(folder)
  const family = findFamily(model.className, folder)
  const configs = family.readConfigs(component => model.components.get(component)?.config)
  const walk = buildable(folder, () => walkNetworks(family, configs))
  const tensors = new Map<string, WeightInfo>()
  for (const component of family.components)
    for (const [key, tensor] of checkComponent(model, component, walk.graph)) tensors.set(`${component}.${key}`, tensor)
  const shapes = new Map([...walk.graph.parameters].map(([name, value]) => [name, value.shape] as const))
  const size = configs.unet.sampleSize * vaeFactor(configs.vae)
  const parameters = [...shapes].reduce(
    (sum, [name, shape]) => sum + (name.startsWith('unet.') ? elements(shape) : 0),
    0,
  )
  return {
    folder,
    family,
    configs,
    tokenizer: await openTokenizer(model.tokenizerFolder, configs),
    schedulerConfig: model.scheduler,
    schedule: noiseSchedule(model.scheduler),
    size,
    layers: { linear: walk.linear, parameters },
    shapes,
    locate: name => locate(folder, tensors.get(name), name),
    fingerprint: () => fingerprint(model),
  }
}

/** What the graph refuses here is a contradiction in the configs, which are the user's. */
function buildable<T>(folder: string, build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error
    const reason = error.message.replaceAll('internal error: ', '')
    throw new AppError(
      'MODEL_UNSUPPORTED',
      `the config.json files in ${folder} describe networks that cannot be built: ${reason}`,
      'Check that all parts come from the same model.',
      error,
    )
  }
}

async function openTokenizer(folder: string, { text }: FamilyConfigs): Promise<Tokenizer> {
  const tokenizer = await loadTokenizer(folder)
  const { vocab, added } = tokenizer.spec
  const tokens = [...vocab.values(), ...added.map(({ id }) => id)].reduce((largest, id) => Math.max(largest, id + 1), 0)
  const fits = tokens <= text.vocab_size && tokenizer.maxLength <= text.max_position_embeddings
  if (fits) return tokenizer
  throw new AppError(
    'MODEL_INVALID',
    `${folder} gives ${tokenizer.maxLength} of ${tokens} tokens, the text encoder takes ${text.max_position_embeddings} of ${text.vocab_size}`,
    'Use the tokenizer folder of the same model.',
  )
}

/** Builds every network once at its smallest size: that tells the expected tensors and the layers. */
function walkNetworks(family: Family, configs: FamilyConfigs): { graph: Graph; linear: LinearLayer[] } {
  const graph = createGraph()
  const linear: LinearLayer[] = []
  const adapt = (component: string, { key, kind, x, y }: Layer) => {
    if (kind === 'linear') linear.push({ component, key, in: side(x.shape, 1), out: side(y.shape, 1) })
    return y
  }
  const options: NetOptions = { adapt }
  const length = configs.text.max_position_embeddings
  const context = family.context(graph, configs, input(graph, 'ids', 'int64', [1, length]), options)
  const latent = 2 ** (configs.unet.down.length - 1)
  const sample = input(graph, 'sample', 'float32', [1, configs.unet.inChannels, latent, latent])
  const { contextWidth, inChannels } = configs.unet
  invariant(context.shape[2] === contextWidth, `the UNet reads texts of ${contextWidth}, not ${context.shape[2]}`)
  const latents = configs.vae.latent_channels
  invariant(inChannels === latents, `the UNet reads latents of ${inChannels} channels, the VAE has ${latents}`)
  family.denoise(graph, configs, { sample, timesteps: input(graph, 'timesteps', 'float32', [1]), context }, options)
  const pixels = input(graph, 'pixels', 'float32', [1, configs.vae.in_channels, 64, 64])
  const { mean } = encodeImage(createNet(graph, 'vae'), configs.vae, pixels)
  decodeLatents(createNet(graph, 'vae'), configs.vae, mean)
  return { graph, linear }
}

/** An int64 buffer of old exports; carries no weights. */
const IGNORED = [/position_ids$/]

/** Names that some exports use for the same tensors: newer transformers drop the prefix, old diffusers named attention otherwise. */
const RENAMED: readonly (readonly [RegExp, string])[] = [
  [/^(embeddings|encoder\.layers|final_layer_norm)\./, 'text_model.$1.'],
  [/(\.attentions\.0)\.query\./, '$1.to_q.'],
  [/(\.attentions\.0)\.key\./, '$1.to_k.'],
  [/(\.attentions\.0)\.value\./, '$1.to_v.'],
  [/(\.attentions\.0)\.proj_attn\./, '$1.to_out.0.'],
]

/** The component's tensors by the names the networks ask for. */
function tensorsOf(model: ModelFolder, component: string): ReadonlyMap<string, WeightInfo> | undefined {
  const weights = model.components.get(component)?.weights
  if (!weights) return undefined
  const rename = (key: string) => RENAMED.reduce((name, [from, to]) => name.replace(from, to), key)
  return new Map([...weights.tensors].map(([key, tensor]) => [rename(key), tensor]))
}

function checkComponent(model: ModelFolder, component: string, graph: Graph): ReadonlyMap<string, WeightInfo> {
  const tensors = tensorsOf(model, component)
  if (!tensors)
    throw new AppError(
      'MODEL_INVALID',
      `${model.path} has no ${component} weights`,
      'Fetch the whole model folder again.',
    )
  const expected = [...graph.parameters].flatMap(([name, value]) =>
    name.startsWith(`${component}.`) ? [[name.slice(component.length + 1), value.shape] as const] : [],
  )
  assertTensors(new Map(expected), { tensors }, IGNORED, `the weights of ${component}`)
  return tensors
}

function locate(folder: string, tensor: WeightInfo | undefined, name: string): TensorLocation {
  invariant(tensor, `${folder} has no tensor ${name}`)
  const dtype = DTYPES[tensor.dtype as keyof typeof DTYPES]
  if (dtype) return { path: tensor.path, offset: tensor.offset, bytes: tensor.bytes, dtype }
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `tensor ${name} is stored as ${tensor.dtype}`,
    'Convert the weights to F32, F16 or BF16.',
  )
}

/** Four times the size a base was trained for, or 512 px: beyond that attention takes more memory than the image is worth. */
const largestSize = (base: Base): number => Math.max(512, 4 * base.size)

/**
 * Shape of latents for images of `size` pixels.
 * @throws AppError INPUT_INVALID when the size is not a multiple of what the networks halve, or too large.
 */
export function latentShape(base: Base, batch: number, size: number): Shape {
  const { configs } = base
  const [factor, largest] = [vaeFactor(configs.vae), largestSize(base)]
  if (!Number.isInteger(size / factor) || size < 2 * factor || size > largest)
    throw new AppError(
      'INPUT_INVALID',
      `size ${size} is not a multiple of ${factor} from ${2 * factor} to ${largest}`,
      'Use such a size.',
    )
  return [batch, configs.unet.inChannels, size / factor, size / factor]
}
