/** Scaled dot-product attention: kept probabilities for short contexts, recomputed ones for long contexts and serving. */
import { invariant } from '../../../errors.ts'
import { apply, apply1, type Emitter, type Node, type Value } from '../graph.ts'
import { mul, sub } from './elementwise.ts'
import { matmul } from './linear.ts'
import { reduceSum } from './reduce.ts'
import { reshape, transpose } from './shape.ts'
import { at, defineOp, first, MICROSOFT, side } from './types.ts'

type None = Record<never, never>

/** q, k, v `[B, heads, L, d]` and an optional additive mask; outputs the context and the probabilities. */
export const ATTENTION = defineOp<None>({
  name: 'attention',
  infer: inputs => {
    const [q, k] = [at({ inputs }, 0), at({ inputs }, 1)]
    invariant(side(q.shape, 3) === side(k.shape, 3), 'head widths of q and k differ')
    const probabilities = [...q.shape.slice(0, 3), side(k.shape, 2)]
    return [
      { dtype: q.dtype, shape: q.shape },
      { dtype: q.dtype, shape: probabilities },
    ]
  },
  build: (node, emit) => {
    const [q, k, v] = [at(node, 0), at(node, 1), at(node, 2)]
    const [output, probabilities] = [at({ inputs: node.outputs }, 0), at({ inputs: node.outputs }, 1)]
    const scores = emitScores(node, emit, q, k)
    emit.node({ type: 'Softmax', inputs: [scores], outputs: [probabilities.name], attrs: { axis: -1 } })
    emit.node({ type: 'MatMul', inputs: [probabilities.name, v.name], outputs: [output.name] })
  },
  grad: (node, dy) => {
    const [q, k, v] = [at(node, 0), at(node, 1), at(node, 2)]
    const [output, probabilities] = [at({ inputs: node.outputs }, 0), at({ inputs: node.outputs }, 1)]
    return [...attentionGrads(q, k, v, output, probabilities, first(dy)), undefined].slice(0, node.inputs.length)
  },
})

function emitScores(node: Node<None>, emit: Emitter, q: Value, k: Value): string {
  const [plain, mask] = [emit.temp(node, 'scores'), node.inputs[3]]
  emit.node({
    type: 'FusedMatMul',
    domain: MICROSOFT,
    inputs: [q.name, k.name],
    outputs: [plain],
    attrs: { transB: 1, alpha: { float: scale(q) } },
  })
  if (!mask) return plain
  const masked = emit.temp(node, 'masked')
  emit.node({ type: 'Add', inputs: [plain, mask.name], outputs: [masked] })
  return masked
}

const scale = (q: Value): number => side(q.shape, 3) ** -0.5

/** The row sum of dP*P is taken as that of dO*O, which is shorter (docs/engine-notes.md, op choices). */
function attentionGrads(q: Value, k: Value, v: Value, output: Value, p: Value, dy: Value): Value[] {
  const dp = matmul(dy, v, { transB: true })
  const rows = reduceSum(mul(dy, output), [3], true)
  const ds = mul(p, sub(dp, rows))
  return [
    matmul(ds, k, { alpha: scale(q) }),
    matmul(ds, q, { transA: true, alpha: scale(q) }),
    matmul(p, dy, { transA: true }),
  ]
}

/** Fused attention on tokens `[B, L, C]`; probabilities are not kept, the gradient computes them again. */
export const FUSED_ATTENTION = defineOp<{ heads: number }>({
  name: 'fusedAttention',
  infer: inputs => [{ dtype: at({ inputs }, 0).dtype, shape: at({ inputs }, 0).shape }],
  build: (node, emit) =>
    emit.node({
      type: 'MultiHeadAttention',
      domain: MICROSOFT,
      inputs: node.inputs.map(value => value.name),
      outputs: node.outputs.map(value => value.name),
      attrs: { num_heads: node.attrs.heads },
    }),
  grad: (node, dy) => {
    const { heads } = node.attrs
    const [q, k, v, dy4] = [at(node, 0), at(node, 1), at(node, 2), first(dy)].map(x => splitHeads(x, heads)) as [
      Value,
      Value,
      Value,
      Value,
    ]
    const [output, probabilities] = apply(ATTENTION, [q, k, v], {}) as [Value, Value]
    return attentionGrads(q, k, v, output, probabilities, dy4).map(mergeHeads)
  },
})

const splitHeads = (x: Value, heads: number): Value => {
  const [batch, length, channels] = x.shape as [number, number, number]
  return transpose(reshape(x, [batch, length, heads, channels / heads]), [0, 2, 1, 3])
}
const mergeHeads = (x: Value): Value => {
  const [batch, heads, length, width] = x.shape as [number, number, number, number]
  return reshape(transpose(x, [0, 2, 1, 3]), [batch, length, heads * width])
}

export interface AttentionOptions {
  readonly heads: number
  /** Additive, broadcast to `[B, heads, L, L']`; only with kept probabilities. */
  readonly mask?: Value | undefined
  /** Keep the probabilities for the backward pass; otherwise it computes them again. */
  readonly keep: boolean
}

/** Multi-head attention of tokens `[B, L, C]` over `[B, L', C]`. */
export function attention(q: Value, k: Value, v: Value, { heads, mask, keep }: AttentionOptions): Value {
  const channels = q.shape[2] ?? 0
  invariant(channels % heads === 0, `attention of width ${channels} with ${heads} heads`)
  if (!keep && !mask) return apply1(FUSED_ATTENTION, [q, k, v], { heads })
  const inputs = [q, k, v].map(x => splitHeads(x, heads))
  return mergeHeads(apply(ATTENTION, mask ? [...inputs, mask] : inputs, {})[0] as Value)
}
