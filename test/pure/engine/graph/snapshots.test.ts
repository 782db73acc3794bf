/** What each form of personalization does to a graph, as text: one snapshot for each, small enough to read. */
import { expect, test } from 'vitest'
import { lowRankHook } from '../../../../engine/adapters/pairs.ts'
import { embeddingHook } from '../../../../engine/adapters/token-embeddings.ts'
import { gradients } from '../../../../engine/graph/grad.ts'
import { createGraph, input, parameter, print, segment, type Value } from '../../../../engine/graph/graph.ts'
import * as op from '../../../../engine/graph/ops/index.ts'
import { recompute } from '../../../../engine/graph/recompute.ts'
import { createNet, linear } from '../../../../engine/nets/blocks.ts'

test('LoRA: a frozen linear layer with a pair beside it', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [6, 8])
  const pair = { component: 'unet', key: 'to_q', in: 8, out: 4, rank: 2 }
  const net = createNet(graph, 'unet', { adapt: lowRankHook(graph, [pair], { rows: 1, scale: 0.5 }) })
  expect(print([linear(net, 'to_q', x, 4)])).toMatchInlineSnapshot(`
    "to_q/gemm: float32[6,4] = gemm(x, unet.to_q.weight, unet.to_q.bias) transA=0 transB=1 alpha=1
    to_q/reshape: float32[2,8] = reshape(unet.to_q.lora_A.weight) shape=[2,8]
    to_q/gemm_1: float32[6,2] = gemm(x, to_q/reshape) transA=0 transB=1 alpha=1
    to_q/reshape_1: float32[4,2] = reshape(unet.to_q.lora_B.weight) shape=[4,2]
    to_q/gemm_2: float32[6,4] = gemm(to_q/gemm_1, to_q/reshape_1, to_q/gemm) transA=0 transB=1 alpha=0.5
    return to_q/gemm_2"
  `)
})

test('LoRA: two adapters serve one batch, each its own rows', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [6, 8])
  const pair = { component: 'unet', key: 'to_q', in: 8, out: 4, rank: 2 }
  const net = createNet(graph, 'unet', { adapt: lowRankHook(graph, [pair], { rows: 2 }) })
  expect(print([linear(net, 'to_q', x, 4)])).toMatchInlineSnapshot(`
    "to_q/gemm: float32[6,4] = gemm(x, unet.to_q.weight, unet.to_q.bias) transA=0 transB=1 alpha=1
    to_q/reshape: float32[2,3,8] = reshape(x) shape=[2,3,8]
    to_q/matmul: float32[2,3,2] = matmul(to_q/reshape, unet.to_q.lora_A.weight) transA=0 transB=1 alpha=1
    to_q/matmul_1: float32[2,3,4] = matmul(to_q/matmul, unet.to_q.lora_B.weight) transA=0 transB=1 alpha=1
    to_q/reshape_1: float32[6,4] = reshape(to_q/matmul_1) shape=[6,4]
    to_q/add: float32[6,4] = add(to_q/gemm, to_q/reshape_1)
    return to_q/add"
  `)
})

test('Textual Inversion: the embeddings of a placeholder token take the place of its tokens', () => {
  const graph = createGraph()
  const embedded = input(graph, 'embedded', 'float32', [2, 5, 8])
  const table = { component: 'text_encoder', count: 3, width: 8 }
  const net = createNet(graph, 'text_encoder', { embed: embeddingHook(graph, [table], 1) })
  expect(print([net.embed(embedded)])).toMatchInlineSnapshot(`
    "equal: bool[2,5] = equal(text_encoder.places, const_1)
    cast: float32[2,5] = cast(equal) to="float32"
    reshape: float32[3,8] = reshape(text_encoder.token_rows) shape=[3,8]
    concat: float32[4,8] = concat(const_0, reshape) axis=0
    gather: float32[2,5,8] = gather(concat, text_encoder.places)
    reshape_1: float32[2,5,1] = reshape(cast) shape=[2,5,1]
    mul: float32[2,5,8] = mul(embedded, reshape_1)
    add: float32[2,5,8] = add(mul, gather)
    return add"
  `)
})

