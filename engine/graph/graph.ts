/**
 * The typed intermediate representation: values with static shapes, produced by nodes whose op is a record
 * `{ build, infer, grad }`. A graph only grows; what is not reachable from the chosen outputs is never encoded.
 */
import { invariant } from '../../errors.ts'

export type DType = 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'bool'
export type Shape = readonly number[]
/** A number is encoded as an ONNX int; `{ float }` says that a float is meant. */
export type Attr = number | string | readonly number[] | { readonly float: number }
export type Attrs = Readonly<Record<string, Attr>>
export interface TensorType {
  readonly dtype: DType
  readonly shape: Shape
}

/** Small constant data that is stored inside the model message. */
export type ConstantData = Float32Array | BigInt64Array | Int32Array | Uint8Array

/** Where a value comes from. `parameter` is a frozen checkpoint tensor, mapped from its file at session creation. */
export type Source =
  | { readonly kind: 'input' }
  | { readonly kind: 'parameter' }
  | { readonly kind: 'constant'; readonly data: ConstantData }
  | { readonly kind: 'node'; readonly node: Node; readonly index: number }

export interface Value extends TensorType {
  readonly id: number
  readonly name: string
  readonly graph: Graph
  readonly source: Source
}

export interface Node<A extends Attrs = Attrs> {
  readonly name: string
  readonly op: Op<A>
  readonly attrs: A
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /** The `segment` it was made in. */
  readonly segment: number | undefined
}

/** One ONNX node to be, as an op's `build` emits it; names are those of values or `temp`s. */
export interface OnnxNode {
  readonly type: string
  readonly domain?: string | undefined
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attrs?: Attrs | undefined
}

/** What an op's `build` may use: emit nodes, name temporaries, and small constants. */
export interface Emitter {
  node(node: OnnxNode): void
  temp(node: Node, label: string): string
  ints(values: readonly number[]): string
  constant(dtype: 'float32' | 'int64' | 'int32' | 'bool', shape: Shape, data: ConstantData): string
}

/**
 * Everything about one op in one place.
 * `infer` gives the output types or fails with the shapes; `build` emits the ONNX nodes; `grad` returns one gradient per
 * input (undefined where `needs` is false), each either of the input's shape or of a shape it was broadcast to.
 */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string
  infer(inputs: readonly Value[], attrs: A): readonly TensorType[]
  build(node: Node<A>, emit: Emitter): void
  grad?(node: Node<A>, dy: readonly (Value | undefined)[], needs: readonly boolean[]): readonly (Value | undefined)[]
}

export interface Graph {
  readonly nodes: Node[]
  readonly inputs: Value[]
  readonly parameters: Map<string, Value>
  readonly constants: Map<string, Value>
  readonly scopes: string[]
  readonly counts: Map<string, number>
  nextId: number
  segment: number | undefined
}

export function createGraph(): Graph {
  return {
    nodes: [],
    inputs: [],
    parameters: new Map(),
    constants: new Map(),
    scopes: [],
    counts: new Map(),
    nextId: 0,
    segment: undefined,
  }
}

export const elements = (shape: Shape): number => shape.reduce((product, side) => product * side, 1)
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((side, i) => side === b[i])

function newValue(graph: Graph, name: string, type: TensorType, source: Source): Value {
  return { id: graph.nextId++, name, dtype: type.dtype, shape: type.shape, graph, source }
}

/** A graph input, fed at every run. */
export function input(graph: Graph, name: string, dtype: DType, shape: Shape): Value {
  invariant(!graph.inputs.some(value => value.name === name), `graph input ${name} declared twice`)
  const value = newValue(graph, name, { dtype, shape }, { kind: 'input' })
  graph.inputs.push(value)
  return value
}

/** A frozen tensor named by its checkpoint key; asking twice gives the same value. */
export function parameter(graph: Graph, key: string, shape: Shape): Value {
  const known = graph.parameters.get(key)
  if (known) {
    invariant(sameShape(known.shape, shape), `parameter ${key} asked for as [${shape}] and as [${known.shape}]`)
    return known
  }
  const value = newValue(graph, key, { dtype: 'float32', shape }, { kind: 'parameter' })
  graph.parameters.set(key, value)
  return value
}

const CONSTANT_DTYPE = {
  Float32Array: 'float32',
  BigInt64Array: 'int64',
  Int32Array: 'int32',
  Uint8Array: 'bool',
} as const

