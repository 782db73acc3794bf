/** LayerNorm and GroupNorm, both on ONNX LayerNormalization, whose mean and 1/std outputs serve the backward pass. */
import { invariant } from '../../../errors.ts'
import { apply, elements, type Shape, type Value } from '../graph.ts'
import { add, mul, neg, sub } from './elementwise.ts'
import { gemm } from './linear.ts'
import { reduceSum } from './reduce.ts'
import { reshape } from './shape.ts'
import { at, defineOp, first, side } from './types.ts'

type LayerNormAttrs = { epsilon: number }
type GroupNormAttrs = { epsilon: number; groups: number }

const statistics = (rows: Shape) => ({ dtype: 'float32' as const, shape: rows })

/** Over the last axis of `[..., C]`, with weight and bias `[C]`. Outputs: y, mean, 1/std. */
export const LAYER_NORM = defineOp<LayerNormAttrs>({
  name: 'layerNorm',
  infer: inputs => {
    const x = at({ inputs }, 0)
    const rows = [...x.shape.slice(0, -1), 1]
    return [{ dtype: x.dtype, shape: x.shape }, statistics(rows), statistics(rows)]
  },
  build: (node, emit) =>
    emit.node({
      type: 'LayerNormalization',
      inputs: node.inputs.map(value => value.name),
      outputs: node.outputs.map(value => value.name),
      attrs: { axis: -1, epsilon: { float: node.attrs.epsilon } },
    }),
  grad: (node, dy, needs) => {
    const [x, gamma] = [at(node, 0), at(node, 1)]
    const [mean, invStd] = [at({ inputs: node.outputs }, 1), at({ inputs: node.outputs }, 2)]
    const axes = x.shape.slice(0, -1).map((_, i) => i)
    return [
      needs[0] ? layerNormInputGrad(x, gamma, mean, invStd, first(dy)) : undefined,
      needs[1] ? reduceSum(mul(first(dy), mul(sub(x, mean), invStd)), axes) : undefined,
      needs[2] ? reduceSum(first(dy), axes) : undefined,
    ]
  },
})

/** dx = a*g + k*x + c per row, g = dy*gamma; the two row means are products with gamma. */
function layerNormInputGrad(x: Value, gamma: Value, mean: Value, invStd: Value, dy: Value): Value {
  const channels = side(x.shape, -1)
  const rowSum = (value: Value) =>
    reshape(
      gemm(reshape(value, [elements(x.shape) / channels, channels]), reshape(gamma, [channels, 1]), {
        alpha: 1 / channels,
      }),
      mean.shape,
    )
  const meanG = rowSum(dy)
  const meanGx = rowSum(mul(dy, x))
  const slope = mul(invStd, sub(meanGx, mul(mean, meanG)))
  const k = neg(mul(mul(invStd, invStd), slope))
  const c = neg(add(mul(invStd, meanG), mul(k, mean)))
  return add(mul(mul(dy, gamma), invStd), add(mul(x, k), c))
}

/** Over groups of channels of `[N, C, ...]`, with weight and bias `[C]`. Outputs: y, mean, 1/std as `[N, groups, 1]`. */
export const GROUP_NORM = defineOp<GroupNormAttrs>({
  name: 'groupNorm',
  infer: (inputs, { groups }) => {
    const x = at({ inputs }, 0)
    invariant(side(x.shape, 1) % groups === 0, `${side(x.shape, 1)} channels in ${groups} groups`)
    const rows = [side(x.shape, 0), groups, 1]
    return [{ dtype: x.dtype, shape: x.shape }, statistics(rows), statistics(rows)]
  },
  build: (node, emit) => {
    const [x, gamma, beta] = [at(node, 0), at(node, 1), at(node, 2)]
    const [y, mean, invStd] = node.outputs as [Value, Value, Value]
    const size = elements(x.shape) / (side(x.shape, 0) * node.attrs.groups)
    const temp = (label: string) => emit.temp(node, label)
    const perChannel = emit.ints([1, side(x.shape, 1), ...x.shape.slice(2).map(() => 1)])
    const step = (type: string, inputs: string[], output: string) => emit.node({ type, inputs, outputs: [output] })
    step('Reshape', [x.name, emit.ints([side(x.shape, 0), node.attrs.groups, size])], temp('groups'))
    emit.node({
      type: 'LayerNormalization',
      inputs: [temp('groups'), emit.constant('float32', [size], new Float32Array(size).fill(1))],
      outputs: [temp('normal'), mean.name, invStd.name],
      attrs: { axis: -1, epsilon: { float: node.attrs.epsilon } },
    })
    step('Reshape', [temp('normal'), emit.ints(x.shape)], temp('flat'))
    step('Reshape', [gamma.name, perChannel], temp('gamma'))
    step('Reshape', [beta.name, perChannel], temp('beta'))
    step('Mul', [temp('flat'), temp('gamma')], temp('scaled'))
    step('Add', [temp('scaled'), temp('beta')], y.name)
  },
  grad: (node, dy, needs) => groupNormGrads(node.inputs, node.outputs, first(dy), needs, node.attrs.groups),
})

/** All three gradients from two per-channel sums; dx = a*dy + k*x + c with per-channel a and per-group k, c. */
function groupNormGrads(
  inputs: readonly Value[],
  outputs: readonly Value[],
  dy: Value,
  needs: readonly boolean[],
  groups: number,
): readonly (Value | undefined)[] {
  const [x, gamma] = [at({ inputs }, 0), at({ inputs }, 1)]
  const [mean, invStd] = [at({ inputs: outputs }, 1), at({ inputs: outputs }, 2)]
  const [batch, channels] = [side(x.shape, 0), side(x.shape, 1)]
  const [perGroup, space] = [channels / groups, elements(x.shape) / (batch * channels)]
  const sums = (value: Value) => reduceSum(reshape(value, [batch, groups, perGroup, space]), [3])
  const sumDy = sums(dy)
  const sumDyX = sums(mul(dy, x))
  const weight = reshape(gamma, [1, groups, perGroup])
  const gradients: (Value | undefined)[] = [undefined, undefined, undefined]
  if (needs[0]) {
    const m1 = mul(reduceSum(mul(sumDy, weight), [2], true), 1 / (perGroup * space))
    const m2 = mul(reduceSum(mul(sumDyX, weight), [2], true), 1 / (perGroup * space))
    const slope = mul(invStd, sub(m2, mul(mean, m1)))
    const k = neg(mul(mul(invStd, invStd), slope))
    const c = neg(add(mul(invStd, m1), mul(k, mean)))
    const a = mul(weight, invStd)
    const wide = (value: Value) => reshape(value, [batch, groups, side(value.shape, 2), 1])
    const [dy4, x4] = [dy, x].map(value => reshape(value, [batch, groups, perGroup, space])) as [Value, Value]
    gradients[0] = reshape(add(mul(dy4, wide(a)), add(mul(x4, wide(k)), wide(c))), x.shape)
  }
  if (needs[1]) gradients[1] = reshape(reduceSum(mul(sub(sumDyX, mul(sumDy, mean)), invStd), [0]), [channels])
  if (needs[2]) gradients[2] = reshape(reduceSum(sumDy, [0]), [channels])
  return gradients
}

export const layerNorm = (x: Value, weight: Value, bias: Value, epsilon = 1e-5): Value =>
  apply(LAYER_NORM, [x, weight, bias], { epsilon })[0] as Value
export const groupNorm = (x: Value, weight: Value, bias: Value, groups: number, epsilon: number): Value =>
  apply(GROUP_NORM, [x, weight, bias], { groups, epsilon })[0] as Value
