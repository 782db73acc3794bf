/** Sampling: rows of any prompts, seeds, guidances and adapters go through the same denoising calls. */
import { AppError } from '../../errors.ts'
import { type AdapterBatch, adapterBatch } from '../adapters/batch.ts'
import { lowRankHook } from '../adapters/pairs.ts'
import { type Base, latentShape } from '../base/base.ts'
import { conditioningInputs } from '../families/index.ts'
import { createGraph, elements, input } from '../graph/graph.ts'
import { encode } from '../graph/onnx.ts'
import type { Device } from '../runtime/device.ts'
import { viewsOf } from '../runtime/layout.ts'
import { openSessions } from '../runtime/sessions.ts'
import { isDone, isGuided, type Row, stepRow, writeInput } from '../schedulers/index.ts'
import { type ImageRequest, type InitImage, rowOf } from './image-request.ts'
import {
  type Conditioning,
  type Context,
  changesText,
  conditioningFeeds,
  decode,
  type EncodeTextOptions,
  encodeImages,
  encodeText,
  floats,
  type GeneratedImage,
  zeroText,
} from './text.ts'

export interface GenerateOptions {
  /** Pixels of each side, default the base's own size. */
  readonly size?: number
  readonly signal?: AbortSignal
  readonly onStep?: (event: { step: number; steps: number; milliseconds: number }) => void
}

/** A base on a device with its sessions, which are compiled once for each shape and kept. */
export interface Pipeline {
  readonly base: Base
  readonly device: Device
  generate(requests: readonly ImageRequest[], options?: GenerateOptions): Promise<GeneratedImage[]>
  /** What each prompt conditions the UNet with, by slot of the family: the text states `context` `[L, D]` and others. */
  encodeText(prompts: readonly string[], options?: EncodeTextOptions): Promise<Conditioning[]>
  /** Latent moments of images `[3, size, size]`; both `[C, h, w]`, before the scaling factor. */
  encodeImages(
    images: readonly Float32Array[],
    size: number,
  ): Promise<{ mean: Float32Array; logVariance: Float32Array }[]>
  decode(latents: readonly Float32Array[], size: number): Promise<GeneratedImage[]>
  close(): Promise<void>
}

/** Sessions are compiled at first use of a shape. Closing the pipeline frees them, not the device. */
export function openPipeline(device: Device, base: Base): Pipeline {
  const { session, close } = openSessions(device)
  const context = { base, device, session }
  return {
    base,
    device,
    generate: (requests, options = {}) => generate(context, requests, options),
    encodeText: (prompts, options) => encodeText(context, prompts, options),
    encodeImages: (images, size) => encodeImages(context, images, size),
    decode: (latents, size) => decode(context, latents, size),
    close,
  }
}

/** One row of the network's batch: an image's conditional or unconditional half. */
async function denoiser(context: Context, requests: readonly ImageRequest[], size: number, halves: number) {
  const { base, device, session } = context
  const batch = requests.length * halves
  const adapters = adapterBatch(requests)
  const shape = latentShape(base, batch, size)
  const id = await session(`unet ${shape} ${JSON.stringify(adapters.layout.slots)}`, () => {
    const graph = createGraph()
    const inputs = {
      sample: input(graph, 'sample', 'float32', shape),
      timesteps: input(graph, 'timesteps', 'float32', [batch]),
      conditioning: conditioningInputs(graph, base.slots, batch),
    }
    const options = adapters.rows > 0 ? { adapt: lowRankHook(graph, adapters.modules, adapters.rows, 1) } : {}
    return encode({ output: base.family.denoise(graph, base.configs, inputs, options) }, base.locate)
  })
  const conditioning = conditioningFeeds(base.slots, await conditionings(context, requests, size, halves))
  const buffer = await placeAdapters(device, adapters)
  return {
    async run(sample: Float32Array, timesteps: Float32Array): Promise<Float32Array> {
      const feeds = {
        ...viewsOf(adapters.layout, buffer),
        sample: floats(sample, shape),
        timesteps: floats(timesteps, [batch]),
        ...conditioning,
      }
      const [result] = await device.run([{ session: id, feeds, into: {}, fetch: ['output'] }])
      return result?.outputs.output?.data as Float32Array
    },
    /** A device that is gone took its buffers along. */
    close: () => device.free(buffer).catch(() => undefined),
  }
}

let placed = 0

/** The adapters lie on the device while their batch is drawn, so that a step carries only latents. */
async function placeAdapters(device: Device, { flat }: AdapterBatch): Promise<string> {
  const buffer = `adapters ${placed++}`
  await device.alloc(buffer, flat.length)
  await device.write(buffer, 0, flat)
  return buffer
}

