/** Puts the adapters of a batch of images side by side as graph inputs, whatever their ranks. */
import type { Adapter } from './adapter.ts'
import { elements } from './graph.ts'
import { downName, type LowRankModule, lowRankTensors, upName } from './rows.ts'
import type { Inline } from './runtime/protocol.ts'

/** The part of an image request that is about its adapter. */
interface Adapted {
  readonly adapter?: Adapter
  readonly adapterScale?: number
}

/** How the adapters of a batch enter the graph: `rows` is 0 for none, 1 for one shared by all, else one for each request. */
export interface AdapterBatch {
  readonly rows: number
  readonly modules: readonly LowRankModule[]
  readonly feeds: Record<string, Inline>
}

/** Largest rank per layer over the adapters; smaller ones are padded with zero rows, absent ones are all zero. */
export function adapterBatch(requests: readonly Adapted[]): AdapterBatch {
  const adapters = requests.map(({ adapter }) => adapter)
  if (adapters.every(adapter => !adapter)) return { rows: 0, modules: [], feeds: {} }
  const same = requests.every(
    request => request.adapter === requests[0]?.adapter && request.adapterScale === requests[0]?.adapterScale,
  )
  const chosen = same ? requests.slice(0, 1) : requests
  const modules = mergedModules(chosen.flatMap(({ adapter }) => (adapter ? [adapter] : [])))
  const feeds: Record<string, Inline> = {}
  for (const { name, shape } of lowRankTensors(modules, chosen.length))
    feeds[name] = { data: new Float32Array(elements(shape)), dtype: 'float32', shape }
  chosen.forEach((request, row) => {
    if (request.adapter) placeRow(feeds, modules, request.adapter, row, request.adapterScale ?? 1)
  })
  return { rows: chosen.length, modules, feeds }
}

function mergedModules(adapters: readonly Adapter[]): LowRankModule[] {
  const merged = new Map<string, LowRankModule>()
  for (const { modules } of adapters)
    for (const module of modules) {
      const name = `${module.component}.${module.key}`
      const known = merged.get(name)
      if (!known || known.rank < module.rank) merged.set(name, module)
    }
  return [...merged.values()]
}

/** Copies one adapter into its row; its scale goes into the `up` side. */
function placeRow(
  feeds: Record<string, Inline>,
  modules: readonly LowRankModule[],
  adapter: Adapter,
  row: number,
  factor: number,
): void {
  const ranks = new Map(modules.map(module => [downName(module), module.rank]))
  for (const module of adapter.modules) {
    const rank = ranks.get(downName(module)) ?? module.rank
    const [down, up] = [adapter.tensors.get(downName(module)), adapter.tensors.get(upName(module))]
    const [downRow, upRow] = [feeds[downName(module)]?.data, feeds[upName(module)]?.data] as Float32Array[]
    if (!down || !up || !downRow || !upRow) continue
    downRow.set(down, row * rank * module.in)
    const scale = adapter.scale * factor
    for (let out = 0; out < module.out; out++)
      for (let r = 0; r < module.rank; r++)
        upRow[(row * module.out + out) * rank + r] = (up[out * module.rank + r] ?? 0) * scale
  }
}
