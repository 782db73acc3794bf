/** An opened base model: its configs, tokenizer, noise schedule, and where every weight lies in its files. */
import { AppError } from '../errors.ts'
import { type Family, type FamilyConfigs, findFamily } from './families/index.ts'
import { createGraph, elements, type Graph, input, type Shape } from './graph.ts'
import {
  assertTensors,
  fingerprint,
  loadTokenizer,
  type ModelFolder,
  openModelFolder,
  type Tokenizer,
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
export async function openBase(folder: string): Promise<Base> {
  const model = await openModelFolder(folder)
  const family = findFamily(model.className, folder)
  const configs = family.readConfigs(component => model.components.get(component)?.config)
  const walk = walkNetworks(family, configs)
  for (const component of family.components) checkComponent(model, component, walk.graph)
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
    tokenizer: await loadTokenizer(model.tokenizerFolder),
    schedulerConfig: model.scheduler,
    schedule: noiseSchedule(model.scheduler),
    size,
    layers: { linear: walk.linear, parameters },
    shapes,
    locate: name => locate(model, name),
    fingerprint: () => fingerprint(model),
  }
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
  family.denoise(graph, configs, { sample, timesteps: input(graph, 'timesteps', 'float32', [1]), context }, options)
  const pixels = input(graph, 'pixels', 'float32', [1, configs.vae.in_channels, 64, 64])
  const { mean } = encodeImage(createNet(graph, 'vae'), configs.vae, pixels)
  decodeLatents(createNet(graph, 'vae'), configs.vae, mean)
  return { graph, linear }
}

/** An int64 buffer of old exports; carries no weights. */
const IGNORED = [/position_ids$/]

function checkComponent(model: ModelFolder, component: string, graph: Graph): void {
  const weights = model.components.get(component)?.weights
  if (!weights)
    throw new AppError(
      'MODEL_INVALID',
      `${model.path} has no ${component} weights`,
      'Fetch the whole model folder again.',
    )
  const expected = [...graph.parameters].flatMap(([name, value]) =>
    name.startsWith(`${component}.`) ? [[name.slice(component.length + 1), value.shape] as const] : [],
  )
  assertTensors(new Map(expected), weights, IGNORED)
}

function locate(model: ModelFolder, name: string): TensorLocation {
  const dot = name.indexOf('.')
  const tensor = model.components.get(name.slice(0, dot))?.weights?.tensors.get(name.slice(dot + 1))
  if (!tensor)
    throw new AppError('WEIGHTS_MISMATCH', `${model.path} has no tensor ${name}`, 'Fetch the model folder again.')
  const dtype = DTYPES[tensor.dtype as keyof typeof DTYPES]
  if (dtype) return { path: tensor.path, offset: tensor.offset, bytes: tensor.bytes, dtype }
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `tensor ${name} is stored as ${tensor.dtype}`,
    'Convert the weights to F32, F16 or BF16.',
  )
}

/**
 * Shape of latents for images of `size` pixels.
 * @throws AppError INPUT_INVALID when the size is not a multiple of what the networks halve.
 */
export function latentShape({ configs }: Base, batch: number, size: number): Shape {
  const factor = vaeFactor(configs.vae)
  if (!Number.isInteger(size / factor) || size < 2 * factor)
    throw new AppError(
      'INPUT_INVALID',
      `size ${size} is not a multiple of ${factor}`,
      `Use a multiple of ${factor}, at least ${2 * factor}.`,
    )
  return [batch, configs.unet.inChannels, size / factor, size / factor]
}
