/**
 * Directional derivatives of every op: the gradient graph against central differences of the forward graph, both run on
 * the device. One case per op (or variant of it); an op with a gradient rule and no case is reported as missing.
 */
import { gradients } from '../../engine/graph/grad.ts'
import {
  apply,
  apply1,
  constant,
  createGraph,
  elements,
  type Graph,
  input,
  type Shape,
  type Value,
} from '../../engine/graph/graph.ts'
import { encode } from '../../engine/graph/onnx.ts'
import * as op from '../../engine/graph/ops/index.ts'
import { normals } from '../../engine/noise.ts'
import type { Device } from '../../engine/runtime/device.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { runOutputs } from '../../engine/runtime/run.ts'

export interface GradientCase {
  readonly op: string
  readonly variant?: string
  /** Shapes of the differentiated inputs, drawn from N(0, 1) + `offset`. */
  readonly shapes: readonly Shape[]
  readonly offset?: number
  build(inputs: readonly Value[], graph: Graph): Value
}

type Build = (...inputs: Value[]) => Value
const one = (
  name: string,
  build: Build,
  shapes: Shape[],
  extra: { variant?: string; offset?: number } = {},
): GradientCase => ({
  op: name,
  shapes,
  ...extra,
  build: inputs => build(...inputs),
})

const image: Shape = [2, 4, 6, 5]
const heads: Shape = [2, 3, 5, 4]
const maskOf = (graph: Graph): Value => constant(graph, [1, 1, 1, 5], Float32Array.of(0, 0, -1e9, 0, 0))

/** Every op that has a gradient rule, at shapes where broadcasting, padding and strides are real. */
export const GRADIENT_CASES: readonly GradientCase[] = [
  one('add', op.add, [
    [2, 3, 4],
    [3, 1],
  ]),
  one('sub', op.sub, [
    [3, 1],
    [2, 3, 4],
  ]),
  one('mul', op.mul, [
    [2, 3, 4],
    [1, 4],
  ]),
  one(
    'div',
    op.div,
    [
      [2, 3],
      [2, 3],
    ],
    { offset: 4 },
  ),
  one('neg', op.neg, [[3, 4]]),
  one('exp', op.exp, [[3, 4]]),
  one('sqrt', op.sqrt, [[3, 4]], { offset: 6 }),
  one('sigmoid', op.sigmoid, [[3, 4]]),
  one('softplus', op.softplus, [[3, 4]]),
  one('sin', op.sin, [[3, 4]]),
  one('cos', op.cos, [[3, 4]]),
  one('erf', x => apply1(op.ERF, [x as Value], {}), [[3, 4]]),
  one('abs', op.abs, [[3, 4]], { offset: 5 }),
  one('relu', op.relu, [[3, 4]], { offset: 5 }),
  one('quickGelu', op.quickGelu, [[5, 4]]),
  one('silu', op.silu, [[5, 4]]),
  one('gelu', op.gelu, [[5, 4]]),
  one('clip', x => op.clip(x, -100, 100), [[5, 4]]),
  one('cast', x => op.cast(x, 'float32'), [[5, 4]]),
  one('reshape', x => op.mul(op.reshape(x, [6, 2]), op.reshape(x, [6, 2])), [[3, 4]]),
  one('transpose', x => op.transpose(x, [2, 0, 1]), [[2, 3, 4]]),
  one('concat', (a, b) => op.concat([a, b], 1), [
    [2, 3, 2],
    [2, 1, 2],
  ]),
  one('split', x => op.mul(...(op.split(x, 1, [3, 3]) as [Value, Value])), [[2, 6]]),
  one('slice', x => op.slice(x, 1, 1, 3), [[2, 5, 2]]),
  one('pad', x => op.pad(x, [0, 1], [2, 0]), [[3, 4]]),
  one('expand', x => op.expand(x, [5, 3, 4]), [[3, 1]]),
  {
    op: 'gather',
    shapes: [[7, 3]],
    build: ([x], graph) => op.gather(x as Value, constant(graph, [2, 2], BigInt64Array.of(1n, 6n, 1n, 0n))),
  },
  one('reduceSum', x => op.reduceSum(x, [0, 2]), [[2, 3, 4]]),
  one('softmax', op.softmax, [[3, 5]]),
  one('gemm', (a, b, c) => op.gemm(a, b, { transB: true, bias: c, alpha: 0.5 }), [[3, 4], [5, 4], [5]]),
  one(
    'gemm',
    (a, b) => op.gemm(a, b, { transA: true }),
    [
      [4, 3],
      [4, 5],
    ],
    { variant: 'transA' },
  ),
  one('matmul', (a, b) => op.matmul(a, b, { transB: true, alpha: 2 }), [
    [2, 3, 4],
    [2, 5, 4],
  ]),
  one(
    'matmul',
    (a, b) => op.matmul(a, b, { transA: true }),
    [
      [2, 4, 3],
      [4, 5],
    ],
    { variant: 'broadcast' },
  ),
  one('conv', (x, w, b) => op.conv(x, w, { bias: b, pads: 1 }), [image, [3, 4, 3, 3], [3]]),
  one('conv', (x, w) => op.conv(x, w, { stride: 2, pads: 1 }), [image, [3, 4, 3, 3]], { variant: 'stride 2' }),
  one(
    'conv',
    (x, w) => op.conv(x, w, { stride: 2, pads: [0, 0, 1, 1] }),
    [
      [1, 2, 6, 6],
      [3, 2, 3, 3],
    ],
    { variant: 'bottom right' },
  ),
  one('conv', (x, w) => op.conv(x, w), [image, [3, 4, 1, 1]], { variant: '1x1' }),
  one(
    'conv',
    (x, w) => op.conv(x, w, { stride: 3 }),
    [
      [2, 2, 6, 6],
      [4, 2, 3, 3],
    ],
    { variant: 'patches' },
  ),
  one('resize', x => op.resize(x, [12, 10]), [image]),
  one('resize', x => op.resize(x, [11, 9]), [image], { variant: 'odd sides' }),
  one('resize', x => op.resize(x, [12, 9]), [image], { variant: 'an odd width' }),
  one('layerNorm', (x, w, b) => op.layerNorm(x, w, b), [[3, 2, 6], [6], [6]]),
  one('groupNorm', (x, w, b) => op.groupNorm(x, w, b, 2, 1e-5), [image, [4], [4]]),
  one('attention', (q, k, v) => op.attention(q, k, v, { heads: 2, keep: true }), [
    [2, 3, 8],
    [2, 5, 8],
    [2, 5, 8],
  ]),
  {
    op: 'attention',
    variant: 'mask',
    shapes: [heads, heads, heads],
    build: ([q, k, v], graph) =>
      apply(op.ATTENTION, [q as Value, k as Value, v as Value, maskOf(graph)], {})[0] as Value,
  },
  one('fusedAttention', (q, k, v) => op.attention(q, k, v, { heads: 2, keep: false }), [
    [2, 3, 8],
    [2, 5, 8],
    [2, 5, 8],
  ]),
]

