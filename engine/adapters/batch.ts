/** Packs the adapters of a batch of images into one flat buffer, whatever their ranks. */

import { elements } from '../graph/graph.ts'
import { type Layout, layoutOf, tensorsOf } from '../runtime/layout.ts'
import type { Adapter } from './adapter.ts'
import { downName, downShape, type LowRankModule, lowRankTensors, moduleName, upName } from './pairs.ts'

/** The part of an image request that is about its adapter. */
interface Adapted {
  readonly adapter?: Adapter | undefined
  readonly adapterScale?: number | undefined
}

/** How the adapters of a batch enter the graph: `rows` is 0 for none, 1 for one shared by all, else one for each request. */
export interface AdapterBatch {
  readonly rows: number
  readonly modules: readonly LowRankModule[]
  readonly layout: Layout
  /** The values of the layout's tensors. */
  readonly flat: Float32Array
}

const isUnet = (component: string): boolean => component === 'unet'

/**
 * Largest rank per layer over the adapters; smaller ones are padded with zero rows, absent ones are all zero.
 * @param serves the part of the model whose layers are wanted, default the UNet's
 */
export function adapterBatch(requests: readonly Adapted[], serves = isUnet): AdapterBatch {
  const [first] = requests
  const same = requests.every(
    request => request.adapter === first?.adapter && request.adapterScale === first?.adapterScale,
  )
  const chosen = same ? requests.slice(0, 1) : requests
  const modules = mergedModules(chosen.flatMap(({ adapter }) => adapter?.modules ?? [])).filter(
    ({ component, idle }) => !idle && serves(component),
  )
  const rows = modules.length > 0 ? chosen.length : 0
  const layout = layoutOf(lowRankTensors(modules, rows), 1)
  const flat = new Float32Array(layout.total)
  const tensors = tensorsOf(layout, flat)
  const target = (name: string) => tensors.get(name)?.data ?? new Float32Array()
  chosen.forEach(({ adapter, adapterScale = 1 }, row) => {
    for (const module of modules) if (adapter) placeModule(target, module, adapter, row, adapterScale)
  })
  return { rows, modules, layout, flat }
}

function mergedModules(modules: readonly LowRankModule[]): LowRankModule[] {
  const merged = new Map<string, LowRankModule>()
  for (const module of modules) {
    const known = merged.get(moduleName(module))
    if (!known || known.rank < module.rank) merged.set(moduleName(module), module)
  }
  return [...merged.values()]
}

/** Copies one adapter's pair into its row; its scale goes into the `up` side. */
function placeModule(
  target: (name: string) => Float32Array,
  module: LowRankModule,
  { manifest, tensors, scale }: Adapter,
  row: number,
  factor: number,
): void {
  const [down, up] = [tensors.get(downName(module)), tensors.get(upName(module))]
  if (!down || !up) return
  target(downName(module)).set(down, row * elements(downShape(module)))
  const [own, values] = [up.length / module.out, target(upName(module))]
  const strength = manifest.scales?.[moduleName(module)] ?? scale
  for (let out = 0; out < module.out; out++)
    for (let r = 0; r < own; r++)
      values[(row * module.out + out) * module.rank + r] = (up[out * own + r] ?? 0) * strength * factor
}