test('gradient checkpointing: the backward pass computes a segment again once its gradient is there', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [2, 4])
  const y = segment(graph, () => op.silu(op.gemm(x, parameter(graph, 'weight', [4, 4]))))
  const loss = op.reduceSum(op.mul(y, y), [0, 1])
  expect(print(gradients(loss, [x], recompute(loss)))).toMatchInlineSnapshot(`
    "gemm: float32[2,4] = gemm(x, weight) transA=0 transB=0 alpha=1
    silu: float32[2,4] = silu(gemm)
    grad/reduceSum/reshape: float32[1,1] = reshape(const_0) shape=[1,1]
    grad/reduceSum/expand: float32[2,4] = expand(grad/reduceSum/reshape) shape=[2,4]
    grad/mul/mul: float32[2,4] = mul(grad/reduceSum/expand, silu)
    grad/mul/mul_1: float32[2,4] = mul(grad/reduceSum/expand, silu)
    grad/mul/add: float32[2,4] = add(grad/mul/mul, grad/mul/mul_1)
    again/signal: bool[1] = signal(grad/mul/add)
    after: float32[2,4] = after(x, again/signal)
    again/gemm/gemm: float32[2,4] = gemm(after, weight) transA=0 transB=0 alpha=1
    grad/silu/sigmoid: float32[2,4] = sigmoid(again/gemm/gemm)
    grad/silu/mul: float32[2,4] = mul(silu, grad/silu/sigmoid)
    grad/silu/sub: float32[2,4] = sub(silu, grad/silu/mul)
    grad/silu/add: float32[2,4] = add(grad/silu/sigmoid, grad/silu/sub)
    grad/silu/mul_1: float32[2,4] = mul(grad/mul/add, grad/silu/add)
    grad/gemm/gemm: float32[2,4] = gemm(grad/silu/mul_1, weight) transA=0 transB=1 alpha=1
    return grad/gemm/gemm"
  `)
})

test('attention: the gradients of queries, keys and values from the kept probabilities', () => {
  const graph = createGraph()
  const tokens = (name: string) => input(graph, name, 'float32', [1, 6, 8])
  const [q, k, v] = [tokens('q'), tokens('k'), tokens('v')]
  const output = op.attention(q, k, v, { heads: 2, keep: true })
  expect(print(gradients(op.reduceSum(output, [0, 1, 2]), [q, k, v]))).toMatchInlineSnapshot(`
    "reshape: float32[1,6,2,4] = reshape(q) shape=[1,6,2,4]
    transpose: float32[1,2,6,4] = transpose(reshape) perm=[0,2,1,3]
    reshape_1: float32[1,6,2,4] = reshape(k) shape=[1,6,2,4]
    transpose_1: float32[1,2,6,4] = transpose(reshape_1) perm=[0,2,1,3]
    reshape_2: float32[1,6,2,4] = reshape(v) shape=[1,6,2,4]
    transpose_2: float32[1,2,6,4] = transpose(reshape_2) perm=[0,2,1,3]
    attention: float32[1,2,6,4], float32[1,2,6,6] = attention(transpose, transpose_1, transpose_2)
    grad/reduceSum/reshape: float32[1,1,1] = reshape(const_0) shape=[1,1,1]
    grad/reduceSum/expand: float32[1,6,8] = expand(grad/reduceSum/reshape) shape=[1,6,8]
    grad/reshape_3/reshape: float32[1,6,2,4] = reshape(grad/reduceSum/expand) shape=[1,6,2,4]
    grad/transpose_3/transpose: float32[1,2,6,4] = transpose(grad/reshape_3/reshape) perm=[0,2,1,3]
    grad/attention/matmul: float32[1,2,6,6] = matmul(grad/transpose_3/transpose, transpose_2) transA=0 transB=1 alpha=1
    grad/attention/mul: float32[1,2,6,4] = mul(grad/transpose_3/transpose, attention)
    grad/attention/reduceSum: float32[1,2,6,1] = reduceSum(grad/attention/mul) axes=[3] keep=1
    grad/attention/sub: float32[1,2,6,6] = sub(grad/attention/matmul, grad/attention/reduceSum)
    grad/attention/mul_1: float32[1,2,6,6] = mul(attention.1, grad/attention/sub)
    grad/attention/matmul_1: float32[1,2,6,4] = matmul(grad/attention/mul_1, transpose_1) transA=0 transB=0 alpha=0.5
    grad/attention/matmul_2: float32[1,2,6,4] = matmul(grad/attention/mul_1, transpose) transA=1 transB=0 alpha=0.5
    grad/attention/matmul_3: float32[1,2,6,4] = matmul(attention.1, grad/transpose_3/transpose) transA=1 transB=0 alpha=1
    grad/transpose_2/transpose: float32[1,6,2,4] = transpose(grad/attention/matmul_3) perm=[0,2,1,3]
    grad/reshape_2/reshape: float32[1,6,8] = reshape(grad/transpose_2/transpose) shape=[1,6,8]
    grad/transpose_1/transpose: float32[1,6,2,4] = transpose(grad/attention/matmul_2) perm=[0,2,1,3]
    grad/reshape_1/reshape: float32[1,6,8] = reshape(grad/transpose_1/transpose) shape=[1,6,8]
    grad/transpose/transpose: float32[1,6,2,4] = transpose(grad/attention/matmul_1) perm=[0,2,1,3]
    grad/reshape/reshape: float32[1,6,8] = reshape(grad/transpose/transpose) shape=[1,6,8]
    return grad/reshape/reshape, grad/reshape_1/reshape, grad/reshape_2/reshape"
  `)
})

