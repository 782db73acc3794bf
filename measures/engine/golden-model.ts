/** The tiny reference model that the recorded gradients and trajectories of torch belong to. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LowRankModule, lowRankHook, lowRankTensors } from '../../engine/adapters/pairs.ts'
import { createGraph, type Graph, input, type Shape, type Value } from '../../engine/graph/graph.ts'
import type { TensorLocation } from '../../engine/graph/onnx.ts'
import * as op from '../../engine/graph/ops/index.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import { createNet, type NetOptions } from '../../engine/nets/blocks.ts'
import { clipText, readClipTextConfig } from '../../engine/nets/clip-text.ts'
import { readUnetConfig, unet } from '../../engine/nets/unet/index.ts'
import { readVaeConfig } from '../../engine/nets/vae.ts'
import { type Layout, layoutOf } from '../../engine/runtime/layout.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { trainableWeights } from '../../engine/training/trainable-weights.ts'
import { invariant } from '../../errors.ts'

const FILES = {
  unet: 'unet/diffusion_pytorch_model.safetensors',
  vae: 'vae/diffusion_pytorch_model.safetensors',
  text_encoder: 'text_encoder/model.safetensors',
} as const

export interface GoldenModel {
  readonly folder: string
  readonly unet: ReturnType<typeof readUnetConfig>
  readonly text: ReturnType<typeof readClipTextConfig>
  readonly vae: ReturnType<typeof readVaeConfig>
  readonly files: ReadonlyMap<string, SafetensorsFile>
  locate(name: string): TensorLocation
  golden(name: string): Promise<SafetensorsFile>
}

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

/** Keys of newer transformers lack the prefix. */
const stored = (file: SafetensorsFile, key: string): string =>
  file.tensors.has(key) ? key : key.replace(/^text_model\./, '')

export async function openGoldenModel(folder: string): Promise<GoldenModel> {
  const files = new Map<string, SafetensorsFile>()
  for (const [component, path] of Object.entries(FILES)) files.set(component, await openSafetensors(join(folder, path)))
  return {
    folder,
    files,
    unet: readUnetConfig(await json(join(folder, 'unet/config.json'))),
    text: readClipTextConfig(await json(join(folder, 'text_encoder/config.json'))),
    vae: readVaeConfig(await json(join(folder, 'vae/config.json'))),
    golden: name => openSafetensors(join(folder, `golden-${name}.safetensors`)),
    locate: name => {
      const [component = '', ...rest] = name.split('.')
      const file = files.get(component)
      const tensor = file?.tensors.get(stored(file, rest.join('.')))
      invariant(file && tensor, `${folder} has no tensor ${name}`)
      return { path: file.path, offset: tensor.offset, bytes: tensor.bytes, dtype: 'float32' }
    },
  }
}

/** A recorded tensor as a feed; integers become what the graph input wants. */
export async function goldenFeed(file: SafetensorsFile, name: string): Promise<Inline> {
  const info = file.tensors.get(name)
  invariant(info, `${file.path} has no ${name}`)
  if (info.dtype !== 'I64') return { data: await file.readFloat32(name), dtype: 'float32', shape: info.shape }
  return { data: await readIntegers(file, name), dtype: 'int64', shape: info.shape }
}

export async function readIntegers(file: SafetensorsFile, name: string): Promise<BigInt64Array> {
  const raw = await file.read(name)
  return new BigInt64Array(raw.buffer, raw.byteOffset, raw.byteLength / 8)
}

/** The modules of recorded PEFT factors under `prefix`, in sorted order. */
export function goldenModules(file: SafetensorsFile, prefix: string): LowRankModule[] {
  return [...file.tensors].flatMap(([name, { shape }]) => {
    if (!name.startsWith(prefix) || !name.endsWith('.lora_A.weight')) return []
    const path = name.slice(prefix.length, -'.lora_A.weight'.length)
    const [component = '', ...rest] = path.split('.')
    if (!Object.hasOwn(FILES, component)) return []
    const up = file.tensors.get(`${prefix}${path}.lora_B.weight`)?.shape ?? []
    const [rank = 0, columns = 0, kernel] = shape
    return [{ component, key: rest.join('.'), rank, in: columns, out: up[0] ?? 0, ...(kernel ? { kernel } : {}) }]
  })
}

/** Numbers that SDXL is told of a picture's frame. */
const SIZES = 6

/** `mean((unet(sample) - target)^2)` with the text encoder in front when its ids are given. */
export function denoisingLoss(
  graph: Graph,
  model: GoldenModel,
  rows: number,
  options: NetOptions,
  tokens?: Shape,
): Value {
  const shape = [rows, model.unet.inChannels, 8, 8]
  const length = model.text.max_position_embeddings
  const context = tokens
    ? clipText(createNet(graph, 'text_encoder', options), model.text, input(graph, 'ids', 'int64', tokens)).last
    : input(graph, 'context', 'float32', [rows, length, model.unet.contextWidth])
  const inputs = {
    sample: input(graph, 'sample', 'float32', shape),
    timesteps: input(graph, 'timesteps', 'float32', [rows]),
    context,
  }
  const added = model.unet.added && {
    pooled: input(graph, 'pooled', 'float32', [rows, model.unet.added.inputWidth - SIZES * model.unet.added.timeWidth]),
    timeIds: input(graph, 'time_ids', 'float32', [rows, SIZES]),
  }
  const prediction = unet(createNet(graph, 'unet', options), model.unet, { ...inputs, ...(added && { added }) })
  const difference = op.sub(prediction, input(graph, 'target', 'float32', shape))
  return op.reduceMean(op.mul(difference, difference), [0, 1, 2, 3])
}

/** A graph whose low-rank pairs train. */
export function lowRankTraining(modules: readonly LowRankModule[], scale: number) {
  const graph = createGraph()
  const layout = layoutOf(lowRankTensors(modules, 1), 1)
  const options: NetOptions = { adapt: lowRankHook(graph, modules, { rows: 1, scale }), keepAttention: true }
  return { graph, layout, options, trainables: () => inputsOf(graph, layout) }
}

/** A graph in which every weight of `components` trains. */
export function fullTraining(model: GoldenModel, components: readonly string[]) {
  const graph = createGraph()
  const tensors = components.flatMap(component =>
    [...(model.files.get(component)?.tensors ?? [])].map(([key, { shape }]) => {
      const name = component === 'text_encoder' && !key.startsWith('text_model.') ? `text_model.${key}` : key
      return { name: `${component}.${name}`, shape }
    }),
  )
  const layout = layoutOf(tensors)
  const wanted = new Set(tensors.map(({ name }) => name))
  const { trainable } = trainableWeights(graph, name => wanted.has(name))
  return { graph, layout, options: { trainable, keepAttention: true }, trainables: () => inputsOf(graph, layout) }
}

function inputsOf(graph: Graph, layout: Layout): Value[] {
  const byName = new Map(graph.inputs.map(value => [value.name, value]))
  return layout.slots.map(({ name }) => {
    const value = byName.get(name)
    invariant(value, `no layer of the model takes ${name}`)
    return value
  })
}
