/**
 * Forms of pairs: what is learned and kept of them. Every form becomes plain pairs before it serves, so that rows of any forms share
 * a batch and nothing behind it knows which there are.
 */
import type { Graph, Shape, Value } from '../graph/graph.ts'
import { downName, type LowRankModule, lowRankTensors, pairInputs, upName } from './pairs.ts'

/** A tensor that trains. */
export interface LearnedTensor {
  readonly name: string
  /** With its row axis. */
  readonly shape: Shape
  readonly module: LowRankModule
  readonly side: 'down' | 'up' | 'both'
}

/** A tensor that the graph needs and that never changes. */
export interface FixedTensor {
  readonly name: string
  readonly shape: Shape
  values(): Float32Array
}

/** The pair of a layer: `down` `[R, r, in]` and `up` `[R, out, r]`, with the sides of a convolution's kernel. */
export interface Pair<T> {
  readonly down: T
  readonly up: T
}

export interface PairForm {
  /** What trains for `rows` adapters side by side, layer by layer. */
  tensors(modules: readonly LowRankModule[], rows: number): LearnedTensor[]
  fixed(modules: readonly LowRankModule[]): FixedTensor[]
  /** The pair as values of the graph, of inputs with the names of `tensors` and `fixed`. */
  pair(graph: Graph, module: LowRankModule, rows: number): Pair<Value>
  /** The pair of one adapter as numbers. */
  expand(module: LowRankModule, learned: (name: string) => Float32Array): Pair<Float32Array>
}

/** Both sides are learned as they serve: LoRA. */
export const WHOLE_PAIRS: PairForm = {
  tensors: (modules, rows) =>
    modules.flatMap(module =>
      lowRankTensors([module], rows).map(
        (tensor, i) => ({ ...tensor, module, side: i === 0 ? 'down' : 'up' }) as const,
      ),
    ),
  fixed: () => [],
  pair: pairInputs,
  expand: (module, learned) => ({ down: learned(downName(module)), up: learned(upName(module)) }),
}
