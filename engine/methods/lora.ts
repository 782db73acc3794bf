/** LoRA (arXiv 2106.09685): a low-rank pair beside frozen linear layers and convolutions, zero at the start. */
import { z } from 'zod'
import type { Base } from '../base/base.ts'
import { normals } from '../noise.ts'
import { TARGETS, targetLayers, targetsOption } from './lora-targets.ts'
import { isFullSize, type Method } from './method.ts'
import { flag } from './options.ts'

const rank = z.number().int().min(1).max(128)

const options = z.object({
  rank: rank.default(8).describe('rank of every pair'),
  convRank: rank.optional().describe('rank of the pairs on convolutions; default: rank'),
  alpha: z.number().positive().optional().describe('every pair is scaled by alpha / rank; default: rank'),
  rslora: flag
    .default(false)
    .describe('scale by alpha / sqrt(rank), which keeps high ranks learning (arXiv 2312.03732)'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("share of every pair's inner channels that each image leaves out while training"),
  targets: targetsOption
    .default('attention')
    .describe(`the layers that get a pair: ${Object.keys(TARGETS).join(', ')}; several with commas between them`),
})

export const lora: Method<typeof options> = {
  name: 'lora',
  options,
  defaults: (base: Base) =>
    isFullSize(base)
      ? { steps: 500, learningRate: 1e-4, batch: 1, weightDecay: 1e-2 }
      : { steps: 200, learningRate: 4e-3, batch: 4, weightDecay: 1e-2 },
  plan: (base, { rank, convRank = rank, alpha = rank, rslora, dropout, targets }) => ({
    modules: targetLayers(base, targets).map(layer => ({ ...layer, rank: layer.kernel ? convRank : rank })),
    scale: alpha / (rslora ? Math.sqrt(rank) : rank),
    dropout: dropout > 0 ? dropout : undefined,
  }),
  // diffusers' "gaussian" start: A from N(0, 1/r^2), B zero, so the base is unchanged at step 0.
  initialize: ({ count, module, side }, seed, index) =>
    side === 'up' ? new Float32Array(count) : normals(seed, index, count).map(value => value / module.rank),
}
