/** Networks against recorded outputs of diffusers and transformers on a tiny random checkpoint. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGraph, input, type Value } from '../../engine/graph.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/safetensors.ts'
import { createNet, type Net } from '../../engine/nets/blocks.ts'
import { clipText, readClipTextConfig } from '../../engine/nets/clip-text.ts'
import { clipVision, readClipVisionConfig } from '../../engine/nets/clip-vision.ts'
import { readUnetConfig, unet } from '../../engine/nets/unet/index.ts'
import { decodeLatents, encodeImage, readVaeConfig } from '../../engine/nets/vae.ts'
import { encode } from '../../engine/onnx.ts'
import * as op from '../../engine/ops/index.ts'
import type { Device } from '../../engine/runtime/device.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { goldenFeed } from './golden-model.ts'

/** Largest error as a share of the reference's range. */
export function rangeError(value: ArrayLike<number>, reference: ArrayLike<number>): number {
  let [error, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < reference.length; i++) {
    const expected = reference[i] ?? Number.NaN
    error = Math.max(error, Math.abs((value[i] ?? Number.NaN) - expected))
    low = Math.min(low, expected)
    high = Math.max(high, expected)
  }
  return value.length === reference.length ? error / (high - low) : Number.POSITIVE_INFINITY
}

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

interface Network {
  readonly weights: string
  readonly component: string
  /** Feeds by graph input name. */
  readonly feeds: Record<string, Inline>
  build(net: Net, inputs: Record<string, Value>): Record<string, Value>
}

/** Builds one network over a single weight file, runs it, returns its outputs. */
async function runNetwork(device: Device, { weights, component, feeds, build }: Network) {
  const file = await openSafetensors(weights)
  const graph = createGraph()
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, shape }]) => [name, input(graph, name, dtype, shape)]),
  )
  const outputs = build(createNet(graph, component), inputs)
  const model = encode(outputs, name => {
    const tensor = file.tensors.get(name.slice(component.length + 1))
    if (!tensor) throw new Error(`${weights} has no ${name}`)
    return { path: weights, offset: tensor.offset, bytes: tensor.bytes, dtype: 'float32' }
  })
  const session = await device.open(model, 'inference')
  const [result] = await device.run([{ session, feeds, into: {}, fetch: Object.keys(outputs) }])
  await device.close(session)
  return result?.outputs ?? {}
}

type Outputs = Awaited<ReturnType<typeof runNetwork>>
async function worst(outputs: Outputs, golden: SafetensorsFile, pairs: Record<string, string>): Promise<number> {
  const errors: number[] = []
  for (const [output, name] of Object.entries(pairs))
    errors.push(rangeError(outputs[output]?.data as Float32Array, await golden.readFloat32(name)))
  return Math.max(...errors)
}

/** UNet at two sizes, one of which needs upsampling to the skip's size. */
export async function unetParity(device: Device, folder: string): Promise<number> {
  const golden = await openSafetensors(join(folder, 'golden-unet.safetensors'))
  const config = readUnetConfig(await json(join(folder, 'unet/config.json')))
  const errors: number[] = []
  for (const name of [...golden.tensors.keys()].filter(key => key.startsWith('x.'))) {
    const feeds = {
      sample: await goldenFeed(golden, name),
      timesteps: await goldenFeed(golden, 'timestep'),
      context: await goldenFeed(golden, 'context'),
    }
    const weights = join(folder, 'unet/diffusion_pytorch_model.safetensors')
    const outputs = await runNetwork(device, {
      weights,
      component: 'unet',
      feeds,
      build: (net, inputs) => ({ out: unet(net, config, inputs as never) }),
    })
    errors.push(await worst(outputs, golden, { out: name.replace('x.', 'out.') }))
  }
  return Math.max(...errors)
}

export async function textParity(device: Device, folder: string): Promise<number> {
  const golden = await openSafetensors(join(folder, 'golden-text.safetensors'))
  const config = readClipTextConfig(await json(join(folder, 'text_encoder/config.json')))
  const outputs = await runNetwork(device, {
    weights: join(folder, 'text_encoder/model.safetensors'),
    component: 'text_encoder',
    feeds: { ids: await goldenFeed(golden, 'ids') },
    build: (net, { ids }) => ({ ...clipText(net, config, ids as Value) }),
  })
  return worst(outputs, golden, { last: 'last_hidden', penultimate: 'penultimate' })
}

export async function vaeParity(device: Device, folder: string): Promise<number> {
  const golden = await openSafetensors(join(folder, 'golden-vae.safetensors'))
  const config = readVaeConfig(await json(join(folder, 'vae/config.json')))
  const outputs = await runNetwork(device, {
    weights: join(folder, 'vae/diffusion_pytorch_model.safetensors'),
    component: 'vae',
    feeds: { image: await goldenFeed(golden, 'image'), latent: await goldenFeed(golden, 'latent') },
    build: (net, { image, latent }) => {
      const { mean, logVariance } = encodeImage(net, config, image as Value)
      return { moments: op.concat([mean, logVariance], 1), decoded: decodeLatents(net, config, latent as Value) }
    },
  })
  return worst(outputs, golden, { moments: 'moments', decoded: 'decoded' })
}

export async function visionParity(device: Device, folder: string): Promise<number> {
  const golden = await openSafetensors(join(folder, 'golden-vision.safetensors'))
  const config = readClipVisionConfig(await json(join(folder, 'config.json')))
  const outputs = await runNetwork(device, {
    weights: join(folder, 'model.safetensors'),
    component: 'image_encoder',
    feeds: { pixels: await goldenFeed(golden, 'pixels') },
    build: (net, { pixels }) => ({ embeds: clipVision(net, config, pixels as Value) }),
  })
  return worst(outputs, golden, { embeds: 'embeds' })
}
