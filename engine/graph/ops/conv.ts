/** Convolutions in NCHW, nearest-neighbour resizing, and their gradients. */
import { invariant } from '../../../errors.ts'
import { apply1, constant, type Shape, type Value } from '../graph.ts'
import { gemm } from './linear.ts'
import { reduceSum } from './reduce.ts'
import { concat, pad, reshape, slice, transpose } from './shape.ts'
import { at, defineOp, first, onnx, side } from './types.ts'

/** `pads` is [top, left, bottom, right]; kernels are square in stride. */
type ConvAttrs = { stride: number; pads: Shape; group: number }

const outSide = (n: number, kernel: number, stride: number, pads: number): number =>
  Math.floor((n + pads - kernel) / stride) + 1
const padSum = (pads: Shape, axis: 0 | 1): number => (pads[axis] ?? 0) + (pads[axis + 2] ?? 0)

/** `[N, C, H, W]` with weight `[O, C/group, k, k]` and optional bias `[O]`. */
export const CONV = defineOp<ConvAttrs>({
  name: 'conv',
  infer: (inputs, { stride, pads, group }) => {
    const [x, w] = [at({ inputs }, 0), at({ inputs }, 1)]
    invariant(side(x.shape, 1) === side(w.shape, 1) * group, `channels of [${x.shape}] and weight [${w.shape}]`)
    const h = outSide(side(x.shape, 2), side(w.shape, 2), stride, padSum(pads, 0))
    const width = outSide(side(x.shape, 3), side(w.shape, 3), stride, padSum(pads, 1))
    return [{ dtype: x.dtype, shape: [side(x.shape, 0), side(w.shape, 0), h, width] }]
  },
  build: onnx('Conv', {
    attrs: ({ stride, pads, group }) => ({ strides: [stride, stride], pads, group }),
  }),
  grad: (node, dy, needs) => {
    invariant(node.attrs.group === 1, 'grouped conv has no gradient')
    const rules = [
      () => convInputGrad(at(node, 0), at(node, 1), first(dy), node.attrs),
      () => convWeightGrad(at(node, 0), at(node, 1), first(dy), node.attrs),
      () => reduceSum(first(dy), [0, 2, 3]),
    ]
    return node.inputs.map((_, i) => (needs[i] ? rules[i]?.() : undefined))
  },
})

/** Transposed convolution on the forward weight, cropped or extended to `[height, width]`. */
export const CONV_TRANSPOSE = defineOp<ConvAttrs & { size: Shape }>({
  name: 'convTranspose',
  infer: (inputs, { size }) => {
    const [x, w] = [at({ inputs }, 0), at({ inputs }, 1)]
    return [{ dtype: x.dtype, shape: [side(x.shape, 0), side(w.shape, 1), ...size] }]
  },
  build: (node, emit) => {
    const { stride, pads, group, size } = node.attrs
    const extra = [0, 1].map(axis => {
      const plain = (side(at(node, 0).shape, axis + 2) - 1) * stride - padSum(pads, axis as 0 | 1)
      return (size[axis] ?? 0) - plain - side(at(node, 1).shape, axis + 2)
    })
    emit.node({
      type: 'ConvTranspose',
      inputs: node.inputs.map(value => value.name),
      outputs: node.outputs.map(value => value.name),
      attrs: { strides: [stride, stride], pads, group, output_padding: extra },
    })
  },
})

/** The gradient for the input of a convolution: a transposed convolution with the same weight (docs/engine-notes.md, op choices). */
function convInputGrad(x: Value, w: Value, dy: Value, attrs: ConvAttrs): Value {
  return apply1(CONV_TRANSPOSE, [dy, w], { ...attrs, size: x.shape.slice(2) })
}

/**
 * dW `[O, C, k, k]`: for each of the k*k taps a product of dy `[O, N*H*W]` with the shifted input `[N*H*W, C]`. Channels
 * last, no operand is transposed for the product and no column matrix is written: 1.2 to 2.7 times as fast as one product
 * with all columns.
 */
function convWeightGrad(x: Value, w: Value, dy: Value, { stride, pads }: ConvAttrs): Value {
  const [out, channels, kh, kw] = w.shape as [number, number, number, number]
  const [batch, , h, width] = dy.shape as [number, number, number, number]
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  const padded = pad(transpose(x, [0, 2, 3, 1]), [0, top, left, 0], [0, bottom, right, 0])
  const flat = reshape(transpose(dy, [1, 0, 2, 3]), [out, batch * h * width])
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const [i, j] = [Math.floor(tap / kw), tap % kw]
    const rows = slice(padded, 1, i, i + (h - 1) * stride + 1, stride)
    const shifted = slice(rows, 2, j, j + (width - 1) * stride + 1, stride)
    return reshape(gemm(flat, reshape(shifted, [batch * h * width, channels])), [out, 1, channels])
  })
  const product = taps.length === 1 ? (taps[0] as Value) : concat(taps, 1)
  return reshape(transpose(product, [0, 2, 1]), w.shape)
}

/** Nearest-neighbour resize to `[height, width]`, as torch's interpolate(mode='nearest'). */
export const RESIZE = defineOp<{ size: Shape }>({
  name: 'resize',
  infer: (inputs, { size }) => {
    const x = at({ inputs }, 0)
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...size] }]
  },
  build: (node, emit) =>
    emit.node({
      type: 'Resize',
      inputs: [at(node, 0).name, '', '', emit.ints(at({ inputs: node.outputs }, 0).shape)],
      outputs: node.outputs.map(value => value.name),
      attrs: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
    }),
  grad: (node, dy) => [resizeGrad(at(node, 0), first(dy))],
})

/**
 * Sums each source cell's copies: a depthwise all-ones convolution with the scale as stride. Besides whole factors, twice a side less one:
 * what a UNet brings back that has halved an odd side. There the last cell has one copy, and zeros stand for the other.
 */
function resizeGrad(x: Value, dy: Value): Value {
  const sides = [2, 3].map(axis => [side(x.shape, axis), side(dy.shape, axis)] as const)
  const scale = Math.max(...sides.map(([from, to]) => Math.ceil(to / from)))
  const missing = sides.map(([from, to]) => scale * from - to)
  invariant(
    missing.every(rest => rest === 0 || (rest === 1 && scale === 2)),
    `resize from [${x.shape}] to [${dy.shape}] has no gradient: the factor must be whole and equal on both sides, or 2 less one cell`,
  )
  const channels = side(x.shape, 1)
  const ones = constant(x.graph, [channels, 1, scale, scale], new Float32Array(channels * scale * scale).fill(1))
  return apply1(CONV, [dy, ones], { stride: scale, pads: [0, 0, ...missing], group: channels })
}

export interface ConvOptions {
  readonly bias?: Value | undefined
  readonly stride?: number
  /** Same padding on all sides, or [top, left, bottom, right]. */
  readonly pads?: number | Shape
}
export function conv(x: Value, weight: Value, { bias, stride = 1, pads = 0 }: ConvOptions = {}): Value {
  const sides = typeof pads === 'number' ? [pads, pads, pads, pads] : pads
  return apply1(CONV, bias ? [x, weight, bias] : [x, weight], { stride, pads: sides, group: 1 })
}
export const resize = (x: Value, size: Shape): Value => apply1(RESIZE, [x], { size })
