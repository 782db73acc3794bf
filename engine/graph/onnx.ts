/** Encodes a graph as an ONNX model message. Weights stay in their files as external data. */
import proto, { type onnx } from 'onnx-proto'
import { AppError, invariant } from '../../errors.ts'
import {
  type Attr,
  type ConstantData,
  type DType,
  type Emitter,
  type Node,
  type OnnxNode,
  reachable,
  type Shape,
  type TensorType,
  type Value,
} from './graph.ts'

/** CUDA falls back to the CPU for several ops of later sets (docs/engine-notes.md, session options). */
const OPSET = 17
const IR_VERSION = 8

const { AttributeProto, ModelProto, TensorProto } = proto.onnx
const DTYPE = TensorProto.DataType
const ONNX_DTYPE: Record<DType, number> = {
  float32: DTYPE.FLOAT,
  float16: DTYPE.FLOAT16,
  bfloat16: DTYPE.BFLOAT16,
  int64: DTYPE.INT64,
  int32: DTYPE.INT32,
  bool: DTYPE.BOOL,
}

/** Where a parameter's bytes lie: an absolute path (symlinks resolved), with the range inside the file. */
export interface TensorLocation {
  readonly path: string
  readonly offset: number
  readonly bytes: number
  readonly dtype: DType
}

export interface Model {
  /** The serialized ModelProto; external data is addressed relative to the folder `/`. */
  readonly bytes: Uint8Array
  readonly inputs: ReadonlyMap<string, TensorType>
  readonly outputs: ReadonlyMap<string, TensorType>
}

interface Draft {
  readonly nodes: onnx.INodeProto[]
  /** Come before all nodes: of a node's inputs the runtime computes the last one first, and a cast is to wait for the rest. */
  readonly casts: onnx.INodeProto[]
  readonly initializers: Map<string, onnx.ITensorProto>
}

function attribute(name: string, value: Attr): onnx.IAttributeProto {
  const { AttributeType } = AttributeProto
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) }
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value }
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float }
  return { name, type: AttributeType.INTS, ints: [...value] }
}

function emitNode(draft: Draft, name: string, node: OnnxNode): void {
  draft.nodes.push({
    name,
    opType: node.type,
    domain: node.domain ?? '',
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attrs ?? {}).map(([key, value]) => attribute(key, value)),
  })
}

const bytesOf = (data: ConstantData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

function addConstant(draft: Draft, name: string, dtype: DType, shape: Shape, data: ConstantData): string {
  draft.initializers.set(name, { name, dataType: ONNX_DTYPE[dtype], dims: [...shape], rawData: bytesOf(data) })
  return name
}

function emitter(draft: Draft, current: () => Node): Emitter {
  const shared = new Map<string, string>()
  const intern: Emitter['constant'] = (dtype, shape, data) => {
    const key = `${dtype}[${shape}]:${data.join(',')}`
    const name = shared.get(key) ?? `data_${shared.size}`
    if (!shared.has(key)) addConstant(draft, name, dtype, shape, data)
    shared.set(key, name)
    return name
  }
  return {
    node: node => emitNode(draft, `${current().name}#${draft.nodes.length}`, node),
    temp: (node, label) => `${node.name}:${label}`,
    ints: values => intern('int64', [values.length], BigInt64Array.from(values, BigInt)),
    constant: intern,
  }
}

/** A parameter as an external initializer, by the name it has as stored: the value's own unless that is half precision. */
function addParameter(draft: Draft, value: Value, location: TensorLocation): string {
  invariant(location.path.startsWith('/'), `weight path ${location.path} is not absolute`)
  const stored = location.dtype === value.dtype ? value.name : `${value.name}:${location.dtype}`
  draft.initializers.set(stored, {
    name: stored,
    dataType: ONNX_DTYPE[location.dtype],
    dims: [...value.shape],
    dataLocation: TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: location.path.slice(1) },
      { key: 'offset', value: String(location.offset) },
      { key: 'length', value: String(location.bytes) },
    ],
  })
  return stored
}

function emitCast(draft: Draft, stored: string, { name, dtype }: Value): void {
  const cast = { type: 'Cast', inputs: [stored], outputs: [name], attrs: { to: ONNX_DTYPE[dtype] } }
  emitNode({ ...draft, nodes: draft.casts }, `${name}:cast`, cast)
}

