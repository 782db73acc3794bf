/** LiDB (arXiv 2307.06949, section 4.1): LoRA whose sides lie in small fixed spaces, so that an adapter has a few kilobytes. */
import { z } from 'zod'
import { AUXILIARIES } from '../adapters/auxiliaries.ts'
import { type LidbForm, lidbPairs, startLidb } from '../adapters/lidb.ts'
import type { Base } from '../base/base.ts'
import { TARGETS, targetLayers, targetsOption } from './lora-targets.ts'
import { isFullSize, type Method } from './method.ts'

const side = z.number().int().min(1).max(10_000)

/** The auxiliaries are shared by all subjects of a base, and by what predicts adapters for it. */
const SEED = 0

const options = z.object({
  rank: z.number().int().min(1).max(128).default(1).describe('rank of every pair'),
  a: side
    .optional()
    .describe('values of the output side of every pair for each rank (A_train); default: 100, on small bases 48'),
  b: side
    .optional()
    .describe('values of the input side of every pair for each rank (B_train); default: 50, on small bases 24'),
  targets: targetsOption
    .default('attention,text-encoder,text-feed-forward')
    .describe(`the layers that get a pair: ${Object.keys(TARGETS).join(', ')}; several with commas between them`),
})

/** The paper's sizes; a small base has sides of 64 to 160, of which the share would be lost. */
function formOf(base: Base, { a, b }: z.output<typeof options>): LidbForm {
  const sizes = isFullSize(base) ? { a: 100, b: 50 } : { a: 48, b: 24 }
  return { auxiliaries: AUXILIARIES, seed: SEED, a: a ?? sizes.a, b: b ?? sizes.b }
}

export const lidb: Method<typeof options> = {
  name: 'lidb',
  options,
  defaults: (base: Base) =>
    isFullSize(base)
      ? { steps: 500, learningRate: 4e-4, batch: 1, weightDecay: 0 }
      : { steps: 200, learningRate: 1.6e-2, batch: 4, weightDecay: 0 },
  plan: (base, chosen) => ({
    modules: targetLayers(base, chosen.targets).map(layer => ({ ...layer, rank: chosen.rank })),
    scale: 1,
    form: lidbPairs(formOf(base, chosen)),
    lidb: formOf(base, chosen),
  }),
  initialize: ({ module }, seed, index, { base, options }) => startLidb(module, formOf(base, options), seed, index),
}
