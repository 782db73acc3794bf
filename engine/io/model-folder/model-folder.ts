/** Opens a model in diffusers layout: model_index.json, then each component's config and weights. Knows families as a table only. */

import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../errors.ts'
import { type JsonObject, readJsonIfPresent } from '../../../files/json.ts'
import { TEXT_START, textKind } from '../safetensors/text-kind.ts'
import { reasonAgainst } from './refusals.ts'
import { describeOther, findSnapshot } from './snapshot.ts'
import { openWeights, type Weights } from './weights.ts'

/** One network of the model. */
export type ModelComponent = {
  readonly className: string
  readonly folder: string
  /** config.json as it is; missing keys mean the class default, unknown keys are ignored by the networks. */
  readonly config: JsonObject
  readonly weights: Weights
}

export type ModelFolder = {
  /** Of a download cache's folder, the snapshot in it. */
  readonly path: string
  /** The pipeline's `_class_name`. */
  readonly className: string
  /** model_index.json as it is. */
  readonly index: JsonObject
  /** By folder name: unet, vae, text_encoder, ... */
  readonly components: ReadonlyMap<string, ModelComponent>
  /** scheduler_config.json; `_class_name` is the index's where the file has none. */
  readonly scheduler: JsonObject
  /** What model_index.json names, which may be another class than that of the file. */
  readonly schedulerClass: string
}

const SD = ['unet', 'vae', 'text_encoder']
const XL = [...SD, 'text_encoder_2']

/** Per pipeline class, the networks it cannot do without. Those for other tasks hold the same parts as the one for text. */
const PIPELINES: Readonly<Record<string, readonly string[]>> = {
  StableDiffusionPipeline: SD,
  StableDiffusionImg2ImgPipeline: SD,
  StableDiffusionInpaintPipeline: SD,
  StableDiffusionXLPipeline: XL,
  StableDiffusionXLImg2ImgPipeline: XL,
  StableDiffusionXLInpaintPipeline: XL,
}

/** Per network class, the base name of its weight files. */
const NETWORKS: Readonly<Record<string, string>> = {
  UNet2DConditionModel: 'diffusion_pytorch_model',
  AutoencoderKL: 'diffusion_pytorch_model',
  CLIPTextModel: 'model',
  CLIPTextModelWithProjection: 'model',
  CLIPVisionModelWithProjection: 'model',
}

const TOKENIZERS = ['tokenizer', 'tokenizer_2']

/** Parts of published folders that the engine does without. */
const IGNORED = ['safety_checker', 'feature_extractor', 'image_processor']

const INCOMPLETE = 'Download the whole model folder again (diffusers layout, safetensors weights).'

/**
 * Reads configs and weight headers, no weights. Throws MODEL_NOT_FOUND for a missing folder, file or component, MODEL_INVALID for
 * what is not a diffusers model or contradicts itself, MODEL_UNSUPPORTED for an unknown class or pickled weights.
 */
export async function openModelFolder(given: string): Promise<ModelFolder> {
  const path = await findSnapshot(given)
  const index = await readIndex(path)
  const className = String(index._class_name)
  const required = PIPELINES[className]
  if (!required) throw unsupported(join(path, 'model_index.json'), className, Object.keys(PIPELINES))
  const parts = listParts(index, path)
  const absent = [...required, 'scheduler'].filter(name => !parts.has(name))
  if (absent.length > 0) {
    if (isRefiner(className, parts)) throw unsupported(path, className, Object.keys(PIPELINES), REFINER)
    const message = `${path} is half a model: model_index.json lists no ${absent.join(', ')}`
    throw new AppError('MODEL_NOT_FOUND', message, INCOMPLETE)
  }
  const components = new Map<string, ModelComponent>()
  for (const [name, part] of parts) {
    const folder = join(path, name)
    if (TOKENIZERS.includes(name)) await assertFolder(folder)
    else if (name !== 'scheduler') components.set(name, await openComponent(folder, part))
  }
  const config = await readConfig(join(path, 'scheduler'), 'scheduler_config.json')
  return {
    path,
    className,
    index,
    components,
    scheduler: { _class_name: parts.get('scheduler')!, ...config },
    schedulerClass: parts.get('scheduler')!,
  }
}

async function readIndex(path: string): Promise<JsonObject> {
  await assertFolder(path, 'Check the path: it must be a model folder in diffusers layout.')
  const index = await readJsonIfPresent(join(path, 'model_index.json'), 'MODEL_INVALID')
  if (index) return index
  const message = `${path} is not a diffusers model: model_index.json is missing${await describeOther(path)}`
  throw new AppError(
    'MODEL_INVALID',
    message,
    "Name the folder that holds model_index.json, unet/, vae/ and text_encoder/; diffusers' from_single_file and save_pretrained make one of a checkpoint in one file.",
  )
}

async function assertFolder(path: string, next = INCOMPLETE): Promise<string> {
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) return path
  const text = stats?.isFile() ? textKind(await readStart(path)) : undefined
  if (text) throw new AppError('MODEL_NOT_FOUND', `${path} ${text.what}, not a model folder`, next)
  throw new AppError('MODEL_NOT_FOUND', `${path} ${stats ? 'is not a folder' : 'does not exist'}`, next)
}

/** The index's components with their classes; absent ones are [null, null]. */
function listParts(index: JsonObject, path: string): Map<string, string> {
  const parts = new Map<string, string>()
  for (const [name, value] of Object.entries(index)) {
    if (!Array.isArray(value) || IGNORED.includes(name) || name.startsWith('_')) continue
    const className: unknown = value[1]
    if (className === null || className === undefined) continue
    if (typeof className !== 'string' || !/^[a-z0-9_]+$/.test(name)) {
      const message = `${join(path, 'model_index.json')} has a component ${JSON.stringify(name)} that is not [library, class]`
      throw new AppError('MODEL_INVALID', message, INCOMPLETE)
    }
    parts.set(name, className)
  }
  return parts
}

async function openComponent(folder: string, className: string): Promise<ModelComponent> {
  const baseName = NETWORKS[className]
  if (!baseName) throw unsupported(folder, className, Object.keys(NETWORKS))
  await assertFolder(folder)
  const config = await readConfig(folder, 'config.json')
  const own = config._class_name
  if (own !== undefined && own !== className) {
    const message = `${join(folder, 'config.json')} says ${String(own)}, but model_index.json says ${className}`
    throw new AppError('MODEL_INVALID', message, INCOMPLETE)
  }
  return { className, folder, config, weights: await openWeights(folder, baseName) }
}

async function readConfig(folder: string, name: string): Promise<JsonObject> {
  const config = await readJsonIfPresent(join(folder, name), 'MODEL_INVALID')
  if (config) return config
  throw new AppError('MODEL_NOT_FOUND', `${join(folder, name)} is missing`, INCOMPLETE)
}

/** It has the second text encoder alone. */
const isRefiner = (className: string, parts: ReadonlyMap<string, string>): boolean =>
  className === 'StableDiffusionXLImg2ImgPipeline' && !parts.has('text_encoder') && parts.has('text_encoder_2')
const REFINER = ': it is the refiner of SDXL, which only finishes images that another model began'

function unsupported(
  where: string,
  className: string,
  supported: readonly string[],
  reason = reasonAgainst(className),
): AppError {
  const message = `${where}: the class ${className} is not supported${reason}`
  return new AppError('MODEL_UNSUPPORTED', message, `Supported are ${supported.join(', ')}.`)
}

async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path).catch(() => undefined)
  if (!file) return new Uint8Array()
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(TEXT_START), 0, TEXT_START, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
