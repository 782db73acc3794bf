/**
 * Recorded trainings of torch and diffusers: their draws as feeds of our own graphs, and how far our values are from
 * theirs.
 */

import type { PlaceholderToken } from '../../engine/adapters/token-embeddings.ts'
import type { Base } from '../../engine/base/base.ts'
import type { SafetensorsFile } from '../../engine/io/index.ts'
import { promptFeeds, readPrompt } from '../../engine/pipeline/prompt-feeds.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { addNoise, trainingTarget } from '../../engine/schedulers/index.ts'
import { readIntegers } from './golden-model.ts'

/**
 * The recorded draws of a step: rows of clean latents, noise, timestep and prompt.
 * @param weights factor on each row's loss
 */
export async function recordedFeeds(
  base: Base,
  golden: SafetensorsFile,
  weights: readonly number[],
  word?: PlaceholderToken,
): Promise<(step: number) => Record<string, Inline>> {
  const rowCount = weights.length
  const [latents, noise] = [await golden.readFloat32('latents'), await golden.readFloat32('noise')]
  const [timesteps, chosen] = [await readIntegers(golden, 'timestep'), await readIntegers(golden, 'text_index')]
  const texts = JSON.parse(golden.metadata.texts ?? '') as string[]
  const sizes = JSON.parse(golden.metadata.time_ids ?? '') as number[]
  const shape = [rowCount, ...(golden.tensors.get('latents')?.shape.slice(2) ?? [])]
  const count = shape.slice(1).reduce((a, b) => a * b, 1)
  const feed = (data: Float32Array, of: readonly number[]): Inline => ({ data, dtype: 'float32', shape: of })
  return step => {
    const [sample, target] = [new Float32Array(rowCount * count), new Float32Array(rowCount * count)]
    const rows = Array.from({ length: rowCount }, (_, row) => step * rowCount + row)
    const times = rows.map(at => Number(timesteps[at]))
    times.forEach((t, row) => {
      const from = (step * rowCount + row) * count
      const [clean, own] = [latents.subarray(from, from + count), noise.subarray(from, from + count)]
      sample.set(addNoise(base.schedule, t, clean, own), row * count)
      target.set(trainingTarget(base.schedule, t, clean, own), row * count)
    })
    const prompts = rows.map(at => readPrompt(base, [{ text: texts[Number(chosen[at])] ?? '', weight: 1 }], word))
    return {
      sample: feed(sample, shape),
      target: feed(target, shape),
      timesteps: feed(Float32Array.from(times), [rowCount]),
      weights: feed(Float32Array.from(weights), [rowCount]),
      ...(sizes.length > 0 && {
        time_ids: feed(Float32Array.from(rows.flatMap(() => sizes)), [rowCount, sizes.length]),
      }),
      ...promptFeeds(base, prompts),
    }
  }
}

/** Largest |difference| over all tensors divided by the largest |reference|. */
export async function worstError(
  golden: SafetensorsFile,
  part: string,
  tensors: Iterable<readonly [name: string, values: ArrayLike<number>]>,
): Promise<number> {
  let [error, largest] = [0, 0]
  for (const [name, values] of tensors) {
    const reference = await golden.readFloat32(`${part}.${name.replace('.token_rows', '')}`)
    reference.forEach((value, i) => {
      error = Math.max(error, Math.abs(value - (values[i] ?? Number.NaN)))
      largest = Math.max(largest, Math.abs(value))
    })
  }
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / largest
}
