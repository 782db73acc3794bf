/**
 * Builds every network of a family once at its smallest size: this gives the tensors it expects and the layers an
 * adapter may change.
 */
import { AppError, invariant } from '../../errors.ts'
import { type Family, type FamilyConfigs, promptInputs } from '../families/index.ts'
import { createGraph, type Graph, input, reachable, type Shape, type Value } from '../graph/graph.ts'
import { side } from '../graph/ops/types.ts'
import { createNet, type Layer, type NetOptions } from '../nets/blocks.ts'
import { decodeLatents, encodeImage } from '../nets/vae.ts'

/** A layer that an adapter may change: all linear ones, and the UNet's convolutions. */
export interface AdaptableLayer {
  readonly component: string
  readonly key: string
  readonly in: number
  readonly out: number
  /** A side of a convolution's kernel; absent: a linear layer. */
  readonly kernel?: number
  /** Nothing reads what it gives: SDXL takes the states before its first text encoder's last layer. */
  readonly idle?: true
}

export interface Networks {
  /** Shapes of all weights by `component.key`. */
  readonly shapes: ReadonlyMap<string, Shape>
  /** In the order of the networks, text encoders first. */
  readonly adaptable: readonly AdaptableLayer[]
  /** Weights of UNet and text encoders that the answer depends on, by `component.key`. */
  readonly read: readonly string[]
}

/**
 * What the graph refuses here is a contradiction in the configs, which are the user's.
 * @throws AppError MODEL_UNSUPPORTED naming it.
 */
export function walkNetworks(folder: string, family: Family, configs: FamilyConfigs): Networks {
  try {
    return walk(family, configs)
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

function walk(family: Family, configs: FamilyConfigs): Networks {
  const graph = createGraph()
  const found: { layer: AdaptableLayer; y: Value }[] = []
  const adapt = (component: string, { key, kernel, x, y }: Layer) => {
    const sides = { in: side(x.shape, 1), out: side(y.shape, 1), ...(kernel ? { kernel } : {}) }
    found.push({ layer: { component, key, ...sides }, y })
    return y
  }
  const nodes = reachable([walkUnet(graph, family, configs, { adapt })])
  const given = new Set(nodes.flatMap(({ outputs }) => outputs))
  const taken = new Set(nodes.flatMap(({ inputs }) => inputs))
  const read = [...graph.parameters].flatMap(([name, value]) => (taken.has(value) ? [name] : []))
  const pixels = input(graph, 'pixels', 'float32', [1, configs.vae.in_channels, 64, 64])
  const { mean } = encodeImage(createNet(graph, 'vae'), configs.vae, pixels)
  decodeLatents(createNet(graph, 'vae'), configs.vae, mean)
  const adaptable = found.map(({ layer, y }) => (given.has(y) ? layer : { ...layer, idle: true as const }))
  return { shapes: new Map([...graph.parameters].map(([name, value]) => [name, value.shape])), adaptable, read }
}

/** The UNet behind its text encoders. */
function walkUnet(graph: Graph, family: Family, configs: FamilyConfigs, options: NetOptions): Value {
  const { unet, vae, texts } = configs
  const length = Math.min(...texts.map(({ config }) => config.max_position_embeddings))
  const prompts = family.encodePrompts(graph, configs, promptInputs(graph, configs, 1, length), options)
  const frame = family.describeFrame({ original: [1, 1], crop: [0, 0], target: [1, 1] })
  const sizes = Object.entries(frame).map(([name, { length }]) => [name, input(graph, name, 'float32', [1, length])])
  const width = prompts.context?.shape[2]
  invariant(width === unet.contextWidth, `the UNet reads texts of ${unet.contextWidth}, not ${width}`)
  invariant(
    unet.inChannels === vae.latent_channels,
    `the UNet reads latents of ${unet.inChannels} channels, the VAE has ${vae.latent_channels}${CHANNELS[unet.inChannels] ?? ''}`,
  )
  const latent = 2 ** (unet.down.length - 1)
  const sample = input(graph, 'sample', 'float32', [1, unet.inChannels, latent, latent])
  const timesteps = input(graph, 'timesteps', 'float32', [1])
  const conditioning = { ...prompts, ...Object.fromEntries(sizes) }
  return family.denoise(graph, configs, { sample, timesteps, conditioning }, options)
}

/** What UNets with other numbers of input channels are for. */
const CHANNELS: Readonly<Record<number, string>> = {
  5: ': it is made for depth maps',
  7: ': it is made to enlarge images',
  8: ': it is made to edit images by instruction',
  9: ': it is made for inpainting',
}