const STEP = 2e-2
const feed = (data: Float32Array, shape: Shape): Inline => ({ data, dtype: 'float32', shape })

/** A case's outcome: |analytic - numeric| / max(|analytic|, |numeric|, 1e-3) of one directional derivative. */
export async function directionalError(device: Device, test: GradientCase, seed: number): Promise<number> {
  const graph = createGraph()
  const inputs = test.shapes.map((shape, i) => input(graph, `x${i}`, 'float32', shape))
  const y = test.build(inputs, graph)
  const weights = input(graph, 'weights', 'float32', y.shape)
  const loss = op.reduceSum(
    op.mul(y, weights),
    y.shape.map((_, axis) => axis),
  )
  const parts = Object.fromEntries(gradients(loss, inputs).map((value, i) => [`d${i}`, value]))
  const model = encode({ loss, ...parts })
  const session = await device.open(model, 'inference')
  const points = test.shapes.map((shape, i) =>
    normals(seed, i, elements(shape)).map(value => value + (test.offset ?? 0)),
  )
  const directions = test.shapes.map((shape, i) => normals(seed, 100 + i, elements(shape)))
  const weight = feed(normals(seed, 200, elements(y.shape)), y.shape)
  const run = (shift: number): Promise<Record<string, Float32Array>> => {
    const moved = points.map((point, i) => point.map((value, j) => value + shift * (directions[i]?.[j] ?? 0)))
    const feeds = Object.fromEntries(moved.map((data, i) => [`x${i}`, feed(data, test.shapes[i] ?? [])]))
    return runOutputs(device, session, { ...feeds, weights: weight }, ['loss', ...Object.keys(parts)])
  }
  const [plus, minus, middle] = [await run(STEP), await run(-STEP), await run(0)]
  await device.close(session)
  const numeric = (Number(plus.loss?.[0]) - Number(minus.loss?.[0])) / (2 * STEP)
  const analytic = directions.reduce((sum, direction, i) => {
    const part = middle[`d${i}`]
    return sum + direction.reduce((inner, value, j) => inner + value * (part?.[j] ?? 0), 0)
  }, 0)
  return Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), Math.abs(numeric), 1e-3)
}

/** Ops with a gradient rule that no case covers. */
export function uncoveredOps(): string[] {
  const covered = new Set(GRADIENT_CASES.map(test => test.op))
  return [...op.OPS.values()].filter(record => record.grad && !covered.has(record.name)).map(record => record.name)
}
