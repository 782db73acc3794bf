/**
 * Row-wise adapters: low-rank pairs as graph inputs with a row axis, so that one batch serves or trains several adapters.
 * A batch of B images with R rows gives each adapter B/R neighbouring images; R = 1 is one adapter for all.
 */
import { invariant } from '../../errors.ts'
import type { AdaptableLayer } from '../base/networks.ts'
import { elements, type Graph, input, type Shape, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import type { Layer, NetOptions } from '../nets/blocks.ts'

/**
 * One adapted layer: y += scale * B (A x). A convolution's A is a convolution of the same stride and padding to `rank`
 * channels, its B one of kernel 1 ("LoCon").
 */
export interface LowRankModule extends AdaptableLayer {
  readonly rank: number
}

export const moduleName = ({ component, key }: { component: string; key: string }): string => `${component}.${key}`
export const downName = (module: { component: string; key: string }): string => `${moduleName(module)}.lora_A.weight`
export const upName = (module: { component: string; key: string }): string => `${moduleName(module)}.lora_B.weight`

const kernelOf = ({ kernel }: AdaptableLayer): Shape => (kernel ? [kernel, kernel] : [])

/** A: `[rank, in]`, of a convolution `[rank, in, k, k]`. */
export const downShape = (module: LowRankModule): Shape => [module.rank, module.in, ...kernelOf(module)]

/** B: `[out, rank]`, of a convolution `[out, rank, 1, 1]`. */
export const upShape = (module: LowRankModule): Shape => [module.out, module.rank, ...kernelOf(module).map(() => 1)]

/** The tensors of modules in order, with their row axis. */
export function lowRankTensors(modules: readonly LowRankModule[], rows: number): { name: string; shape: Shape }[] {
  return modules.flatMap(module => [
    { name: downName(module), shape: [rows, ...downShape(module)] },
    { name: upName(module), shape: [rows, ...upShape(module)] },
  ])
}

/** Both sides of a module as graph inputs. */
export const pairInputs = (graph: Graph, module: LowRankModule, rows: number) => ({
  down: input(graph, downName(module), 'float32', [rows, ...downShape(module)]),
  up: input(graph, upName(module), 'float32', [rows, ...upShape(module)]),
})

export interface PairOptions {
  /** Adapters side by side. */
  readonly rows: number
  /** Multiplies every pair, default 1; serving folds each row's own scale into `up`. */
  readonly scale?: number | undefined
  /** What of the pairs is an input of the graph, default both of their sides. */
  readonly pairOf?: ((module: LowRankModule) => { readonly down: Value; readonly up: Value }) | undefined
  /** `[B, sum of ranks]`, what each image keeps of every pair's inner channels: the dropout of training. */
  readonly keep?: Value | undefined
}

/** The hook that adds the pairs to the layers they belong to, as graph inputs named by `downName` and `upName`. */
export function lowRankHook(
  graph: Graph,
  modules: readonly LowRankModule[],
  { rows, scale = 1, keep, pairOf }: PairOptions,
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
    return addPair(graph, module, layer, { rows, scale, keep: share, pairOf })
  }
}

/** The options of one layer; `keep` is `[B, rank]`. */
type OwnOptions = PairOptions & { readonly scale: number }

function addPair(graph: Graph, module: LowRankModule, layer: Layer, options: OwnOptions): Value {
  const { x, y, kernel } = layer
  invariant(kernel === module.kernel, `the kernel of ${module.key} is ${kernel}, the adapter's ${module.kernel}`)
  invariant(side(x.shape, 1) === module.in && side(y.shape, 1) === module.out, `adapter shape of ${module.key}`)
  const { down, up } = options.pairOf?.(module) ?? pairInputs(graph, module, options.rows)
  return module.kernel ? addConvolutions(layer, down, up, options) : addProducts(layer, down, up, options)
}

function addProducts({ x, y }: Layer, down: Value, up: Value, { rows, scale, keep }: OwnOptions): Value {
  if (rows === 1) {
    const hidden = dropped(op.gemm(x, op.reshape(down, down.shape.slice(1)), { transB: true }), keep)
    return op.gemm(hidden, op.reshape(up, up.shape.slice(1)), { transB: true, alpha: scale, bias: y })
  }
  const tokens = side(x.shape, 0) / rows
  const hidden = dropped(op.matmul(op.reshape(x, [rows, tokens, side(x.shape, 1)]), down, { transB: true }), keep)
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

function byRow(value: Value, rows: number): readonly Value[] {
  const sizes = Array.from({ length: rows }, () => side(value.shape, 0) / rows)
  return rows === 1 ? [value] : op.split(value, 0, sizes)
}

/** Each row's images go through its own A one after the other; all of B is one product over the channels. */
function addConvolutions(layer: Layer, down: Value, up: Value, { rows, scale, keep }: OwnOptions): Value {
  const { x, y, stride, pads } = layer
  const [batch, out, height, width] = y.shape as [number, number, number, number]
  const rank = side(up.shape, 2)
  const kernels = byRow(down, rows)
  const hidden = byRow(x, rows).map((images, row) =>
    op.conv(images, op.reshape(kernels[row] as Value, down.shape.slice(1)), { stride, pads }),
  )
  const inner = hidden.length === 1 ? (hidden[0] as Value) : op.concat(hidden, 0)
  const kept = keep ? op.mul(inner, op.reshape(keep, [batch, rank, 1, 1])) : inner
  const change = op.matmul(
    op.reshape(up, [rows, 1, out, rank]),
    op.reshape(kept, [rows, batch / rows, rank, height * width]),
    { alpha: scale },
  )
  return op.add(y, op.reshape(change, y.shape))
}
