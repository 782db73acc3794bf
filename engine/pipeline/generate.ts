/** Sampling: images of any prompts, seeds, guidances and adapters share the same denoising calls. */
import { AppError } from '../../errors.ts'
import { type Base, latentShape } from '../base/base.ts'
import { elements } from '../graph/graph.ts'
import { areaOf, type PictureSize, sizeText } from '../io/index.ts'
import type { Device } from '../runtime/device.ts'
import { openSessions } from '../runtime/sessions.ts'
import { isGuided, type Row } from '../schedulers/index.ts'
import type { Conditioning, GeneratedImage, PipelineContext } from './context.ts'
import { type Denoiser, openDenoiser, stepRows, textChunks } from './denoiser.ts'
import { type ImageRequest, type InitImage, imageSize, rowOf } from './image-request.ts'
import { decode, encodeImages } from './latents.ts'
import { type EncodeTextOptions, encodeText } from './text.ts'

export interface GenerateOptions {
  readonly signal?: AbortSignal | undefined
  readonly onStep?: ((event: { step: number; steps: number; milliseconds: number }) => void) | undefined
}

/** A base on a device with its sessions, which are compiled once for each shape and kept. */
export interface Pipeline {
  readonly base: Base
  readonly device: Device
  generate(requests: readonly ImageRequest[], options?: GenerateOptions): Promise<GeneratedImage[]>
  /** What each prompt conditions the UNet with, by the family's names: the text states `context` `[L, D]` and others. */
  encodeText(prompts: readonly string[], options?: EncodeTextOptions): Promise<Conditioning[]>
  /** Latent moments of images `[3, height, width]`; both `[C, h, w]`, before the scaling factor. */
  encodeImages(
    images: readonly Float32Array[],
    size: PictureSize,
  ): Promise<{ mean: Float32Array; logVariance: Float32Array }[]>
  decode(latents: readonly Float32Array[], size: PictureSize): Promise<GeneratedImage[]>
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

/** A row for each request, from noise or from its image. */
async function startRows(context: PipelineContext, requests: readonly ImageRequest[]): Promise<Row[]> {
  const { base } = context
  const rows: Row[] = []
  for (const request of requests) {
    const size = imageSize(base, request)
    const count = elements(latentShape(base, 1, size))
    rows.push(rowOf(base, request, count, request.init && (await initLatent(context, request.init, size))))
  }
  return rows
}

/** The mode of the image's latent, with the scaling factor. */
async function initLatent(context: PipelineContext, { pixels }: InitImage, size: PictureSize): Promise<Float32Array> {
  if (pixels.length !== 3 * areaOf(size))
    throw new AppError(
      'INPUT_INVALID',
      `the image to start from has ${pixels.length} values, ${sizeText(size)} pixels have ${3 * areaOf(size)}`,
      'Load it at the size that is drawn.',
    )
  const [moments] = await encodeImages(context, [pixels], size)
  return (moments?.mean ?? new Float32Array()).map(value => value * context.base.configs.vae.scaling_factor)
}

interface Batch {
  readonly requests: readonly ImageRequest[]
  readonly rows: readonly Row[]
  readonly chunks: number
  readonly size: PictureSize
}

/** Images of one size whose texts have as many chunks are drawn together, batch after batch. */
async function generate(context: PipelineContext, requests: readonly ImageRequest[], options: GenerateOptions) {
  const { base } = context
  const rows = await startRows(context, requests)
  const shapes = requests.map(one => ({ chunks: textChunks(base, one), size: imageSize(base, one) }))
  const groups = [...Map.groupBy(requests.keys(), i => JSON.stringify(shapes[i])).values()]
  const all = groups.reduce((sum, group) => sum + stepsOf(group.map(i => rows[i] as Row)), 0)
  const images: GeneratedImage[] = []
  let done = 0
  for (const group of groups) {
    const batch: Batch = {
      requests: group.map(i => requests[i] as ImageRequest),
      rows: group.map(i => rows[i] as Row),
      ...(shapes[group[0] as number] as Pick<Batch, 'chunks' | 'size'>),
    }
    const before = done
    const onStep: GenerateOptions['onStep'] = event =>
      options.onStep?.({ ...event, step: before + event.step, steps: all })
    const drawn = await drawBatch(context, batch, { ...options, onStep })
    group.forEach((index, i) => {
      images[index] = drawn[i] as GeneratedImage
    })
    done += stepsOf(batch.rows)
  }
  return images
}

const stepsOf = (rows: readonly Row[]): number => Math.max(0, ...rows.map(row => row.plan.steps.length))

async function drawBatch(
  context: PipelineContext,
  { requests, rows, chunks, size }: Batch,
  options: GenerateOptions,
): Promise<GeneratedImage[]> {
  const halves = rows.some(row => isGuided(row.guidance)) ? 2 : 1
  const denoiser = await openDenoiser(context, requests, { size, halves, chunks })
  try {
    const done = await denoiseRows(rows, denoiser, options)
    const latents = done.map(row => Float32Array.from(row.x))
    latents.forEach(assertFinite)
    return await decode(context, latents, size)
  } finally {
    await denoiser.close()
  }
}

/** Steps all rows to their ends. */
async function denoiseRows(
  start: readonly Row[],
  denoiser: Denoiser,
  { signal, onStep }: GenerateOptions,
): Promise<readonly Row[]> {
  const steps = stepsOf(start)
  let rows = start
  for (let step = 0; step < steps; step++) {
    if (signal?.aborted)
      throw new AppError('CANCELED', `generation was canceled after step ${step} of ${steps}`, 'Start it again.')
    const began = performance.now()
    rows = await stepRows(rows, denoiser)
    onStep?.({ step: step + 1, steps, milliseconds: performance.now() - began })
  }
  return rows
}

function assertFinite(latent: Float32Array, row: number): void {
  if (latent.every(Number.isFinite)) return
  throw new AppError(
    'DIVERGED',
    `image ${row + 1} has values that are not finite`,
    'Lower the guidance or the adapter scale; if neither is high, the adapter or the base is damaged.',
  )
}