/** The node with casts of its own for the half-precision parameters it reads. */
function castFor(draft: Draft, node: Node, halves: ReadonlyMap<Value, string>): Node {
  if (!node.inputs.some(value => halves.has(value))) return node
  const inputs = node.inputs.map((value, index) => {
    const stored = halves.get(value)
    if (stored === undefined) return value
    const own = { ...value, name: `${value.name}:${node.name}.${index}` }
    emitCast(draft, stored, own)
    return own
  })
  return { ...node, inputs }
}

export interface EncodeOptions {
  /** Where half-precision parameters become float32: once for all that read them, or for each reader while it runs. */
  readonly cast: 'once' | 'perReader'
}

const valueInfo = (name: string, { dtype, shape }: TensorType): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: ONNX_DTYPE[dtype], shape: { dim: shape.map(side => ({ dimValue: side })) } } },
})

/** The leaves (inputs, parameters, constants) that the nodes and outputs read. */
function leaves(outputs: readonly Value[]): Value[] {
  const used = new Set(outputs)
  for (const node of reachable(outputs)) for (const value of node.inputs) used.add(value)
  return [...used].filter(value => value.source.kind !== 'node').sort((a, b) => a.id - b.id)
}

/**
 * The runtime walks depth-first from the last node that no other reads to the first such node. With the ends turned round
 * each gradient is computed as soon as it can be, and what it alone reads is freed; otherwise all would wait for the last.
 */
function endsReversed(nodes: readonly Node[]): Node[] {
  const read = new Set(nodes.flatMap(node => node.inputs))
  const isEnd = (node: Node): boolean => !node.outputs.some(value => read.has(value))
  return [...nodes.filter(node => !isEnd(node)), ...nodes.filter(isEnd).reverse()]
}

function noParameters(key: string): never {
  throw new Error(`internal error: a graph without weights asks for ${key}`)
}

/**
 * @param outputs the values to compute, by the name they get in the model.
 * @param locate where a parameter's bytes are, default for graphs without any; it may refuse a key with its own error.
 * @param options by default half precision is cast once, which the runtime does when it opens the model.
 * @throws AppError MODEL_INVALID when the message would pass protobuf's 2 GiB limit.
 */
export function encode(
  outputs: Readonly<Record<string, Value>>,
  locate: (key: string) => TensorLocation = noParameters,
  options: EncodeOptions = { cast: 'once' },
): Model {
  const draft: Draft = { nodes: [], casts: [], initializers: new Map() }
  const wanted = Object.values(outputs)
  const inputs = new Map<string, TensorType>()
  const halves = new Map<Value, string>()
  for (const value of leaves(wanted)) {
    const { source } = value
    if (source.kind === 'parameter') {
      const stored = addParameter(draft, value, locate(value.name))
      if (stored === value.name) continue
      if (options.cast === 'perReader' && !wanted.includes(value)) halves.set(value, stored)
      else emitCast(draft, stored, value)
    } else if (source.kind === 'constant') addConstant(draft, value.name, value.dtype, value.shape, source.data)
    else inputs.set(value.name, value)
  }
  const nodes = endsReversed(reachable(wanted))
  let current = nodes[0] as Node
  const emit = emitter(draft, () => current)
  for (const node of nodes) {
    current = castFor(draft, node, halves)
    current.op.build(current, emit)
  }
  for (const [name, value] of Object.entries(outputs))
    emitNode(draft, `output/${name}`, { type: 'Identity', inputs: [value.name], outputs: [name] })
  const types = new Map(Object.entries(outputs).map(([name, { dtype, shape }]) => [name, { dtype, shape }]))
  return { bytes: finish(draft, inputs, types), inputs, outputs: types }
}

function finish(draft: Draft, inputs: Map<string, TensorType>, outputs: Map<string, TensorType>): Uint8Array {
  const bytes = ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'semblance',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'semblance',
      node: [...draft.casts, ...draft.nodes],
      initializer: [...draft.initializers.values()],
      input: [...inputs].map(([name, type]) => valueInfo(name, type)),
      output: [...outputs].map(([name, type]) => valueInfo(name, type)),
    },
  }).finish()
  if (bytes.byteLength >= 2 ** 31)
    throw new AppError(
      'MODEL_INVALID',
      `the graph message has ${bytes.byteLength} bytes, protobuf allows 2 GiB`,
      'Lower the batch size.',
    )
  return bytes
}
