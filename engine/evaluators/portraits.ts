/** The two small measuring networks of the demo base: what its pictures show, and whom. They share nothing with what is trained. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { createGraph, elements, input, parameter, type Value } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import * as op from '../graph/ops/index.ts'
import { side } from '../graph/ops/types.ts'
import { openSafetensors } from '../io/index.ts'
import type { Device } from '../runtime/device.ts'
import { runOnce } from '../runtime/run.ts'
import { type EvaluatorKind, type Picture, unit } from './evaluator.ts'
import { assertSome, meanCosine } from './pictures.ts'

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
  /** The words of prompts that ask for a class, by attribute and class. */
  phrases: z.record(z.string(), z.record(z.string(), z.array(z.string()))).optional(),
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
  /** What a prompt asks for: the class of every attribute that it names. */
  asked(prompt: string): Record<string, string>
  /** The recognised class of every attribute, for an image `[3, 128, 128]` in -1..1. */
  attributes(pixels: Float32Array): Promise<Record<string, string>>
  /** A unit vector; the cosine of two of them is the similarity of the faces. */
  identity(pixels: Float32Array): Promise<Float32Array>
  /** Pixels of a side of the pictures that they judge. */
  readonly side: number
  close(): Promise<void>
}

/** Opens both networks of `folder` (config.json, attributes.safetensors, identity.safetensors). */
export async function openMetrics(device: Device, folder: string): Promise<MetricNetworks> {
  const config = schema.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')))
  const attributes = await openNetwork(device, join(folder, 'attributes.safetensors'), config.attributes)
  const identity = await openNetwork(device, join(folder, 'identity.safetensors'), config.identity)
  return {
    side: config.attributes.input[1] ?? 0,
    asked: prompt => readPrompt(prompt, config.attributes.phrases ?? {}),
    attributes: async pixels => readHeads(await attributes.run(pixels), config.attributes.heads ?? {}),
    identity: async pixels => unit(await identity.run(pixels)),
    async close() {
      await attributes.close()
      await identity.close()
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
  return {
    run: (pixels: Float32Array) =>
      runOnce(device, session, { pixels: { data: pixels, dtype: 'float32', shape } }, 'output'),
    close: () => device.close(session).catch(() => undefined),
  }
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

const words = (text: string): string =>
  ` ${text
    .toLowerCase()
    .replaceAll(/[^a-z]+/g, ' ')
    .trim()} `

/** The longest phrase of an attribute wins: "a red hoodie" says more than "red". */
function readPrompt(
  prompt: string,
  phrases: Record<string, Record<string, readonly string[]>>,
): Record<string, string> {
  const text = words(prompt)
  const found: Record<string, string> = {}
  for (const [attribute, classes] of Object.entries(phrases)) {
    let longest = 0
    for (const [name, list] of Object.entries(classes))
      for (const phrase of list)
        if (phrase.length > longest && text.includes(words(phrase))) {
          found[attribute] = name
          longest = phrase.length
        }
  }
  return found
}

/** Pictures and photos must have the size that the networks were trained on. */
function assertSize(pictures: readonly Picture[], side: number): void {
  const other = pictures.find(({ width, height }) => width !== side || height !== side)
  if (!other) return
  const message = `a picture has ${other.width} x ${other.height} pixels; the evaluators of this base judge ${side} x ${side}`
  throw new AppError('INPUT_INVALID', message, `Draw ${side} x ${side} pixels, or choose another evaluator.`)
}

export const identity: EvaluatorKind = {
  measures: 'mean cosine of face embeddings, drawn pictures against photos of the subject; of the demo base',
  against: 'photos',
  async open(device, folder) {
    const metrics = await openMetrics(device, folder)
    return {
      async score(judged) {
        assertSize([...judged.drawn, ...judged.photos], metrics.side)
        return meanCosine(judged, pictures => Promise.all(pictures.map(({ pixels }) => metrics.identity(pixels))))
      },
      close: metrics.close,
    }
  },
}

export const attributes: EvaluatorKind = {
  measures: 'share of what the prompts ask for that the drawn pictures show; of the demo base',
  against: 'prompts',
  async open(device, folder) {
    const metrics = await openMetrics(device, folder)
    return {
      async score({ drawn }) {
        assertSize(drawn, metrics.side)
        let [asked, right] = [0, 0]
        for (const { pixels, prompt } of drawn) {
          const shown = await metrics.attributes(pixels)
          const wanted = Object.entries(metrics.asked(prompt))
          asked += wanted.length
          right += wanted.filter(([attribute, name]) => shown[attribute] === name).length
        }
        assertSome(asked, 'attributes that the prompts name')
        return right / asked
      },
      close: metrics.close,
    }
  },
}
