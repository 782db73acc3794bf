/** Networks against recorded outputs of diffusers and transformers on a tiny random checkpoint. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGraph, input, type Value } from '../../engine/graph/graph.ts'
import { encode } from '../../engine/graph/onnx.ts'
import * as op from '../../engine/graph/ops/index.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/safetensors/file.ts'
import { createNet, type Net } from '../../engine/nets/blocks.ts'
import { clipText, projectText, readClipTextConfig } from '../../engine/nets/clip-text.ts'
import { clipVision, readClipVisionConfig } from '../../engine/nets/clip-vision.ts'
import { readUnetConfig, unet } from '../../engine/nets/unet/index.ts'
import { decodeLatents, encodeImage, readVaeConfig } from '../../engine/nets/vae.ts'
import type { Device } from '../../engine/runtime/device.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { runOutputs } from '../../engine/runtime/run.ts'
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
    const key = name.slice(component.length + 1)
    const tensor = file.tensors.get(key) ?? file.tensors.get(key.replace(/^text_model\./, ''))
    if (!tensor) throw new Error(`${weights} has no ${name}`)
    return { path: weights, offset: tensor.offset, bytes: tensor.bytes, dtype: 'float32' }
  })
  const session = await device.open(model, 'inference')
  const results = await runOutputs(device, session, feeds, Object.keys(outputs))
  await device.close(session)
  return results
}

type Outputs = Awaited<ReturnType<typeof runNetwork>>
async function worst(outputs: Outputs, golden: SafetensorsFile, pairs: Record<string, string>): Promise<number> {
  const errors: number[] = []
  for (const [output, name] of Object.entries(pairs))
    errors.push(rangeError(outputs[output] ?? [], await golden.readFloat32(name)))
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
    const added = config.added
      ? { pooled: await goldenFeed(golden, 'pooled'), timeIds: await goldenFeed(golden, 'time_ids') }
      : undefined
    const weights = join(folder, 'unet/diffusion_pytorch_model.safetensors')
    const outputs = await runNetwork(device, {
      weights,
      component: 'unet',
      feeds: { ...feeds, ...added },
      build: (net, { pooled, timeIds, ...inputs }) => ({
        out: unet(net, config, { ...inputs, ...(added && { added: { pooled, timeIds } }) } as never),
      }),
    })
    errors.push(await worst(outputs, golden, { out: name.replace('x.', 'out.') }))
  }
  return Math.max(...errors)
}

/** A text encoder; the pooled and projected text where the golden has one. */
export async function textParity(device: Device, folder: string, component = 'text_encoder', name = 'text') {
  const golden = await openSafetensors(join(folder, `golden-${name}.safetensors`))
  const config = readClipTextConfig(await json(join(folder, component, 'config.json')))
  const pooled = golden.tensors.has('projected')
  const outputs = await runNetwork(device, {
    weights: join(folder, component, 'model.safetensors'),
    component,
    feeds: {
      ids: await goldenFeed(golden, 'ids'),
      ...(pooled ? { ends: await goldenFeed(golden, 'ends') } : {}),
    },
    build: (net, { ids, ends }) => {
      const { last, penultimate } = clipText(net, config, ids as Value)
      return { last, penultimate, ...(ends ? { projected: projectText(net, config, last, ends) } : {}) }
    },
  })
  const compared = { last: 'last_hidden', penultimate: 'penultimate', ...(pooled ? { projected: 'projected' } : {}) }
  return worst(outputs, golden, compared)
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
