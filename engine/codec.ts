/** Into and out of the latent world: prompts to text states, pixels to latent moments, latents to pixels. */
import { invariant } from '../errors.ts'
import { type Base, latentShape } from './base.ts'
import { promptInputs, tokenNames } from './families/index.ts'
import { createGraph, elements, input, type Shape } from './graph.ts'
import { createNet } from './nets/blocks.ts'
import { decodeLatents, encodeImage } from './nets/vae.ts'
import { encode, type Model } from './onnx.ts'
import * as op from './ops/index.ts'
import { emphasize, parsePrompt, tokenRow } from './prompt.ts'
import type { Device } from './runtime/device.ts'
import type { Inline } from './runtime/protocol.ts'
import type { Sessions } from './sessions.ts'

/** An image as `[3, size, size]` in -1..1. */
export interface GeneratedImage {
  readonly pixels: Float32Array
  readonly size: number
}

/** A base on a device with its open sessions. */
export interface Context {
  readonly base: Base
  readonly device: Device
  readonly session: Sessions
}

export const floats = (data: Float32Array, shape: Shape): Inline => ({ data, dtype: 'float32', shape })

/** What conditions one image, by slot of the family: its text states `context` `[L, D]` and what else the UNet asks for. */
export type Conditioning = Readonly<Record<string, Float32Array>>

export interface EncodeTextOptions {
  /** Read the weights of a prompt's parts, e.g. `(word:1.2)`; else brackets are text as any other. */
  readonly weights?: boolean
}

/** The slots of each prompt that the text encoders give. */
export async function encodeText(
  { base, device, session }: Context,
  prompts: readonly string[],
  { weights = false }: EncodeTextOptions = {},
) {
  const id = await session('text', () => textModel(base))
  const fetch = Object.keys(base.slots).filter(name => !Object.hasOwn(base.family.describeFrame(NO_FRAME), name))
  const results: Conditioning[] = []
  for (const prompt of prompts) {
    const pieces = weights ? parsePrompt(prompt) : [{ text: prompt, weight: 1 }]
    const rows = base.tokenizers.map(tokenizer => tokenRow(tokenizer, pieces))
    const [result] = await device.run([{ session: id, feeds: tokenFeeds(base, rows), into: {}, fetch }])
    const text = Object.fromEntries(fetch.map(name => [name, result?.outputs[name]?.data as Float32Array]))
    weighContext(base, text, rows)
    results.push(text)
  }
  return results
}

const NO_FRAME = { original: [0, 0], crop: [0, 0], target: [0, 0] } as const

function textModel(base: Base): Model {
  const graph = createGraph()
  const tokens = promptInputs(graph, base.configs, 1, base.tokenizer.maxLength)
  return encode({ ...base.family.encodePrompts(graph, base.configs, tokens) }, base.locate)
}

type TokenRow = ReturnType<typeof tokenRow>

/** The encoders' states lie side by side in the context, each weighed by its own tokenizer's places. */
function weighContext(base: Base, { context }: Conditioning, rows: readonly TokenRow[]): void {
  invariant(context, 'the family encodes no context')
  const width = context.length / base.tokenizer.maxLength
  let from = 0
  base.configs.texts.forEach(({ config }, index) => {
    const to = from + config.hidden_size
    emphasize(context, width, rows[index]?.weights ?? new Float32Array(), { from, to })
    from = to
  })
}

function tokenFeeds(base: Base, rows: readonly TokenRow[]): Record<string, Inline> {
  return Object.fromEntries(
    rows.flatMap(({ ids }, index) => {
      const names = tokenNames(index)
      const integers = (data: ArrayLike<number>, shape: Shape): Inline => ({
        data: BigInt64Array.from(Array.from(data), BigInt),
        dtype: 'int64',
        shape,
      })
      return [
        [names.ids, integers(ids, [1, ids.length])],
        [names.ends, integers([ids.indexOf(base.tokenizers[index]?.eosId ?? 0)], [1])],
      ]
    }),
  )
}

/** The conditioning of the unconditional half of a family that wants zeros there. */
export const zeroText = (base: Base, like: Conditioning): Conditioning =>
  Object.fromEntries(Object.keys(like).map(name => [name, new Float32Array(elements(base.slots[name] ?? []))]))

/** The conditioning of a whole batch as feeds, row after row. */
export function conditioningFeeds(base: Base, rows: readonly Conditioning[]): Record<string, Inline> {
  return Object.fromEntries(
    Object.entries(base.slots).map(([name, shape]) => {
      const data = new Float32Array(rows.length * elements(shape))
      rows.forEach((row, i) => {
        const values = row[name]
        invariant(values?.length === elements(shape), `row ${i} has no ${name} of [${shape}]`)
        data.set(values, i * values.length)
      })
      return [name, floats(data, [rows.length, ...shape])]
    }),
  )
}

/** Latent moments `[C, h, w]` of each image, before the scaling factor. */
export async function encodeImages({ base, device, session }: Context, images: readonly Float32Array[], size: number) {
  const id = await session(`encode ${size}`, () => {
    const graph = createGraph()
    const pixels = input(graph, 'pixels', 'float32', [1, 3, size, size])
    return encode({ ...encodeImage(createNet(graph, 'vae'), base.configs.vae, pixels) }, base.locate)
  })
  const results: { mean: Float32Array; logVariance: Float32Array }[] = []
  for (const image of images) {
    const feeds = { pixels: floats(image, [1, 3, size, size]) }
    const [result] = await device.run([{ session: id, feeds, into: {}, fetch: ['mean', 'logVariance'] }])
    const { mean, logVariance } = result?.outputs ?? {}
    results.push({ mean: mean?.data as Float32Array, logVariance: logVariance?.data as Float32Array })
  }
  return results
}

/** Pixels of latents that carry the scaling factor. */
export async function decode({ base, device, session }: Context, latents: readonly Float32Array[], size: number) {
  const shape = latentShape(base, 1, size)
  const id = await session(`decode ${size}`, () => {
    const graph = createGraph()
    const scaled = op.mul(input(graph, 'latents', 'float32', shape), 1 / base.configs.vae.scaling_factor)
    const pixels = decodeLatents(createNet(graph, 'vae'), base.configs.vae, scaled)
    return encode({ pixels: op.clip(pixels, -1, 1) }, base.locate)
  })
  const images: GeneratedImage[] = []
  for (const latent of latents) {
    const feeds = { latents: floats(latent, shape) }
    const [result] = await device.run([{ session: id, feeds, into: {}, fetch: ['pixels'] }])
    images.push({ pixels: result?.outputs.pixels?.data as Float32Array, size })
  }
  return images
}
