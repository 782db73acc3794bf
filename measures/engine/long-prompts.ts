/** Prompts in several chunks on tiny random models, against transformers and diffusers (tools/goldens/long_prompts.py). */
import { join } from 'node:path'
import { type ImageRequest, openBase, openPipeline, type Pipeline } from '../../engine/index.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { levelError } from './levels.ts'
import { rangeError } from './parity.ts'

export interface LongPromptErrors {
  /** By the prompt's name, the largest error of what it conditions the UNet with, as a share of the reference's range. */
  readonly conditioning: Readonly<Record<string, number>>
  /** Of each image, the largest difference in levels of 0..255. */
  readonly images: readonly number[]
}

export async function longPromptErrors(device: Device, folder: string): Promise<LongPromptErrors> {
  const golden = await openSafetensors(join(folder, 'golden-long-prompts.safetensors'))
  const pipeline = openPipeline(device, await openBase(folder))
  try {
    return {
      conditioning: await conditioningErrors(pipeline, golden),
      images: await imageErrors(pipeline, golden),
    }
  } finally {
    await pipeline.close()
  }
}

async function conditioningErrors(pipeline: Pipeline, golden: SafetensorsFile): Promise<Record<string, number>> {
  const prompts = JSON.parse(golden.metadata.prompts ?? '') as { name: string; text: string }[]
  const texts = prompts.map(({ text }) => text)
  const encoded = await pipeline.encodeText(texts, { weights: true, longPrompt: 'chunks' })
  const errors: Record<string, number> = {}
  for (const [i, conditioning] of encoded.entries()) {
    const own: number[] = []
    for (const [name, values] of Object.entries(conditioning))
      own.push(rangeError(values, await golden.readFloat32(`${name}.${i}`)))
    errors[prompts[i]?.name ?? i] = Math.max(...own)
  }
  return errors
}

async function imageErrors(pipeline: Pipeline, golden: SafetensorsFile): Promise<number[]> {
  const requests = JSON.parse(golden.metadata.requests ?? '') as ImageRequest[]
  const images = await pipeline.generate(requests)
  const errors: number[] = []
  for (const [i, { pixels }] of images.entries())
    errors.push(levelError(pixels, await golden.readFloat32(`image.${i}`)))
  return errors
}
