/** Adapters of random values for a base. */

import { lowRankTensors } from '../../engine/adapters/pairs.ts'
import type { Adapter, Base } from '../../engine/index.ts'
import { lora } from '../../engine/methods/lora.ts'
import { normals } from '../../engine/noise.ts'

interface Drawn {
  readonly rank?: number
  readonly targets?: string
  /** Fingerprint of the base for the manifest. */
  readonly fingerprint?: string
}

/** Random pairs, strong enough to change the picture. */
export function randomAdapter(base: Base, seed: number, drawn: Drawn = {}): Adapter {
  const { rank = 2, targets = 'attention', fingerprint = '' } = drawn
  const { modules } = lora.plan(base, lora.options.parse({ rank, alpha: rank, targets }))
  const tensors = lowRankTensors(modules, 1).map(({ name, shape }, i) => {
    const count = shape.reduce((a, b) => a * b, 1)
    return [name, normals(seed, i, count).map(value => 0.2 * value)] as const
  })
  const manifest = {
    format: 'semblance-adapter-1' as const,
    ...{ engine: '', method: 'lora', base: fingerprint, subject: 'sks', scale: 0.5, options: {}, training: {} },
  }
  return { manifest, modules, scale: 0.5, tensors: new Map(tensors) }
}