/** What conditions the halves, image by image: conditional, then unconditional. */
async function conditionings(context: Context, requests: readonly ImageRequest[], size: number, halves: number) {
  const { base } = context
  const frame = base.family.describeFrame({ original: [size, size], crop: [0, 0], target: [size, size] })
  const known: { own: EncodeTextOptions; prompt: string; text: Conditioning }[] = []
  const rows: Conditioning[] = []
  for (const { prompt, negative = '', adapter, adapterScale = 1 } of requests) {
    const own: EncodeTextOptions = adapter && changesText(adapter) ? { adapter, adapterScale } : {}
    const same = (other: EncodeTextOptions) => other.adapter === own.adapter && other.adapterScale === own.adapterScale
    for (const half of halves === 2 ? [prompt, negative] : [prompt]) {
      const found = known.find(one => one.prompt === half && same(one.own))
      const text = found?.text ?? (await encodeText(context, [half], { ...own, weights: true }))[0] ?? {}
      if (!found) known.push({ own, prompt: half, text })
      const zero = base.configs.zeroEmpty && rows.length % halves === 1 && half === ''
      rows.push({ ...(zero ? zeroText(base, text) : text), ...frame })
    }
  }
  return rows
}

/** A row for each request, from noise or from its image. */
async function startRows(context: Context, requests: readonly ImageRequest[], size: number): Promise<Row[]> {
  const { base } = context
  const count = elements(latentShape(base, 1, size))
  const rows: Row[] = []
  for (const request of requests)
    rows.push(rowOf(base, request, count, request.init && (await initLatent(context, request.init, size))))
  return rows
}

/** The mode of the image's latent, with the scaling factor. */
async function initLatent(context: Context, { pixels }: InitImage, size: number): Promise<Float32Array> {
  if (pixels.length !== 3 * size * size)
    throw new AppError(
      'INPUT_INVALID',
      `the image to start from has ${pixels.length} values, ${size} x ${size} pixels have ${3 * size * size}`,
      'Load it at the size that is drawn.',
    )
  const [moments] = await encodeImages(context, [pixels], size)
  return (moments?.mean ?? new Float32Array()).map(value => value * context.base.configs.vae.scaling_factor)
}

async function generate(context: Context, requests: readonly ImageRequest[], options: GenerateOptions) {
  const { base } = context
  const size = options.size ?? base.size
  const count = elements(latentShape(base, 1, size))
  const rows = await startRows(context, requests, size)
  const halves = rows.some(row => isGuided(row.guidance)) ? 2 : 1
  const network = await denoiser(context, requests, size, halves)
  try {
    const done = await denoiseRows(rows, count, halves, network, options)
    const latents = done.map(row => Float32Array.from(row.x))
    latents.forEach(assertFinite)
    return await decode(context, latents, size)
  } finally {
    await network.close()
  }
}

/** Steps all rows to their ends. */
async function denoiseRows(
  start: readonly Row[],
  count: number,
  halves: number,
  network: Denoise,
  { signal, onStep }: GenerateOptions,
): Promise<readonly Row[]> {
  const steps = Math.max(...start.map(row => row.plan.steps.length))
  let rows = start
  for (let step = 0; step < steps; step++) {
    if (signal?.aborted)
      throw new AppError('CANCELED', `generation was canceled after step ${step} of ${steps}`, 'Start it again.')
    const began = performance.now()
    rows = await stepRows(rows, count, halves, network)
    onStep?.({ step: step + 1, steps, milliseconds: performance.now() - began })
  }
  return rows
}

function assertFinite(latent: Float32Array, row: number): void {
  if (latent.every(Number.isFinite)) return
  throw new AppError(
    'INPUT_INVALID',
    `image ${row + 1} came out as values that are no numbers`,
    'Lower the guidance or the adapter scale; if neither is high, the adapter or the base is damaged.',
  )
}

type Denoise = Awaited<ReturnType<typeof denoiser>>

/** One step of every unfinished row; finished ones ride along unchanged. */
async function stepRows(rows: readonly Row[], count: number, halves: number, network: Denoise): Promise<Row[]> {
  const sample = new Float32Array(rows.length * halves * count)
  const timesteps = new Float32Array(rows.length * halves)
  rows.forEach((row, i) => {
    if (isDone(row)) return
    for (let half = 0; half < halves; half++) {
      const place = i * halves + half
      timesteps[place] = writeInput(row, sample, place * count)
    }
  })
  const output = await network.run(sample, timesteps)
  const part = (place: number) => output.subarray(place * count, (place + 1) * count)
  return rows.map((row, i) => (isDone(row) ? row : stepRow(row, part(i * halves), part(i * halves + halves - 1))))
}
