/** The two small measuring networks of the demo base (attribute classifier, identity encoder), run by the engine itself. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { createGraph, elements, input, parameter, type Value } from '../engine/graph/graph.ts'
import { encode } from '../engine/graph/onnx.ts'
import * as op from '../engine/graph/ops/index.ts'
import { side } from '../engine/graph/ops/types.ts'
import { openSafetensors } from '../engine/io/index.ts'
import type { Device } from '../engine/runtime/device.ts'
import { runOnce } from '../engine/runtime/run.ts'

const layer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Conv'), name: z.string(), out: z.number(), kernel: z.number(), padding: z.number() }),
  z.object({ type: z.literal('Relu') }),
  z.object({ type: z.literal('AveragePool'), kernel: z.number(), stride: z.number() }),
  z.object({ type: z.literal('Flatten') }),
  z.object({ type: z.literal('Linear'), name: z.string(), out: z.number() }),
])
type Layer = z.output<typeof layer>
const network = z.object({
  input: z.array(z.number()),
  layers: z.array(layer),
  /** Class names by attribute, in the order of the outputs; absent for an encoder. */
  heads: z.record(z.string(), z.array(z.string())).optional(),
})
const schema = z.object({ attributes: network, identity: network })

type Build<T extends Layer['type']> = (x: Value, layer: Extract<Layer, { type: T }>) => Value
const LAYERS: { [T in Layer['type']]: Build<T> } = {
  Conv: (x, { name, out, kernel, padding }) =>
    op.conv(x, parameter(x.graph, `${name}.weight`, [out, side(x.shape, 1), kernel, kernel]), {
      bias: parameter(x.graph, `${name}.bias`, [out]),
      pads: padding,
    }),
  Relu: x => op.relu(x),
  AveragePool: (x, { kernel }) => {
    const [batch, channels, height, width] = x.shape as [number, number, number, number]
    const cells = op.reshape(x, [batch, channels, height / kernel, kernel, width / kernel, kernel])
    return op.reduceMean(cells, [3, 5])
  },
  Flatten: x => op.reshape(x, [side(x.shape, 0), elements(x.shape) / side(x.shape, 0)]),
  Linear: (x, { name, out }) =>
    op.gemm(x, parameter(x.graph, `${name}.weight`, [out, side(x.shape, 1)]), {
      transB: true,
      bias: parameter(x.graph, `${name}.bias`, [out]),
    }),
}

export interface MetricNetworks {
  /** The recognised class of every attribute, for an image `[3, 128, 128]` in -1..1. */
  attributes(pixels: Float32Array): Promise<Record<string, string>>
  /** A unit vector; the cosine of two of them is the similarity of the faces. */
  identity(pixels: Float32Array): Promise<Float32Array>
}

/** Opens both networks of `folder` (config.json, attributes.safetensors, identity.safetensors). */
export async function openMetrics(device: Device, folder: string): Promise<MetricNetworks> {
  const config = schema.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')))
  const attributes = await openNetwork(device, join(folder, 'attributes.safetensors'), config.attributes)
  const identity = await openNetwork(device, join(folder, 'identity.safetensors'), config.identity)
  return {
    attributes: async pixels => readHeads(await attributes(pixels), config.attributes.heads ?? {}),
    identity: async pixels => {
      const code = await identity(pixels)
      const length = Math.sqrt(code.reduce((sum, value) => sum + value * value, 0))
      return code.map(value => value / length)
    },
  }
}

async function openNetwork(device: Device, path: string, config: z.output<typeof network>) {
  const file = await openSafetensors(path)
  const graph = createGraph()
  const shape = [1, ...config.input]
  let x = input(graph, 'pixels', 'float32', shape)
  for (const one of config.layers) x = (LAYERS[one.type] as Build<Layer['type']>)(x, one as never)
  const model = encode({ output: x }, key => {
    const tensor = file.tensors.get(key)
    if (!tensor) throw new Error(`${path} has no tensor ${key}`)
    return { path, offset: tensor.offset, bytes: tensor.bytes, dtype: tensor.dtype === 'F16' ? 'float16' : 'float32' }
  })
  const session = await device.open(model, 'inference')
  return (pixels: Float32Array) =>
    runOnce(device, session, { pixels: { data: pixels, dtype: 'float32', shape } }, 'output')
}

function readHeads(scores: Float32Array, heads: Record<string, readonly string[]>): Record<string, string> {
  let start = 0
  const found: Record<string, string> = {}
  for (const [name, values] of Object.entries(heads)) {
    const part = Array.from(scores.subarray(start, start + values.length))
    found[name] = values[part.indexOf(Math.max(...part))] ?? ''
    start += values.length
  }
  return found
}

export const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
