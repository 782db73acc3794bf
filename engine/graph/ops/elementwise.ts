/** Elementwise ops: arithmetic with broadcasting, activations, casts. */
import { apply1, type DType, type Op, scalar, type Value } from '../graph.ts'
import { at, broadcast, defineOp, first, MICROSOFT, onnx } from './types.ts'

type None = Record<never, never>
type BinaryGrad = (a: Value, b: Value, dy: Value, y: Value) => readonly [() => Value, () => Value]

function binary(name: string, type: string, grad: BinaryGrad): Op<None> {
  return defineOp<None>({
    name,
    infer: ([a, b]) => [{ dtype: a?.dtype ?? 'float32', shape: broadcast(a?.shape ?? [], b?.shape ?? []) }],
    build: onnx(type),
    grad: (node, dy, needs) =>
      grad(at(node, 0), at(node, 1), first(dy), at({ inputs: node.outputs }, 0)).map((rule, i) =>
        needs[i] ? rule() : undefined,
      ),
  })
}

function unary(name: string, build: Op<None>['build'], grad?: (x: Value, dy: Value, y: Value) => Value): Op<None> {
  return defineOp<None>({
    name,
    infer: inputs => [{ dtype: at({ inputs }, 0).dtype, shape: at({ inputs }, 0).shape }],
    build,
    ...(grad ? { grad: (node, dy) => [grad(at(node, 0), first(dy), at({ inputs: node.outputs }, 0))] } : {}),
  })
}

export const ADD = binary('add', 'Add', (_a, _b, dy) => [() => dy, () => dy])
export const SUB = binary('sub', 'Sub', (_a, _b, dy) => [() => dy, () => neg(dy)])
export const MUL = binary('mul', 'Mul', (a, b, dy) => [() => mul(dy, b), () => mul(dy, a)])
export const DIV = binary('div', 'Div', (_a, b, dy, y) => [() => div(dy, b), () => neg(div(mul(dy, y), b))])
export const MIN = defineOp<None>({ name: 'min', infer: ADD.infer, build: onnx('Min') })
export const POW = defineOp<None>({ name: 'pow', infer: ADD.infer, build: onnx('Pow') })
export const EQUAL = defineOp<None>({
  name: 'equal',
  infer: ([a, b]) => [{ dtype: 'bool', shape: broadcast(a?.shape ?? [], b?.shape ?? []) }],
  build: onnx('Equal'),
})

export const NEG = unary('neg', onnx('Neg'), (_x, dy) => neg(dy))
export const EXP = unary('exp', onnx('Exp'), (_x, dy, y) => mul(dy, y))
export const SQRT = unary('sqrt', onnx('Sqrt'), (_x, dy, y) => div(mul(dy, 0.5), y))
export const SIGMOID = unary('sigmoid', onnx('Sigmoid'), (_x, dy, y) => mul(dy, mul(y, sub(1, y))))
/** `log(1 + exp(x))`. */
export const SOFTPLUS = unary('softplus', onnx('Softplus'), (x, dy) => mul(dy, sigmoid(x)))
export const SIN = unary('sin', onnx('Sin'), (x, dy) => mul(dy, cos(x)))
export const COS = unary('cos', onnx('Cos'), (x, dy) => neg(mul(dy, sin(x))))
export const ERF = unary('erf', onnx('Erf'), (x, dy) => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))))
export const SIGN = unary('sign', onnx('Sign'))
export const ABS = unary('abs', onnx('Abs'), (x, dy) => mul(dy, apply1(SIGN, [x], {})))
export const RELU = unary('relu', onnx('Relu'), (_x, dy, y) => mul(dy, apply1(SIGN, [y], {})))

/** `x * sigmoid(alpha x)`, which the runtime has as one op. */
const swish = (name: string, alpha: number): Op<None> =>
  unary(name, onnx('QuickGelu', { domain: MICROSOFT, attrs: () => ({ alpha: { float: alpha } }) }), (x, dy, y) => {
    const s = sigmoid(alpha === 1 ? x : mul(x, alpha))
    const tail = sub(y, mul(y, s))
    return mul(dy, add(s, alpha === 1 ? tail : mul(tail, alpha)))
  })

