import { expect, test } from 'vitest'
import { gradients } from '../../../../engine/graph/grad.ts'
import { createGraph, input, parameter, print, reachable, scoped } from '../../../../engine/graph/graph.ts'
import * as op from '../../../../engine/graph/ops/index.ts'

test('a graph prints as text, with scopes, shapes and attributes', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [2, 3])
  const w = parameter(graph, 'layer.weight', [4, 3])
  const y = scoped(graph, 'layer', () => op.silu(op.gemm(x, w, { transB: true })))
  expect(print([y])).toMatchInlineSnapshot(`
    "layer/gemm: float32[2,4] = gemm(x, layer.weight) transA=0 transB=1 alpha=1
    layer/silu: float32[2,4] = silu(layer/gemm)
    return layer/silu"
  `)
})

test('the backward walk skips frozen paths and says where each node comes from', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [2, 3])
  const w = parameter(graph, 'w', [4, 3])
  const bias = input(graph, 'bias', 'float32', [4])
  const frozen = op.exp(op.gemm(x, w, { transB: true }))
  const loss = op.reduceSum(op.mul(op.add(frozen, bias), 2), [0, 1])
  const [dBias] = gradients(loss, [bias])
  expect(dBias?.shape).toEqual([4])
  const names = reachable([dBias!]).map(node => node.name)
  expect(names.every(name => name.startsWith('grad/'))).toBe(true)
  expect(names.some(name => /\/(exp|gemm)\b/.test(name))).toBe(false)
})

test('a missing gradient rule names the op and the node', () => {
  const graph = createGraph()
  const x = input(graph, 'x', 'float32', [3])
  const loss = scoped(graph, 'here', () => op.reduceSum(op.min(x, 1), [0]))
  expect(() => gradients(loss, [x])).toThrow(/op min has no gradient rule, needed at here\/min/)
})

test('a value the loss does not depend on is named', () => {
  const graph = createGraph()
  const [x, y] = [input(graph, 'x', 'float32', [3]), input(graph, 'y', 'float32', [3])]
  expect(() => gradients(op.reduceSum(x, [0]), [y])).toThrow(/does not depend on y/)
})

test('shapes that do not fit fail when the node is made, with op, node and shapes', () => {
  const graph = createGraph()
  const [a, b] = [input(graph, 'a', 'float32', [2, 3]), input(graph, 'b', 'float32', [4, 5])]
  expect(() => scoped(graph, 'block', () => op.gemm(a, b))).toThrow(/gemm at block\/gemm with \[2,3\] \[4,5\]/)
})
