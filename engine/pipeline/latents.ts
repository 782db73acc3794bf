/** Pixels to latents and back through the autoencoder. */
import { latentShape } from '../base/base.ts'
import { createGraph, input } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import * as op from '../graph/ops/index.ts'
import type { PictureSize } from '../io/index.ts'
import { createNet } from '../nets/blocks.ts'
import { decodeLatents, encodeImage } from '../nets/vae.ts'
import { runOnce, runOutputs } from '../runtime/run.ts'
import { floats, type GeneratedImage, type PipelineContext } from './context.ts'

/** Latent moments `[C, h, w]` of each image, before the scaling factor. */
export async function encodeImages(
  { base, device, session }: PipelineContext,
  images: readonly Float32Array[],
  size: PictureSize,
) {
  const shape = [1, 3, size.height, size.width]
  const id = await session(`encode ${shape}`, () => {
    const graph = createGraph()
    const pixels = input(graph, 'pixels', 'float32', shape)
    return encode({ ...encodeImage(createNet(graph, 'vae'), base.configs.vae, pixels) }, base.locate)
  })
  const results: { mean: Float32Array; logVariance: Float32Array }[] = []
  for (const image of images) {
    const feeds = { pixels: floats(image, shape) }
    results.push(await runOutputs(device, id, feeds, ['mean', 'logVariance']))
  }
  return results
}

/** Pixels of latents that carry the scaling factor. */
export async function decode(
  { base, device, session }: PipelineContext,
  latents: readonly Float32Array[],
  size: PictureSize,
) {
  const shape = latentShape(base, 1, size)
  const id = await session(`decode ${shape}`, () => {
    const graph = createGraph()
    const scaled = op.mul(input(graph, 'latents', 'float32', shape), 1 / base.configs.vae.scaling_factor)
    const pixels = decodeLatents(createNet(graph, 'vae'), base.configs.vae, scaled)
    return encode({ pixels: op.clip(pixels, -1, 1) }, base.locate)
  })
  const images: GeneratedImage[] = []
  for (const latent of latents) {
    const pixels = await runOnce(device, id, { latents: floats(latent, shape) }, 'pixels')
    images.push({ pixels, height: size.height, width: size.width })
  }
  return images
}
