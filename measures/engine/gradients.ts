/** Gradients of whole networks against torch's autograd, and training runs against torch + diffusers + peft, step by step. */
import type { Value } from '../../engine/graph/graph.ts'
import { input } from '../../engine/graph/graph.ts'
import * as op from '../../engine/graph/ops/index.ts'
import type { SafetensorsFile } from '../../engine/io/index.ts'
import { createNet, type NetOptions } from '../../engine/nets/blocks.ts'
import { decodeLatents, encodeImage } from '../../engine/nets/vae.ts'
import type { Device } from '../../engine/runtime/device.ts'
import type { Layout } from '../../engine/runtime/layout.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { runOutputs } from '../../engine/runtime/run.ts'
import { buildStep } from '../../engine/training/program.ts'
import {
  denoisingLoss,
  fullTraining,
  type GoldenModel,
  goldenFeed,
  goldenModules,
  lowRankTraining,
} from './golden-model.ts'

interface Training {
  readonly layout: Layout
  readonly options: NetOptions
  trainables(): Value[]
}

type Gradients = Map<string, Float32Array>

/** Runs one step's graph with the given parameter values; returns the loss and every gradient. */
async function runGradients(
  device: Device,
  model: GoldenModel,
  training: Training,
  loss: Value,
  feeds: Record<string, Inline>,
): Promise<{ loss: number; gradients: Gradients }> {
  const { layout } = training
  const step = buildStep({ losses: loss, trainables: training.trainables(), layout, locate: model.locate })
  const session = await device.open(step, 'inference')
  const fetch = ['losses', ...layout.slots.map(({ name }) => `grad:${name}`)]
  const outputs = await runOutputs(device, session, feeds, fetch)
  await device.close(session)
  const gradients = layout.slots.map(({ name }) => [name, outputs[`grad:${name}`] ?? new Float32Array()] as const)
  return { loss: Number(outputs.losses?.[0]), gradients: new Map(gradients) }
}

/** Largest |difference| over all tensors divided by the largest |reference|. */
function worstError(pairs: readonly (readonly [ArrayLike<number>, ArrayLike<number>])[]): number {
  let [error, largest] = [0, 0]
  for (const [value, reference] of pairs) {
    if (value.length !== reference.length) return Number.POSITIVE_INFINITY
    for (let i = 0; i < reference.length; i++) {
      error = Math.max(error, Math.abs((value[i] ?? Number.NaN) - (reference[i] ?? Number.NaN)))
      largest = Math.max(largest, Math.abs(reference[i] ?? 0))
    }
  }
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / largest
}

const unetFeeds = async (golden: SafetensorsFile) => ({
  sample: await goldenFeed(golden, 'x'),
  timesteps: await goldenFeed(golden, 'timestep'),
  target: await goldenFeed(golden, 'target'),
  ...(golden.tensors.has('pooled') && {
    pooled: await goldenFeed(golden, 'pooled'),
    time_ids: await goldenFeed(golden, 'time_ids'),
  }),
})

async function factorFeeds(golden: SafetensorsFile, layout: Layout): Promise<Record<string, Inline>> {
  const feeds: Record<string, Inline> = {}
  for (const { name, shape } of layout.slots)
    feeds[name] = { data: await golden.readFloat32(name), dtype: 'float32', shape }
  return feeds
}

async function weightFeeds(model: GoldenModel, layout: Layout): Promise<Record<string, Inline>> {
  const feeds: Record<string, Inline> = {}
  for (const { name, shape } of layout.slots) {
    const [component = '', ...rest] = name.split('.')
    const file = model.files.get(component)
    const key = file?.tensors.has(rest.join('.')) ? rest.join('.') : rest.slice(1).join('.')
    feeds[name] = { data: (await file?.readFloat32(key)) as Float32Array, dtype: 'float32', shape }
  }
  return feeds
}

const scaleOf = ({ metadata }: SafetensorsFile): number => Number(metadata.alpha) / Number(metadata.rank)

/** `grad.lora`: every LoRA factor of the UNet's attention; or of its convolutions. */
export async function loraGradientError(device: Device, model: GoldenModel, on = 'lora'): Promise<number> {
  const golden = await model.golden(`gradients-${on}`)
  const training = lowRankTraining(goldenModules(golden, ''), scaleOf(golden))
  const loss = denoisingLoss(training.graph, model, 2, training.options)
  const context = await goldenFeed(golden, 'context')
  const feeds = { ...(await unetFeeds(golden)), context, ...(await factorFeeds(golden, training.layout)) }
  const { gradients } = await runGradients(device, model, training, loss, feeds)
  const pairs: [Float32Array, Float32Array][] = []
  for (const [name, value] of gradients) pairs.push([value, await golden.readFloat32(`grad.${name}`)])
  return worstError(pairs)
}

