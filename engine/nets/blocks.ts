/** The building blocks that all networks share; every parameter is asked for by its checkpoint key. */
import { constant, type Graph, parameter, type Shape, scoped, segment, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'

/** A network under construction: where its weights come from and who may change a layer's output. */
export interface Net {
  readonly graph: Graph
  /** The component's folder name: the first part of every parameter name. */
  readonly component: string
  /** A weight by checkpoint key: frozen unless the caller made it an input. */
  weight(key: string, shape: Shape): Value
  /** Called with each linear or convolution layer's key, input and output: the hook of the adapter methods. */
  adapt(layer: Layer): Value
  /** Called with the looked-up rows `[B, L, h]` of the embedding table: the hook of learned embeddings. */
  embed(rows: Value): Value
  /** Keep attention probabilities for the backward pass (training at short token counts). */
  readonly keepAttention: boolean
}

/** A layer that an adapter may change; `x` and `y` are its input and output. */
export interface Layer {
  readonly key: string
  readonly x: Value
  readonly y: Value
  /** A side of a convolution's kernel; absent: a linear layer. */
  readonly kernel?: number
  readonly stride: number
  readonly pads: number | Shape
}

export interface NetOptions {
  /** Returns a value for the weights that are inputs of the graph, undefined for frozen ones. */
  readonly trainable?: (name: string, shape: Shape) => Value | undefined
  readonly adapt?: (component: string, layer: Layer) => Value
  readonly embed?: (component: string, rows: Value) => Value
  readonly keepAttention?: boolean
}

/** A network of `component` in `graph`; parameters are named `component.key`. */
export function createNet(graph: Graph, component: string, options: NetOptions = {}): Net {
  const { trainable, adapt, embed, keepAttention = false } = options
  return {
    graph,
    component,
    keepAttention,
    weight: (key, shape) => {
      const name = `${component}.${key}`
      return trainable?.(name, shape) ?? parameter(graph, name, shape)
    },
    adapt: layer => adapt?.(component, layer) ?? layer.y,
    embed: rows => embed?.(component, rows) ?? rows,
  }
}

export const within = <T>(net: Net, key: string, body: () => T): T => scoped(net.graph, key, body)

export interface LinearOptions {
  readonly bias?: boolean
  /** The weight's shape in the file, when it is a 1x1 convolution's. */
  readonly stored?: Shape
}

/** `[rows, in] -> [rows, out]` with weight `[out, in]`. */
export function linear(net: Net, key: string, x: Value, out: number, options: LinearOptions = {}): Value {
  const shape = [out, side(x.shape, 1)]
  return within(net, key, () => {
    const weight = op.reshape(net.weight(`${key}.weight`, options.stored ?? shape), shape)
    const bias = options.bias === false ? undefined : net.weight(`${key}.bias`, [out])
    const y = op.gemm(x, weight, { transB: true, bias })
    return net.adapt({ key, x, y, stride: 1, pads: 0 })
  })
}

export interface ConvLayerOptions {
  readonly kernel?: number
  readonly stride?: number
  readonly bias?: boolean
  /** Padding of all sides, default (kernel - 1) / 2; or [top, left, bottom, right]. */
  readonly pads?: number | Shape
}

/** `[N, C, H, W] -> [N, out, H', W']`. */
export function conv2d(net: Net, key: string, x: Value, out: number, options: ConvLayerOptions = {}): Value {
  const { kernel = 3, stride = 1, pads = (kernel - 1) / 2 } = options
  return within(net, key, () => {
    const weight = net.weight(`${key}.weight`, [out, side(x.shape, 1), kernel, kernel])
    const bias = options.bias === false ? undefined : net.weight(`${key}.bias`, [out])
    const y = op.conv(x, weight, { bias, stride, pads })
    return net.adapt({ key, kernel, x, y, stride, pads })
  })
}

export function groupNorm(net: Net, key: string, x: Value, groups: number, epsilon: number): Value {
  const channels = [side(x.shape, 1)]
  return within(net, key, () =>
    op.groupNorm(x, net.weight(`${key}.weight`, channels), net.weight(`${key}.bias`, channels), groups, epsilon),
  )
}

export function layerNorm(net: Net, key: string, x: Value, epsilon = 1e-5): Value {
  const channels = [side(x.shape, -1)]
  return within(net, key, () =>
    op.layerNorm(x, net.weight(`${key}.weight`, channels), net.weight(`${key}.bias`, channels), epsilon),
  )
}

/** `[N, C, H, W]` as rows of tokens `[N*H*W, C]`. */
export function toTokens(x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number]
  return op.reshape(op.transpose(x, [0, 2, 3, 1]), [batch * height * width, channels])
}

/** The inverse of `toTokens` for a map of `shape`'s batch and space. */
export function toMap(tokens: Value, shape: Shape): Value {
  const [batch, , height, width] = shape as [number, number, number, number]
  return op.transpose(op.reshape(tokens, [batch, height, width, side(tokens.shape, 1)]), [0, 3, 1, 2])
}

/** Additive causal mask `[1, 1, L, L]`: the lowest finite float above the diagonal. */
export function causalMask(graph: Graph, length: number): Value {
  const data = new Float32Array(length * length)
  for (let i = 0; i < length; i++) data.fill(-3.4028234e38, i * length + i + 1, (i + 1) * length)
  return constant(graph, [1, 1, length, length], data)
}

/** Residual convolution block of UNet and VAE: GN, SiLU, conv twice, with an optional time embedding `[N, E]`. */
export interface ResnetOptions {
  readonly groups: number
  readonly epsilon: number
  /** SiLU of the time embedding. */
  readonly time?: Value
}
export const resnet = (net: Net, key: string, x: Value, out: number, options: ResnetOptions): Value =>
  segment(net.graph, () => residual(net, key, x, out, options))

function residual(net: Net, key: string, x: Value, out: number, { groups, epsilon, time }: ResnetOptions): Value {
  let h = conv2d(net, `${key}.conv1`, op.silu(groupNorm(net, `${key}.norm1`, x, groups, epsilon)), out)
  if (time) {
    const shift = linear(net, `${key}.time_emb_proj`, time, out)
    h = op.add(h, op.reshape(shift, [side(x.shape, 0), out, 1, 1]))
  }
  h = conv2d(net, `${key}.conv2`, op.silu(groupNorm(net, `${key}.norm2`, h, groups, epsilon)), out)
  const shortcut = side(x.shape, 1) === out ? x : conv2d(net, `${key}.conv_shortcut`, x, out, { kernel: 1 })
  return op.add(shortcut, h)
}

/** Nearest x2 (or to the given size), then a 3x3 convolution. */
export function upsample(net: Net, key: string, x: Value, size?: Shape): Value {
  const target = size ?? x.shape.slice(2).map(n => n * 2)
  return conv2d(net, `${key}.conv`, op.resize(x, target), side(x.shape, 1))
}
