/** Whole models of a family on a tiny random checkpoint: every network, the conditioning of prompts, whole images, against diffusers. */
import { join } from 'node:path'
import { type ImageRequest, openBase, openPipeline, type Pipeline } from '../../engine/index.ts'
import { openSafetensors } from '../../engine/io/index.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { levelError } from './levels.ts'
import { rangeError, textParity, unetParity, vaeParity } from './parity.ts'

/** The text encoders' folders and the goldens of each. */
const TEXTS: Readonly<Record<string, readonly (readonly [component: string, golden: string])[]>> = {
  sd2: [['text_encoder', 'text']],
  sdxl: [
    ['text_encoder', 'text_encoder'],
    ['text_encoder_2', 'text_encoder_2'],
  ],
}

/** Largest error of any network, as a share of the reference's range. */
export async function networksError(device: Device, kind: string, folder: string): Promise<number> {
  const errors = [await unetParity(device, folder), await vaeParity(device, folder)]
  for (const [component, golden] of TEXTS[kind] ?? []) errors.push(await textParity(device, folder, component, golden))
  return Math.max(...errors)
}

async function withPipeline<T>(device: Device, folder: string, use: (pipeline: Pipeline) => Promise<T>): Promise<T> {
  const pipeline = openPipeline(device, await openBase(folder))
  try {
    return await use(pipeline)
  } finally {
    await pipeline.close()
  }
}

/** Largest error of what any prompt conditions the UNet with: tokens, texts of one or two encoders, pooled text. */
export async function promptsError(device: Device, folder: string): Promise<number> {
  const golden = await openSafetensors(join(folder, 'golden-prompts.safetensors'))
  const prompts = JSON.parse(golden.metadata.prompts ?? '') as string[]
  const weighted = JSON.parse(golden.metadata.weighted ?? '') as string[]
  return withPipeline(device, folder, async pipeline => {
    const errors: number[] = []
    for (const [i, text] of (await pipeline.encodeText(prompts)).entries())
      for (const [name, values] of Object.entries(text))
        errors.push(rangeError(values, await golden.readFloat32(`${name}.${i}`)))
    for (const [i, { context }] of (await pipeline.encodeText(weighted, { weights: true })).entries())
      errors.push(rangeError(context ?? [], await golden.readFloat32(`weighted.${i}`)))
    return Math.max(...errors)
  })
}

type Recorded = Omit<ImageRequest, 'init'> & { readonly strength?: number }

/**
 * The recorded requests that `wanted` takes, each with the largest difference of its image in levels of 0..255.
 * @param name of the recorded file: `images`, or `shapes` for images that are not square
 */
export async function imageErrors(
  device: Device,
  folder: string,
  wanted: (request: Recorded) => boolean,
  name: 'images' | 'shapes' = 'images',
) {
  const golden = await openSafetensors(join(folder, `golden-${name}.safetensors`))
  const requests = JSON.parse(golden.metadata.requests ?? '') as Recorded[]
  return withPipeline(device, folder, async pipeline => {
    const errors: { readonly request: Recorded; readonly error: number }[] = []
    for (const [i, request] of requests.entries()) {
      if (!wanted(request)) continue
      const { strength, width, height } = request
      const shape = width === undefined ? 'init' : `init.${width}x${height}`
      const init = strength === undefined ? {} : { init: { pixels: await golden.readFloat32(shape), strength } }
      const [image] = await pipeline.generate([{ ...request, ...init }])
      errors.push({ request, error: levelError(image?.pixels ?? [], await golden.readFloat32(String(i))) })
    }
    return errors
  })
}
