/** AdamW (arXiv 1711.05101) as an elementwise graph over flat buffers, run in place. */
import { createGraph, input, type Value } from '../../graph/graph.ts'
import { encode, type Model } from '../../graph/onnx.ts'
import * as op from '../../graph/ops/index.ts'

export interface AdamWOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Decoupled: `p -= lr * weightDecay * p`. */
  readonly weightDecay: number
}

export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2 }

/** The per-step scalars of the graph; `step` counts from 1, `rate` is the learning rate. */
export function adamWScalars({ beta1, beta2, weightDecay }: AdamWOptions, step: number, rate: number) {
  return { rate: rate / (1 - beta1 ** step), rescale: 1 / Math.sqrt(1 - beta2 ** step), keep: 1 - rate * weightDecay }
}

/**
 * Inputs: `p`, `g`, `m`, `v` of `[count]`, the scalars of `adamWScalars`, and `factor` on the gradient; outputs `p_next`, `m_next`, `v_next`, which
 * may be the memory of p, m and v: each input is read by one operator alone.
 */
export function buildAdamW(count: number, { beta1, beta2, epsilon }: AdamWOptions): Model {
  const graph = createGraph()
  const [p, raw, m, v] = ['p', 'g', 'm', 'v'].map(name => input(graph, name, 'float32', [count])) as [
    Value,
    Value,
    Value,
    Value,
  ]
  const names = ['rate', 'rescale', 'keep', 'factor']
  const [rate, rescale, keep, factor] = names.map(name => input(graph, name, 'float32', [])) as [
    Value,
    Value,
    Value,
    Value,
  ]
  const g = op.mul(raw, factor)
  const mNext = op.add(op.mul(m, beta1), op.mul(g, 1 - beta1))
  const vNext = op.add(op.mul(v, beta2), op.mul(op.mul(g, g), 1 - beta2))
  const step = op.div(op.mul(mNext, rate), op.add(op.mul(op.sqrt(vNext), rescale), epsilon))
  return encode({ p_next: op.sub(op.mul(p, keep), step), m_next: mNext, v_next: vNext })
}

/** `total = keep * total + share * part`, in place: gradient accumulation, and EMA with keep = decay. */
export function buildBlend(count: number): Model {
  const graph = createGraph()
  const [total, part] = ['total', 'part'].map(name => input(graph, name, 'float32', [count])) as [Value, Value]
  const [keep, share] = ['keep', 'share'].map(name => input(graph, name, 'float32', [])) as [Value, Value]
  return encode({ total_next: op.add(op.mul(total, keep), op.mul(part, share)) })
}
