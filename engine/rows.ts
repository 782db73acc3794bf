/**
 * Row-wise adapters: low-rank pairs as graph inputs with a row axis, so that one batch serves or trains several adapters.
 * A batch of B images with R rows gives each adapter B/R neighbouring images; R = 1 is one adapter for all.
 */
import { invariant } from '../errors.ts'
import { elements, type Graph, input, type Shape, type Value } from './graph.ts'
import type { Layer, NetOptions } from './nets/blocks.ts'
import * as op from './ops/index.ts'
import { side } from './ops/types.ts'

/** One adapted linear layer. `down` is `[rank, in]` (A), `up` is `[out, rank]` (B): y += scale * B (A x). */
export interface LowRankModule {
  readonly component: string
  readonly key: string
  readonly in: number
  readonly out: number
  readonly rank: number
  /** Of a layer whose output nothing reads: see LinearLayer. */
  readonly idle?: true
}

export const moduleName = ({ component, key }: { component: string; key: string }): string => `${component}.${key}`
export const downName = (module: { component: string; key: string }): string => `${moduleName(module)}.lora_A.weight`
export const upName = (module: { component: string; key: string }): string => `${moduleName(module)}.lora_B.weight`

/** The tensors of modules in order, with their row axis. */
export function lowRankTensors(modules: readonly LowRankModule[], rows: number): { name: string; shape: Shape }[] {
  return modules.flatMap(module => [
    { name: downName(module), shape: [rows, module.rank, module.in] },
    { name: upName(module), shape: [rows, module.out, module.rank] },
  ])
}

/**
 * The hook that adds the pairs to the layers they belong to, as graph inputs named by `downName` and `upName`.
 * @param scale multiplies every pair; serving folds each row's own scale into `up` and passes 1.
 * @param keep `[B, sum of ranks]`, what each image keeps of every pair's inner channels: the dropout of training.
 */
export function lowRankHook(
  graph: Graph,
  modules: readonly LowRankModule[],
  rows: number,
  scale: number,
  keep?: Value,
): NonNullable<NetOptions['adapt']> {
  let ranks = 0
  const known = new Map(
    modules.map(module => {
      const place = { module, from: ranks }
      ranks += module.rank
      return [moduleName(module), place] as const
    }),
  )
  return (component, layer) => {
    const place = known.get(`${component}.${layer.key}`)
    if (!place) return layer.y
    const { module, from } = place
    const share = keep && op.slice(keep, 1, from, from + module.rank)
    return addPair(graph, module, layer, { rows, scale, ...(share && { keep: share }) })
  }
}

interface PairOptions {
  readonly rows: number
  readonly scale: number
  /** `[B, rank]` */
  readonly keep?: Value
}

function addPair(graph: Graph, module: LowRankModule, layer: Layer, { rows, scale, keep }: PairOptions): Value {
  const { x, y, kind } = layer
  invariant(kind === 'linear', `adapter on ${module.key}, which is a ${kind}`)
  invariant(side(x.shape, 1) === module.in && side(y.shape, 1) === module.out, `adapter shape of ${module.key}`)
  const down = input(graph, downName(module), 'float32', [rows, module.rank, module.in])
  const up = input(graph, upName(module), 'float32', [rows, module.out, module.rank])
  if (rows === 1) {
    const hidden = dropped(op.gemm(x, op.reshape(down, [module.rank, module.in]), { transB: true }), keep)
    return op.gemm(hidden, op.reshape(up, [module.out, module.rank]), { transB: true, alpha: scale, bias: y })
  }
  const tokens = side(x.shape, 0) / rows
  const hidden = dropped(op.matmul(op.reshape(x, [rows, tokens, module.in]), down, { transB: true }), keep)
  const change = op.matmul(hidden, up, { transB: true, alpha: scale })
  return op.add(y, op.reshape(change, y.shape))
}

/** Each image's share of the inner channels, the same at all of its tokens. */
function dropped(hidden: Value, keep: Value | undefined): Value {
  if (!keep) return hidden
  const [batch, rank] = keep.shape as [number, number]
  const tokens = elements(hidden.shape) / batch / rank
  const kept = op.mul(op.reshape(hidden, [batch, tokens, rank]), op.reshape(keep, [batch, 1, rank]))
  return op.reshape(kept, hidden.shape)
}
