/** PEFT's LoraConfig, as adapter_config.json and diffusers' metadata hold it: the alphas it means, and one that means ours. */
import { z } from 'zod'
import type { JsonObject } from '../../../files/json.ts'
import { invalid, listed } from '../format.ts'
import type { PairRecord } from '../record.ts'
import { mostCommon } from './pairs.ts'
import { readPattern } from './patterns.ts'

const patterns = z.record(z.string(), z.number().finite()).nullish()

const schema = z.looseObject({
  peft_type: z.string().default('LORA'),
  r: z.number().int().positive(),
  lora_alpha: z.number().finite(),
  rank_pattern: patterns,
  alpha_pattern: patterns,
  use_rslora: z.boolean().nullish(),
  bias: z.string().nullish(),
  init_lora_weights: z.union([z.boolean(), z.string()]).nullish(),
})

interface Pattern {
  readonly value: number
  fits(key: string): boolean
}

export interface LoraConfig extends z.output<typeof schema> {
  readonly ranks: readonly Pattern[]
  readonly alphas: readonly Pattern[]
}

/** @throws AppError ADAPTER_INVALID for a pattern whose syntax is not read. */
const readPatterns = (patterns: z.output<typeof schema>['rank_pattern']): Pattern[] =>
  Object.entries(patterns ?? {}).map(([pattern, value]) => {
    const fits = readPattern(pattern)
    if (fits) return { value, fits }
    throw invalid(`has the pattern ${JSON.stringify(pattern)} for ranks or alphas`, 'Name the layers in full.')
  })

/** Fields that say how it was trained or loaded, and nothing about what it computes. */
const HARMLESS = new Set([
  ...['peft_type', 'r', 'lora_alpha', 'rank_pattern', 'alpha_pattern', 'use_rslora', 'bias', 'init_lora_weights'],
  ...['target_modules', 'exclude_modules', 'layers_to_transform', 'layers_pattern', 'lora_dropout', 'eva_config'],
  ...['auto_mapping', 'base_model_name_or_path', 'revision', 'task_type', 'inference_mode', 'peft_version'],
  ...['megatron_core', 'qalora_group_size', 'runtime_config', 'ensure_weight_tying'],
])

/** Starts that leave the base as it is; the others (PiSSA, OLoRA, LoftQ, ...) count on a changed one. */
const PLAIN_STARTS: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'eva', 'orthogonal']

const isEmpty = (value: unknown): boolean =>
  !value || (typeof value === 'object' && Object.keys(value as object).length === 0)

/** @throws AppError ADAPTER_INVALID naming the field for everything but plain LoRA. */
export function readLoraConfig(json: JsonObject): LoraConfig {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`)
    throw invalid(`has a configuration that is not PEFT's: ${listed(faults)}`, 'Check adapter_config.json.')
  }
  const config = parsed.data
  const next = 'Train or convert it as plain LoRA.'
  if (config.peft_type !== 'LORA') throw invalid(`is of the PEFT type ${config.peft_type}, which is not read`, next)
  if (config.use_dora) throw invalid('is a DoRA (use_dora)', next)
  if (config.bias && config.bias !== 'none') throw invalid(`changes biases too (bias is "${config.bias}")`, next)
  if (!PLAIN_STARTS.includes(config.init_lora_weights))
    throw invalid(`counts on a changed base (init_lora_weights is "${config.init_lora_weights}")`, next)
  const unknown = Object.keys(config).filter(name => !HARMLESS.has(name) && !isEmpty(config[name]))
  if (unknown.length > 0) throw invalid(`uses what is not read: ${listed(unknown)}`, next)
  return { ...config, ranks: readPatterns(config.rank_pattern), alphas: readPatterns(config.alpha_pattern) }
}

/** What PEFT looks up for a layer: the first pattern that fits. Newer releases of transformers have lost `text_model.` in names. */
function lookUp(among: readonly Pattern[], key: string): number | undefined {
  const bare = key.replace(/^text_model\./, '')
  return among.find(({ fits }) => fits(key) || (bare !== key && fits(bare)))?.value
}

/** @throws AppError ADAPTER_INVALID when the configuration has another rank for the layer than its tensors. */
export function configAlpha(config: LoraConfig, key: string, rank: number): number {
  const said = lookUp(config.ranks, key) ?? config.r
  if (said !== rank)
    throw invalid(`has rank ${rank} in ${key}, its configuration says ${said}`, 'Take both files from one save.')
  const alpha = lookUp(config.alphas, key) ?? config.lora_alpha
  return config.use_rslora ? exactAlpha(alpha / Math.sqrt(rank), rank) : alpha
}

/** The alpha whose quotient by the rank is the scale to the last bit, where there is one; else the nearest. */
export function exactAlpha(scale: number, rank: number): number {
  const near = scale * rank
  const candidates = [
    Number(near.toPrecision(15)),
    Math.fround(near),
    near,
    near * (1 + 2 ** -52),
    near * (1 - 2 ** -52),
  ]
  return candidates.find(alpha => alpha / rank === scale) ?? near
}

/**
 * The name of a layer that PEFT finds in every release: it compares the ends of names, and text encoders of newer transformers have lost
 * the `text_model.` that those of older ones begin with. A dot is a letter like others in its patterns.
 */
const nameOf = ({ component, key }: PairRecord): string =>
  component === 'unet' ? key : key.replace(/^text_model\./, '')

/** The configuration that makes PEFT compute what the pairs of one part of the model mean. */
export function writeLoraConfig(pairs: readonly PairRecord[]) {
  const [r, alpha] = [mostCommon(pairs.map(({ rank }) => rank)), mostCommon(pairs.map(own => own.alpha))]
  return {
    peft_type: 'LORA',
    r,
    lora_alpha: alpha,
    rank_pattern: Object.fromEntries(pairs.filter(({ rank }) => rank !== r).map(own => [nameOf(own), own.rank])),
    alpha_pattern: Object.fromEntries(pairs.filter(own => own.alpha !== alpha).map(own => [nameOf(own), own.alpha])),
    target_modules: pairs.map(nameOf),
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_dropout: 0,
    use_dora: false,
    use_rslora: false,
  }
}
