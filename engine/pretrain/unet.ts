/** Pre-training of UNet and text encoder together: the denoising loss with Min-SNR weights and dropped captions. */
import { latentShape } from '../base/base.ts'
import { type Family, type FamilyConfigs, promptInputs } from '../families/index.ts'
import { createGraph, input, type Shape } from '../graph/graph.ts'
import { side } from '../graph/ops/types.ts'
import { square } from '../io/index.ts'
import { integers, normals, uniforms } from '../noise.ts'
import type { Inline } from '../runtime/protocol.ts'
import { addNoise, minSnrWeight, type NoiseSchedule, trainingTarget } from '../schedulers/index.ts'
import { rowLosses } from '../training/diffusion.ts'
import { drawCaptions, drawPictures, fullTraining, type PretrainContext, type PretrainPart, stream } from './part.ts'

const GAMMA = 5
/** Share of captions replaced by the empty one: what classifier-free guidance needs (arXiv 2207.12598). */
const DROPPED = 0.1
/** Latents of this many bytes are kept; those beyond are encoded anew at each use. */
const CACHE_BYTES = 1 << 30
const SAMPLES = 16
const SAMPLE_BATCH = 4

/** The weighted loss of a batch with every weight of both networks as an input; `shape` is that of the latents. */
export function unetTraining(family: Family, configs: FamilyConfigs, shape: Shape, tokens: number) {
  const graph = createGraph()
  const batch = side(shape, 0)
  const { options, trainables, layout } = fullTraining(graph)
  const inputs = {
    sample: input(graph, 'sample', 'float32', shape),
    timesteps: input(graph, 'timesteps', 'float32', [batch]),
    conditioning: family.encodePrompts(graph, configs, promptInputs(graph, configs, batch, tokens), options),
  }
  const prediction = family.denoise(graph, configs, inputs, options)
  const target = input(graph, 'target', 'float32', shape)
  const losses = rowLosses(prediction, target, input(graph, 'weights', 'float32', [batch]), 1)
  return { losses, trainables: trainables(), layout: layout() }
}

/** One batch before noise: what each row shows, says, and at which timestep it is. */
export interface DenoisingBatch {
  readonly latents: readonly Float32Array[]
  readonly ids: readonly ArrayLike<number>[]
  readonly timesteps: readonly number[]
  /** N(0, 1) for all rows. */
  readonly noise: Float32Array
}

/** The graph inputs of `unetTraining`. */
export function denoisingFeeds(schedule: NoiseSchedule, shape: Shape, rows: DenoisingBatch): Record<string, Inline> {
  const [batch, size] = [side(shape, 0), shape.slice(1).reduce((a, b) => a * b, 1)]
  const [sample, target] = [new Float32Array(batch * size), new Float32Array(batch * size)]
  rows.latents.forEach((latent, row) => {
    const [t, noise] = [rows.timesteps[row] ?? 0, rows.noise.subarray(row * size, (row + 1) * size)]
    sample.set(addNoise(schedule, t, latent, noise), row * size)
    target.set(trainingTarget(schedule, t, latent, noise), row * size)
  })
  const ids = BigInt64Array.from(
    rows.ids.flatMap(row => Array.from(row)),
    BigInt,
  )
  const weights = Float32Array.from(rows.timesteps, t => minSnrWeight(schedule, t, GAMMA))
  return {
    sample: { data: sample, dtype: 'float32', shape },
    target: { data: target, dtype: 'float32', shape },
    timesteps: { data: Float32Array.from(rows.timesteps), dtype: 'float32', shape: [batch] },
    weights: { data: weights, dtype: 'float32', shape: [batch] },
    ids: { data: ids, dtype: 'int64', shape: [batch, ids.length / batch] },
  }
}

/** Posterior means times the scaling factor, encoded at first use. */
function latentSource({ base, pipeline, dataset }: PretrainContext): (picture: number) => Promise<Float32Array> {
  const kept = new Map<number, Float32Array>()
  return async picture => {
    const known = kept.get(picture)
    if (known) return known
    const [moments] = await pipeline.encodeImages([await dataset.image(picture)], square(base.size))
    const latent = (moments?.mean ?? new Float32Array()).map(value => value * base.configs.vae.scaling_factor)
    if ((kept.size + 1) * latent.byteLength <= CACHE_BYTES) kept.set(picture, latent)
    return latent
  }
}

export const unetPart: PretrainPart = {
  components: ['unet', 'text_encoder'],
  captions: true,
  settings: {
    steps: 15_000,
    batch: 32,
    learningRate: 8e-4,
    beta2: 0.99,
    weightDecay: 0.01,
    warmup: 200,
    decay: 0.3,
    ema: 0.9985,
  },
  build(context) {
    const { base, batch, seed } = context
    const shape = latentShape(base, batch, square(base.size))
    const latentOf = latentSource(context)
    return {
      ...unetTraining(base.family, base.configs, shape, base.tokenizer.maxLength),
      feeds: async step => {
        const pictures = drawPictures(context, step)
        const drops = uniforms(seed, stream('drop', step), batch)
        const captions = drawCaptions(context, step, pictures).map((text, i) => ((drops[i] ?? 1) < DROPPED ? '' : text))
        const latents: Float32Array[] = []
        for (const picture of pictures) latents.push(await latentOf(picture))
        return denoisingFeeds(base.schedule, shape, {
          latents,
          ids: captions.map(base.tokenizer.encode),
          timesteps: Array.from(integers(seed, stream('timestep', step), batch, base.schedule.alphasCumprod.length)),
          noise: normals(
            seed,
            stream('noise', step),
            shape.reduce((a, b) => a * b, 1),
          ),
        })
      },
    }
  },
  async samples(pipeline, dataset) {
    const count = Math.min(SAMPLES, dataset.count)
    const prompts = Array.from(
      { length: count },
      (_, i) => dataset.captions(Math.floor((i * dataset.count) / count))[0] ?? '',
    )
    const images: Float32Array[] = []
    for (let from = 0; from < count; from += SAMPLE_BATCH) {
      const part = prompts.slice(from, from + SAMPLE_BATCH)
      const drawn = await pipeline.generate(part.map((prompt, i) => ({ prompt, seed: from + i, guidance: 3 })))
      images.push(...drawn.map(({ pixels }) => pixels))
    }
    return { images, columns: 8 }
  },
}