/** A small constant; equal contents share one value. */
export function constant(graph: Graph, shape: Shape, data: ConstantData): Value {
  invariant(data.length === elements(shape), `constant of [${shape}] has ${data.length} elements`)
  const dtype = CONSTANT_DTYPE[data.constructor.name as keyof typeof CONSTANT_DTYPE]
  const key = `${dtype}[${shape}]:${data.join(',')}`
  const known = graph.constants.get(key)
  if (known) return known
  const value = newValue(graph, `const_${graph.constants.size}`, { dtype, shape }, { kind: 'constant', data })
  graph.constants.set(key, value)
  return value
}

export const scalar = (graph: Graph, value: number): Value => constant(graph, [], Float32Array.of(value))

/** Runs `body` with `name` appended to the scope that nodes made inside are named by. */
export function scoped<T>(graph: Graph, name: string, body: () => T): T {
  graph.scopes.push(name)
  try {
    return body()
  } finally {
    graph.scopes.pop()
  }
}

/** Marks the nodes of `body` as one part that may be computed again instead of kept; inside another it is part of that. */
export function segment<T>(graph: Graph, body: () => T): T {
  if (graph.segment !== undefined) return body()
  graph.segment = graph.nextId++
  try {
    return body()
  } finally {
    graph.segment = undefined
  }
}

function nodeName(graph: Graph, op: string): string {
  const base = [...graph.scopes, op].join('/')
  const count = graph.counts.get(base) ?? 0
  graph.counts.set(base, count + 1)
  return count === 0 ? base : `${base}_${count}`
}

/** Adds a node; all inputs must belong to one graph. Returns its outputs. */
export function apply<A extends Attrs>(op: Op<A>, inputs: readonly Value[], attrs: A): readonly Value[] {
  const graph = inputs[0]?.graph
  invariant(graph, `${op.name} needs at least one input`)
  invariant(
    inputs.every(value => value.graph === graph),
    `${op.name} mixes values of two graphs`,
  )
  const name = nodeName(graph, op.name)
  const outputs: Value[] = []
  // The only cast from a typed record to the stored one: infer, build and grad of a node always see its own attrs.
  const node = { name, op, attrs, inputs, outputs, segment: graph.segment } as unknown as Node
  const types = inferNamed(node)
  types.forEach((type, index) => {
    const suffix = index === 0 ? '' : `.${index}`
    outputs.push(newValue(graph, `${name}${suffix}`, type, { kind: 'node', node, index }))
  })
  graph.nodes.push(node)
  return outputs
}

function inferNamed(node: Node): readonly TensorType[] {
  try {
    return node.op.infer(node.inputs, node.attrs)
  } catch (cause) {
    const shapes = node.inputs.map(value => `[${value.shape}]`).join(' ')
    throw new Error(`internal error: ${node.op.name} at ${node.name} with ${shapes}: ${(cause as Error).message}`)
  }
}

/** `apply` for ops with one output. */
export function apply1<A extends Attrs>(op: Op<A>, inputs: readonly Value[], attrs: A): Value {
  const [output] = apply(op, inputs, attrs)
  invariant(output, `${op.name} has no output`)
  return output
}

/** The nodes that `outputs` depend on, in execution order. */
export function reachable(outputs: readonly Value[]): Node[] {
  const graph = outputs[0]?.graph
  invariant(graph, 'reachable needs at least one output')
  const wanted = new Set<Node>()
  const stack = outputs.flatMap(value => (value.source.kind === 'node' ? [value.source.node] : []))
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (wanted.has(node)) continue
    wanted.add(node)
    for (const value of node.inputs) if (value.source.kind === 'node') stack.push(value.source.node)
  }
  return graph.nodes.filter(node => wanted.has(node))
}

const printAttrs = (attrs: Attrs): string =>
  Object.entries(attrs)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ')

/** The graph as text, one node a line: for snapshots and for people. */
export function print(outputs: readonly Value[]): string {
  const lines = reachable(outputs).map(node => {
    const types = node.outputs.map(value => `${value.dtype}[${value.shape}]`).join(', ')
    const args = node.inputs.map(value => value.name).join(', ')
    return `${node.name}: ${types} = ${node.op.name}(${args}) ${printAttrs(node.attrs)}`.trimEnd()
  })
  return [...lines, `return ${outputs.map(value => value.name).join(', ')}`].join('\n')
}
