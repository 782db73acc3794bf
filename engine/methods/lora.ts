/** LoRA (arXiv 2106.09685): a low-rank pair beside frozen linear layers, zero at the start. */
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Base } from '../base.ts'
import { normals } from '../noise.ts'
import type { Method } from './method.ts'

/** Layers by target set: the last part of the checkpoint key of attention projections. */
const TARGETS = {
  attention: /\.attn[12]\.(to_q|to_k|to_v|to_out\.0)$/,
  'cross-attention': /\.attn2\.(to_q|to_k|to_v|to_out\.0)$/,
} as const

const options = z.object({
  rank: z.number().int().min(1).max(128).default(8).describe('rank of every pair'),
  alpha: z.number().positive().optional().describe('the pair is scaled by alpha / rank; default: rank'),
  targets: z
    .enum(Object.keys(TARGETS) as (keyof typeof TARGETS)[])
    .default('attention')
    .describe('which layers of the UNet get a pair'),
})

/** Above this many UNet parameters the base counts as full size and trains gently. */
const FULL_SIZE = 100e6

export const lora: Method<typeof options> = {
  name: 'lora',
  options,
  defaults: (base: Base) =>
    base.layers.parameters > FULL_SIZE
      ? { steps: 500, learningRate: 1e-4, batch: 1, weightDecay: 1e-2 }
      : { steps: 200, learningRate: 4e-3, batch: 4, weightDecay: 1e-2 },
  plan: (base, { rank, alpha = rank, targets }) => {
    const modules = base.layers.linear
      .filter(layer => layer.component === 'unet' && TARGETS[targets].test(layer.key))
      .map(layer => ({ ...layer, rank }))
    if (modules.length === 0)
      throw new AppError('MODEL_UNSUPPORTED', `the base has no ${targets} layers`, 'Choose another target set.')
    return { modules, scale: alpha / rank }
  },
  // diffusers' "gaussian" start: A from N(0, 1/r^2), B zero, so the base is unchanged at step 0.
  initialize: ({ count, module, side }, seed, index) =>
    side === 'up' ? new Float32Array(count) : normals(seed, index, count).map(value => value / module.rank),
}
