/** Pre-training of the autoencoder on crops: absolute error, error of the differences of neighbours (edges), KL. */
import { createGraph, input, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import { square } from '../io/index.ts'
import { createNet } from '../nets/blocks.ts'
import { decodeLatents, encodeImage, type Moments, type VaeConfig, vaeFactor } from '../nets/vae.ts'
import { integers, normals } from '../noise.ts'
import { drawPictures, fullTraining, type PretrainPart, stream } from './part.ts'

/** Crops of this side generalise to whole pictures where the network has no attention. */
const CROP = 64
const EDGE_WEIGHT = 0.5
const KL_WEIGHT = 1e-4
const SAMPLES = 8
/** Pictures that the scaling factor is measured on. */
const MEASURED = 256

const meanOf = (x: Value): Value =>
  op.reduceMean(
    x,
    x.shape.map((_, axis) => axis),
  )

/** Differences of neighbours along an axis. */
const differences = (x: Value, axis: number): Value =>
  op.sub(op.slice(x, axis, 1, side(x.shape, axis)), op.slice(x, axis, 0, side(x.shape, axis) - 1))

function pictureLoss(y: Value, x: Value): Value {
  const error = op.sub(y, x)
  const edges = [2, 3].map(axis => meanOf(op.abs(differences(error, axis))))
  return op.add(meanOf(op.abs(error)), op.mul(op.add(edges[0] as Value, edges[1] as Value), EDGE_WEIGHT))
}

/** Mean over all latent values of KL(N(mean, variance) || N(0, 1)). */
function klLoss({ mean, logVariance }: Moments): Value {
  const terms = op.sub(op.add(op.mul(mean, mean), op.exp(logVariance)), op.add(logVariance, 1))
  return op.mul(meanOf(terms), 0.5)
}

/** The loss of `batch` crops of side `crop` with every weight as an input. */
function vaeTraining(config: VaeConfig, batch: number, crop: number) {
  const graph = createGraph()
  const { options, trainables, layout } = fullTraining(graph)
  const net = createNet(graph, 'vae', options)
  const pixels = input(graph, 'pixels', 'float32', [batch, config.in_channels, crop, crop])
  const moments = encodeImage(net, config, pixels)
  const noise = input(graph, 'noise', 'float32', moments.mean.shape)
  const latents = op.add(moments.mean, op.mul(op.exp(op.mul(moments.logVariance, 0.5)), noise))
  const picture = pictureLoss(decodeLatents(net, config, latents), pixels)
  const losses = op.add(picture, op.mul(klLoss(moments), KL_WEIGHT))
  return { losses, trainables: trainables(), layout: layout(), latents: latents.shape }
}

/** A square of side `crop` of a `[3, size, size]` picture. */
function cut(picture: Float32Array, size: number, crop: number, top: number, left: number): Float32Array {
  const out = new Float32Array(3 * crop * crop)
  for (let row = 0; row < 3 * crop; row++) {
    const from = (Math.floor(row / crop) * size + top + (row % crop)) * size + left
    out.set(picture.subarray(from, from + crop), row * crop)
  }
  return out
}

export const vaePart: PretrainPart = {
  components: ['vae'],
  captions: false,
  settings: {
    steps: 10_000,
    batch: 8,
    learningRate: 1.2e-3,
    beta2: 0.99,
    weightDecay: 1e-3,
    warmup: 60,
    decay: 0.5,
    ema: 0,
  },
  build(context) {
    const { base, batch, dataset, seed } = context
    const factor = vaeFactor(base.configs.vae)
    const crop = Math.min(base.size, Math.max(CROP, 2 * factor))
    const places = Math.floor((base.size - crop) / factor) + 1
    const { latents, ...training } = vaeTraining(base.configs.vae, batch, crop)
    return {
      ...training,
      feeds: async step => {
        const corners = integers(seed, stream('crop', step), 2 * batch, places)
        const pixels = new Float32Array(3 * batch * crop * crop)
        for (const [row, picture] of drawPictures(context, step).entries()) {
          const [top, left] = [(corners[2 * row] ?? 0) * factor, (corners[2 * row + 1] ?? 0) * factor]
          pixels.set(cut(await dataset.image(picture), base.size, crop, top, left), row * 3 * crop * crop)
        }
        const count = latents.reduce((a, b) => a * b, 1)
        return {
          pixels: { data: pixels, dtype: 'float32', shape: [batch, 3, crop, crop] },
          noise: { data: normals(seed, stream('noise', step), count), dtype: 'float32', shape: latents },
        }
      },
    }
  },
  /** Originals over reconstructions from the posterior means. */
  async samples(pipeline, dataset) {
    const count = Math.min(SAMPLES, dataset.count)
    const { size, configs } = pipeline.base
    const originals = await Promise.all(
      Array.from({ length: count }, (_, i) => dataset.image(Math.floor((i * dataset.count) / count))),
    )
    const moments = await pipeline.encodeImages(originals, square(size))
    const means = moments.map(({ mean }) => mean.map(value => value * configs.vae.scaling_factor))
    const decoded = await pipeline.decode(means, square(size))
    return { images: [...originals, ...decoded.map(({ pixels }) => pixels)], columns: count }
  },
  /** The scaling factor that brings the latents of the data to a standard deviation of 1. */
  async configure(pipeline, dataset) {
    const count = Math.min(MEASURED, dataset.count)
    const sums = { n: 0, x: 0, xx: 0 }
    for (let i = 0; i < count; i++) {
      const picture = await dataset.image(Math.floor((i * dataset.count) / count))
      const [moments] = await pipeline.encodeImages([picture], square(pipeline.base.size))
      for (const value of moments?.mean ?? []) {
        sums.n++
        sums.x += value
        sums.xx += value * value
      }
    }
    const deviation = Math.sqrt(sums.xx / sums.n - (sums.x / sums.n) ** 2)
    return deviation > 0 ? { vae: { scaling_factor: Number((1 / deviation).toFixed(4)) } } : {}
  },
}
