/**
 * Turns a training of all weights into what is kept: the exact change in half precision, and low-rank pairs close to
 * it.
 */
/// <reference lib="es2025.float16" />
import { invariant } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import { readWeight } from '../base/weights.ts'
import { elements, type Shape } from '../graph/graph.ts'
import { toHalf } from '../io/safetensors/half.ts'
import type { Device } from '../runtime/device.ts'
import type { Layout } from '../runtime/layout.ts'
import { openSessions } from '../runtime/sessions.ts'
import type { Delta } from './adapter.ts'
import { downName, type LowRankModule, moduleName, upName } from './pairs.ts'
import { lowRank, squares } from './truncated-svd.ts'

export interface Distilled {
  readonly modules: readonly LowRankModule[]
  readonly tensors: ReadonlyMap<string, Float32Array>
  readonly delta: Delta
  /** Share of the whole change's squared norm that the pairs carry, 0 to 1. */
  readonly energy: number
}

/**
 * The pairs of at most `rank` of every layer that an adapter may change; norms and biases are in the delta alone.
 * @param trained the layout's slots are weights of the base, `flat` has all their values
 */
export async function distil(
  { device, base }: { readonly device: Device; readonly base: Base },
  trained: { readonly layout: Layout; readonly flat: Float32Array },
  rank: number,
): Promise<Distilled> {
  const { layout, flat } = trained
  const layers = new Map(base.layers.adaptable.map(layer => [`${moduleName(layer)}.weight`, layer]))
  const sessions = openSessions(device)
  const [modules, tensors, delta] = [[] as LowRankModule[], new Map<string, Float32Array>(), new Map() as Changes]
  let [whole, kept] = [0, 0]
  try {
    for (const { name, shape, offset } of layout.slots) {
      const change = changeOf(await readWeight(base, name), flat.subarray(offset, offset + elements(shape)))
      delta.set(name, { shape, data: toHalf(name, change, 'Lower the learning rate.') })
      whole += squares(change)
      const layer = layers.get(name)
      if (!layer || layer.idle) continue
      const matrix = { rows: layer.out, columns: change.length / layer.out, values: change }
      const pair = await lowRank({ device, session: sessions.session }, matrix, rank)
      const module = { ...layer, rank: pair.rank }
      modules.push(module)
      tensors.set(downName(module), pair.down).set(upName(module), pair.up)
      kept += pair.energy
    }
  } finally {
    await sessions.close().catch(() => undefined)
  }
  return { modules, tensors, delta, energy: whole > 0 ? Math.min(1, kept / whole) : 0 }
}

type Changes = Map<string, { readonly shape: Shape; readonly data: Float16Array<ArrayBuffer> }>

function changeOf(before: Float32Array, after: Float32Array): Float32Array {
  invariant(before.length === after.length, 'a trained weight has another size than that of the base')
  return after.map((value, i) => value - (before[i] ?? 0))
}
