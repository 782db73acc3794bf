/** Class images for prior preservation: drawn once by the base for a prompt, and kept as latents. */
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { type Base, latentShape } from '../base/base.ts'
import { elements } from '../graph/graph.ts'
import { openSafetensors, type PictureSize, square, writeSafetensors } from '../io/index.ts'
import type { Prior } from '../methods/index.ts'
import type { Pipeline } from '../pipeline/generate.ts'

/** Latent moments `[C, h, w]` of an image, before the scaling factor. */
export interface Moments {
  readonly mean: Float32Array
  readonly logVariance: Float32Array
}

export interface ClassImageOptions {
  /** Default the base's own square. */
  readonly size?: PictureSize | undefined
  /** Folder that keeps them for other trainings of the same base and prompt; without it they are drawn each time. */
  readonly cache?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly onImage?: ((event: { readonly done: number; readonly images: number }) => void) | undefined
}

/** Drawn at once. */
const BATCH = 4

/**
 * The moments of `prior.images` pictures of the class: image i is drawn with seed i, so more images later include the first.
 * @throws AppError CANCELED between two batches.
 */
export async function classImages(pipeline: Pipeline, prior: Prior, options: ClassImageOptions): Promise<Moments[]> {
  const { size = square(pipeline.base.size) } = options
  const folder = options.cache && (await openFolder(pipeline.base, prior.prompt, size, options.cache))
  const found: Moments[] = []
  for (let from = 0; from < prior.images; from += BATCH) {
    if (options.signal?.aborted)
      throw new AppError('CANCELED', `canceled after ${from} of ${prior.images} class images`, 'Start it again.')
    const indices = Array.from({ length: Math.min(BATCH, prior.images - from) }, (_, i) => from + i)
    const paths = indices.map(index => folder && join(folder, `${index}.safetensors`))
    const kept = await Promise.all(paths.map(path => path && readMoments(path, pipeline.base, size)))
    const missing = indices.filter((_, i) => !kept[i])
    const drawn = await drawMoments(pipeline, prior.prompt, size, missing)
    for (const [i, index] of indices.entries()) {
      const moments = kept[i] || drawn.get(index)
      if (!moments) continue
      const path = paths[i]
      if (path && !kept[i]) await writeMoments(path, moments)
      found.push(moments)
    }
    options.onImage?.({ done: found.length, images: prior.images })
  }
  return found
}

async function openFolder(base: Base, prompt: string, { height, width }: PictureSize, cache: string): Promise<string> {
  const size = height === width ? height : [height, width]
  const key = createHash('sha256').update(JSON.stringify([await base.fingerprint(), size, prompt]))
  const folder = join(cache, 'class-images', key.digest('hex').slice(0, 32))
  await mkdir(folder, { recursive: true }).catch(error => {
    throw new AppError(
      'STORAGE_FAILED',
      `${folder} cannot be made`,
      'Check the cache folder and its permissions.',
      error,
    )
  })
  return folder
}

async function drawMoments(
  pipeline: Pipeline,
  prompt: string,
  size: PictureSize,
  seeds: readonly number[],
): Promise<Map<number, Moments>> {
  if (seeds.length === 0) return new Map()
  const images = await pipeline.generate(seeds.map(seed => ({ prompt, seed, width: size.width, height: size.height })))
  const moments = await pipeline.encodeImages(
    images.map(({ pixels }) => pixels),
    size,
  )
  return new Map(moments.map((one, i) => [seeds[i] ?? 0, one]))
}

async function writeMoments(path: string, moments: Moments): Promise<void> {
  const tensors = Object.entries(moments).map(
    ([name, data]) => [name, { dtype: 'F32' as const, shape: [data.length], data }] as const,
  )
  await writeSafetensors(path, new Map(tensors))
}

/** Undefined for a file that is absent or damaged: it is then drawn again. */
async function readMoments(path: string, base: Base, size: PictureSize): Promise<Moments | undefined> {
  try {
    const file = await openSafetensors(path)
    const moments = { mean: await file.readFloat32('mean'), logVariance: await file.readFloat32('logVariance') }
    const count = elements(latentShape(base, 1, size))
    return moments.mean.length === count && moments.logVariance.length === count ? moments : undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'FILE_INVALID') return undefined
    throw error
  }
}
