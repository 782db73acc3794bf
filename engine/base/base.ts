/** An opened base model: its configs, tokenizers, noise schedule, and where every weight lies in its files. */
import { join, resolve } from 'node:path'
import { AppError } from '../../errors.ts'
import {
  type ConditioningShapes,
  type Family,
  type FamilyConfigs,
  findFamily,
  type TextEncoder,
} from '../families/index.ts'
import { elements, type Shape } from '../graph/graph.ts'
import type { TensorLocation } from '../graph/onnx.ts'
import {
  fingerprint,
  loadTokenizer,
  openModelFolder,
  type PictureSize,
  type SizeRule,
  sizeFault,
  type Tokenizer,
} from '../io/index.ts'
import { vaeFactor } from '../nets/vae.ts'
import { type NoiseSchedule, noiseSchedule, type RawConfig, readProcess } from '../schedulers/index.ts'
import { type AdaptableLayer, walkNetworks } from './networks.ts'
import { type BaseOptions, readBaseOptions } from './options.ts'
import { locateTensor, matchTensors } from './tensors.ts'

export type { AdaptableLayer } from './networks.ts'

export interface Base {
  readonly folder: string
  readonly family: Family
  readonly configs: FamilyConfigs
  /** The first text encoder's. */
  readonly tokenizer: Tokenizer
  /** One for each of `configs.texts`; all give rows of the same length. */
  readonly tokenizers: readonly [Tokenizer, ...Tokenizer[]]
  /** What conditions the UNet beside the timestep. */
  readonly conditioningShapes: ConditioningShapes
  readonly schedulerConfig: RawConfig
  /** What was read otherwise than the files say, in sentences. */
  readonly notes: readonly string[]
  readonly schedule: NoiseSchedule
  readonly options: BaseOptions
  /** Pixels of a side the base was trained for. */
  readonly size: number
  readonly layers: {
    /** What an adapter may change, in the order of the networks. */
    readonly adaptable: readonly AdaptableLayer[]
    /** Weights of UNet and text encoders that the answer depends on, by `component.key`. */
    readonly read: readonly string[]
    /** Parameters of the UNet. */
    readonly parameters: number
  }
  /** Shapes of all weights by `component.key`. */
  readonly shapes: ReadonlyMap<string, Shape>
  locate(name: string): TensorLocation
  /** SHA-256 over all weights; computed once per files. */
  fingerprint(): Promise<string>
}

/**
 * Opens a model folder in diffusers layout; nothing is read but headers.
 * @throws AppError MODEL_NOT_FOUND, MODEL_UNSUPPORTED, MODEL_INVALID, WEIGHTS_MISMATCH with the list.
 */
export async function openBase(path: string): Promise<Base> {
  const model = await openModelFolder(resolve(path))
  const folder = model.path
  const family = findFamily(model.className, folder)
  const configs = family.readConfigs(component => model.components.get(component)?.config, model.index)
  const { shapes, adaptable, read } = walkNetworks(folder, family, configs)
  const tensors = matchTensors(model, family.components, shapes)
  const tokenizers = await openTokenizers(folder, configs)
  const [tokenizer] = tokenizers
  const { config, notes } = correctScheduler(family, readProcess(model.scheduler, model.schedulerClass))
  const parameters = [...shapes].reduce((sum, [name, s]) => sum + (name.startsWith('unet.') ? elements(s) : 0), 0)
  return {
    folder,
    family,
    configs,
    tokenizer,
    tokenizers,
    conditioningShapes: family.conditioningShapes(configs, tokenizer.maxLength),
    schedulerConfig: config,
    notes,
    schedule: noiseSchedule(config),
    options: await readBaseOptions(folder),
    size: configs.unet.sampleSize * vaeFactor(configs.vae),
    layers: { adaptable, read, parameters },
    shapes,
    locate: name => locateTensor(folder, tensors.get(name), name),
    fingerprint: () => fingerprint(model),
  }
}

/** As the pipeline of diffusers that draws with this family: what it overrides is said. */
function correctScheduler({ pipelines, schedulerCorrections }: Family, config: RawConfig) {
  const wrong = Object.entries(schedulerCorrections).filter(([key, value]) => key in config && config[key] !== value)
  const notes = wrong.map(
    ([key, value]) => `scheduler_config.json has "${key}": ${config[key]}; ${value} is used, as ${pipelines[0]} does`,
  )
  return { config: { ...config, ...schedulerCorrections }, notes }
}

async function openTokenizers(folder: string, { texts }: FamilyConfigs): Promise<[Tokenizer, ...Tokenizer[]]> {
  const [first, ...others] = texts
  const tokenizer = await openTokenizer(folder, first)
  const more: Tokenizer[] = []
  for (const text of others) {
    const next = await openTokenizer(folder, text)
    if (next.maxLength !== tokenizer.maxLength)
      throw new AppError(
        'MODEL_INVALID',
        `${folder}: ${text.tokenizer} gives rows of ${next.maxLength} tokens, ${first.tokenizer} of ${tokenizer.maxLength}`,
        'Use the tokenizer folders of the same model.',
      )
    more.push(next)
  }
  return [tokenizer, ...more]
}

async function openTokenizer(base: string, { tokenizer: name, config }: TextEncoder): Promise<Tokenizer> {
  const folder = join(base, name)
  const tokenizer = await loadTokenizer(folder)
  const { vocab, added } = tokenizer.spec
  const tokens = [...vocab.values(), ...added.map(({ id }) => id)].reduce((largest, id) => Math.max(largest, id + 1), 0)
  const fits = tokens <= config.vocab_size && tokenizer.maxLength <= config.max_position_embeddings
  if (fits) return tokenizer
  throw new AppError(
    'MODEL_INVALID',
    `${folder} has ${tokens} tokens in rows of ${tokenizer.maxLength}; the text encoder takes ${config.vocab_size} in rows of ${config.max_position_embeddings}`,
    'Use the tokenizer folder of the same model.',
  )
}

/**
 * What sizes the base draws. At most the area of four times the side that it was trained for, or of 512 px: beyond that attention
 * takes more memory than the image is worth.
 */
export const sizeRule = ({ size, configs }: Pick<Base, 'size' | 'configs'>): SizeRule => ({
  step: vaeFactor(configs.vae),
  area: size ** 2,
  limit: Math.max(512, 4 * size) ** 2,
})

/** Shape of latents for images of `size`. @throws AppError INPUT_INVALID naming the rule that the size breaks. */
export function latentShape(base: Base, batch: number, size: PictureSize): Shape {
  const rule = sizeRule(base)
  const fault = sizeFault(size, rule)
  if (fault) throw new AppError('INPUT_INVALID', fault.message, fault.next)
  return [batch, base.configs.unet.inChannels, size.height / rule.step, size.width / rule.step]
}
