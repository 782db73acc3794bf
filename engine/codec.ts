/** Into and out of the latent world: prompts to text states, pixels to latent moments, latents to pixels. */
import { type Base, latentShape } from './base.ts'
import { createGraph, input, type Shape } from './graph.ts'
import { createNet } from './nets/blocks.ts'
import { decodeLatents, encodeImage } from './nets/vae.ts'
import { encode } from './onnx.ts'
import * as op from './ops/index.ts'
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

/** Text states `[L, D]` of each prompt. */
export async function encodeText(
  { base, device, session }: Context,
  prompts: readonly string[],
): Promise<Float32Array[]> {
  const length = base.tokenizer.maxLength
  const id = await session('text', () => {
    const graph = createGraph()
    const ids = input(graph, 'ids', 'int64', [1, length])
    return encode({ context: base.family.context(graph, base.configs, ids) }, base.locate)
  })
  const results: Float32Array[] = []
  for (const prompt of prompts) {
    const data = BigInt64Array.from(base.tokenizer.encode(prompt), BigInt)
    const feeds = { ids: { data, dtype: 'int64', shape: [1, length] } as const }
    const [result] = await device.run([{ session: id, feeds, into: {}, fetch: ['context'] }])
    results.push(result?.outputs.context?.data as Float32Array)
  }
  return results
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