/** Values of the recorded subset: every s-th of the flat tensor, s the smallest odd number >= n / 192. */
function strided(value: Float32Array): Float32Array {
  const stride = Math.ceil(value.length / 192)
  const step = stride % 2 === 0 ? stride + 1 : stride
  return Float32Array.from({ length: Math.ceil(value.length / step) }, (_, i) => value[i * step] ?? 0)
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

/** Recorded subset and norms of every parameter's gradient. */
async function sampledError(
  gradients: Gradients,
  golden: SafetensorsFile,
  part: string,
  component: string,
): Promise<number> {
  const own = [...gradients].filter(([name]) => name.startsWith(component))
  const names = own.map(([name]) => name.slice(component.length)).sort()
  const pairs: [ArrayLike<number>, ArrayLike<number>][] = []
  for (const name of names)
    pairs.push([strided(gradients.get(component + name) as Float32Array), await golden.readFloat32(`${part}.${name}`)])
  const norms = names.map(name => norm(gradients.get(component + name) as Float32Array))
  return Math.max(worstError(pairs), worstError([[norms, await golden.readFloat32(`${part}.norms`)]]))
}

/** `grad.full`: every parameter of the UNet. */
export async function unetGradientError(device: Device, model: GoldenModel): Promise<number> {
  const golden = await model.golden('gradients-unet')
  const training = fullTraining(model, ['unet'])
  const loss = denoisingLoss(training.graph, model, 2, training.options)
  const context = await goldenFeed(golden, 'context')
  const feeds = { ...(await unetFeeds(golden)), context, ...(await weightFeeds(model, training.layout)) }
  const { gradients } = await runGradients(device, model, training, loss, feeds)
  return sampledError(gradients, golden, 'grad', 'unet.')
}

/** Every parameter of the text encoder through the UNet. */
export async function textGradientError(device: Device, model: GoldenModel): Promise<number> {
  const golden = await model.golden('gradients-text')
  const training = fullTraining(model, ['text_encoder'])
  const ids = await goldenFeed(golden, 'ids')
  const loss = denoisingLoss(training.graph, model, 2, training.options, ids.shape)
  const feeds = { ...(await unetFeeds(golden)), ids, ...(await weightFeeds(model, training.layout)) }
  const { gradients } = await runGradients(device, model, training, loss, feeds)
  return sampledError(gradients, golden, 'full.grad', 'text_encoder.')
}

/** LoRA factors of the text encoder through the UNet. */
export async function textLoraGradientError(device: Device, model: GoldenModel): Promise<number> {
  const golden = await model.golden('gradients-text')
  const training = lowRankTraining(goldenModules(golden, ''), scaleOf(golden))
  const ids = await goldenFeed(golden, 'ids')
  const loss = denoisingLoss(training.graph, model, 2, training.options, ids.shape)
  const feeds = { ...(await unetFeeds(golden)), ids, ...(await factorFeeds(golden, training.layout)) }
  const { gradients } = await runGradients(device, model, training, loss, feeds)
  const pairs: [Float32Array, Float32Array][] = []
  for (const [name, value] of gradients) pairs.push([value, await golden.readFloat32(`lora.grad.${name}`)])
  return worstError(pairs)
}

/** Every parameter of the VAE for reconstruction plus KL. */
export async function vaeGradientError(device: Device, model: GoldenModel): Promise<number> {
  const golden = await model.golden('gradients-vae')
  const training = fullTraining(model, ['vae'])
  const { graph, options } = training
  const [image, noise] = [await goldenFeed(golden, 'image'), await goldenFeed(golden, 'noise')]
  const net = createNet(graph, 'vae', options)
  const pixels = input(graph, 'image', 'float32', image.shape)
  const { mean, logVariance } = encodeImage(net, model.vae, pixels)
  const latent = op.add(mean, op.mul(op.exp(op.mul(logVariance, 0.5)), input(graph, 'noise', 'float32', noise.shape)))
  const difference = op.sub(decodeLatents(net, model.vae, latent), pixels)
  const kl = op.mul(op.sub(op.add(op.mul(mean, mean), op.exp(logVariance)), op.add(logVariance, 1)), 0.5)
  const weight = Number(golden.metadata.kl_weight) / (image.shape[0] ?? 1)
  const loss = op.add(
    op.reduceMean(op.mul(difference, difference), [0, 1, 2, 3]),
    op.mul(op.reduceSum(kl, [0, 1, 2, 3]), weight),
  )
  const feeds = { image, noise, ...(await weightFeeds(model, training.layout)) }
  const { gradients } = await runGradients(device, model, training, loss, feeds)
  return sampledError(gradients, golden, 'grad', 'vae.')
}