export const SILU = swish('silu', 1)
/** CLIP's quick_gelu. */
export const QUICK_GELU = swish('quickGelu', 1.702)

/** Exact (erf) GELU. d/dx = Phi(x) + x phi(x), both from z = x / sqrt 2. */
export const GELU = unary('gelu', onnx('Gelu', { domain: MICROSOFT }), (x, dy) => {
  const z = mul(x, Math.SQRT1_2)
  const density = mul(mul(z, exp(neg(mul(z, z)))), 1 / Math.sqrt(Math.PI))
  return mul(dy, add(add(mul(apply1(ERF, [z], {}), 0.5), 0.5), density))
})

/** Limits to [min, max]; the gradient is zero outside. */
export const CLIP = defineOp<{ min: number; max: number }>({
  name: 'clip',
  infer: inputs => [{ dtype: at({ inputs }, 0).dtype, shape: at({ inputs }, 0).shape }],
  build: (node, emit) =>
    emit.node({
      type: 'Clip',
      inputs: [
        at(node, 0).name,
        emit.constant('float32', [], Float32Array.of(node.attrs.min)),
        emit.constant('float32', [], Float32Array.of(node.attrs.max)),
      ],
      outputs: node.outputs.map(value => value.name),
    }),
  grad: (node, dy) => [mul(first(dy), cast(equal(at(node, 0), at({ inputs: node.outputs }, 0)), 'float32'))],
})

const ONNX_DTYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const

export const CAST = defineOp<{ to: DType }>({
  name: 'cast',
  infer: (inputs, { to }) => [{ dtype: to, shape: at({ inputs }, 0).shape }],
  build: onnx('Cast', { attrs: ({ to }) => ({ to: ONNX_DTYPE[to] }) }),
  grad: (node, dy) => [cast(first(dy), at(node, 0).dtype)],
})

type Operand = Value | number
function operands(a: Operand, b: Operand): [Value, Value] {
  const value = typeof a === 'number' ? (b as Value) : a
  return [typeof a === 'number' ? scalar(value.graph, a) : a, typeof b === 'number' ? scalar(value.graph, b) : b]
}

export const add = (a: Operand, b: Operand): Value => apply1(ADD, operands(a, b), {})
export const sub = (a: Operand, b: Operand): Value => apply1(SUB, operands(a, b), {})
export const mul = (a: Operand, b: Operand): Value => apply1(MUL, operands(a, b), {})
export const div = (a: Operand, b: Operand): Value => apply1(DIV, operands(a, b), {})
export const min = (a: Operand, b: Operand): Value => apply1(MIN, operands(a, b), {})
export const pow = (a: Operand, b: Operand): Value => apply1(POW, operands(a, b), {})
export const equal = (a: Value, b: Value): Value => apply1(EQUAL, [a, b], {})
export const neg = (x: Value): Value => apply1(NEG, [x], {})
export const exp = (x: Value): Value => apply1(EXP, [x], {})
export const sqrt = (x: Value): Value => apply1(SQRT, [x], {})
export const sigmoid = (x: Value): Value => apply1(SIGMOID, [x], {})
export const softplus = (x: Value): Value => apply1(SOFTPLUS, [x], {})
export const sin = (x: Value): Value => apply1(SIN, [x], {})
export const cos = (x: Value): Value => apply1(COS, [x], {})
export const abs = (x: Value): Value => apply1(ABS, [x], {})
export const relu = (x: Value): Value => apply1(RELU, [x], {})
export const silu = (x: Value): Value => apply1(SILU, [x], {})
export const quickGelu = (x: Value): Value => apply1(QUICK_GELU, [x], {})
export const gelu = (x: Value): Value => apply1(GELU, [x], {})
export const clip = (x: Value, low: number, high: number): Value => apply1(CLIP, [x], { min: low, max: high })
export const cast = (x: Value, to: DType): Value => (x.dtype === to ? x : apply1(CAST, [x], { to }))