test('DreamBooth: every weight is an input, and has a gradient', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [6, 8])
  const weights: Value[] = []
  const net = createNet(graph, 'unet', {
    trainable: (name, shape) => {
      const value = input(graph, name, 'float32', shape)
      weights.push(value)
      return value
    },
  })
  const loss = op.reduceMean(linear(net, 'proj_out', op.silu(linear(net, 'proj_in', x, 4)), 8), [0, 1])
  expect([...graph.parameters.keys()]).toEqual([])
  expect(print(gradients(loss, weights))).toMatchInlineSnapshot(`
    "proj_in/gemm: float32[6,4] = gemm(x, unet.proj_in.weight, unet.proj_in.bias) transA=0 transB=1 alpha=1
    silu: float32[6,4] = silu(proj_in/gemm)
    grad/mul/mul: float32[] = mul(const_1, const_0)
    grad/reduceSum/reshape: float32[1,1] = reshape(grad/mul/mul) shape=[1,1]
    grad/reduceSum/expand: float32[6,8] = expand(grad/reduceSum/reshape) shape=[6,8]
    grad/proj_out/gemm/gemm: float32[6,4] = gemm(grad/reduceSum/expand, unet.proj_out.weight) transA=0 transB=0 alpha=1
    grad/proj_out/gemm/gemm_1: float32[8,4] = gemm(grad/reduceSum/expand, silu) transA=1 transB=0 alpha=1
    grad/proj_out/gemm/reduceSum: float32[8] = reduceSum(grad/reduceSum/expand) axes=[0] keep=0
    grad/silu/sigmoid: float32[6,4] = sigmoid(proj_in/gemm)
    grad/silu/mul: float32[6,4] = mul(silu, grad/silu/sigmoid)
    grad/silu/sub: float32[6,4] = sub(silu, grad/silu/mul)
    grad/silu/add: float32[6,4] = add(grad/silu/sigmoid, grad/silu/sub)
    grad/silu/mul_1: float32[6,4] = mul(grad/proj_out/gemm/gemm, grad/silu/add)
    grad/proj_in/gemm/gemm: float32[4,8] = gemm(grad/silu/mul_1, x) transA=1 transB=0 alpha=1
    grad/proj_in/gemm/reduceSum: float32[4] = reduceSum(grad/silu/mul_1) axes=[0] keep=0
    return grad/proj_in/gemm/gemm, grad/proj_in/gemm/reduceSum, grad/proj_out/gemm/gemm_1, grad/proj_out/gemm/reduceSum"
  `)
})
