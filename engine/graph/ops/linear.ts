/** Matrix products: 2-D Gemm with an optional bias, and batched FusedMatMul. */
import { invariant } from '../../../errors.ts'
import { apply1, type Shape, type Value } from '../graph.ts'
import { at, broadcast, defineOp, first, MICROSOFT, onnx, side } from './types.ts'

type GemmAttrs = { transA: number; transB: number; alpha: number }

const rowsCols = (shape: Shape, transposed: number): [number, number] =>
  transposed ? [side(shape, -1), side(shape, -2)] : [side(shape, -2), side(shape, -1)]

function productShape(a: Value, b: Value, { transA, transB }: GemmAttrs): Shape {
  const [m, k] = rowsCols(a.shape, transA)
  const [k2, n] = rowsCols(b.shape, transB)
  invariant(k === k2, `inner sides ${k} and ${k2} differ`)
  return [m, n]
}

type Product = (a: Value, b: Value, transA: number, transB: number) => Value

/** dA and dB of `Y = op(A) op(B)`, written once for both products. */
function productGrads(a: Value, b: Value, dy: Value, { transA, transB }: GemmAttrs, product: Product) {
  return [
    () => (transA ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB)),
    () => (transB ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0)),
  ]
}

/** `alpha op(A) op(B) + C` on matrices; C is a bias `[n]`. */
export const GEMM = defineOp<GemmAttrs>({
  name: 'gemm',
  infer: (inputs, attrs) => {
    const [a, b] = [at({ inputs }, 0), at({ inputs }, 1)]
    invariant(a.shape.length === 2 && b.shape.length === 2, 'gemm takes matrices')
    return [{ dtype: a.dtype, shape: productShape(a, b, attrs) }]
  },
  build: onnx('Gemm', { attrs: ({ transA, transB, alpha }) => ({ transA, transB, alpha: { float: alpha } }) }),
  grad: (node, dy, needs) => {
    const { alpha } = node.attrs
    const product: Product = (a, b, transA, transB) => apply1(GEMM, [a, b], { transA, transB, alpha })
    const rules = [...productGrads(at(node, 0), at(node, 1), first(dy), node.attrs, product), () => first(dy)]
    return node.inputs.map((_, i) => (needs[i] ? rules[i]?.() : undefined))
  },
})

/** `alpha op(A) op(B)` over broadcast leading sides. */
export const MATMUL = defineOp<GemmAttrs>({
  name: 'matmul',
  infer: (inputs, attrs) => {
    const [a, b] = [at({ inputs }, 0), at({ inputs }, 1)]
    const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
    return [{ dtype: a.dtype, shape: [...lead, ...productShape(a, b, attrs)] }]
  },
  build: onnx('FusedMatMul', {
    domain: MICROSOFT,
    attrs: ({ transA, transB, alpha }) => ({ transA, transB, alpha: { float: alpha } }),
  }),
  grad: (node, dy, needs) => {
    const { alpha } = node.attrs
    const product: Product = (a, b, transA, transB) => apply1(MATMUL, [a, b], { transA, transB, alpha })
    const rules = productGrads(at(node, 0), at(node, 1), first(dy), node.attrs, product)
    return node.inputs.map((_, i) => (needs[i] ? rules[i]?.() : undefined))
  },
})

export interface ProductOptions {
  readonly transA?: boolean
  readonly transB?: boolean
  readonly alpha?: number
}
const attrs = ({ transA = false, transB = false, alpha = 1 }: ProductOptions): GemmAttrs => ({
  transA: transA ? 1 : 0,
  transB: transB ? 1 : 0,
  alpha,
})

export const gemm = (a: Value, b: Value, options: ProductOptions & { bias?: Value | undefined } = {}): Value =>
  apply1(GEMM, options.bias ? [a, b, options.bias] : [a, b], attrs(options))
export const matmul = (a: Value, b: Value, options: ProductOptions = {}): Value =>
  apply1(MATMUL, [a, b], attrs(options))
