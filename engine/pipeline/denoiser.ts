/** The denoising network on a device, compiled for a batch of images with their texts and adapters in place. */
import type { Adapter } from '../adapters/adapter.ts'
import { type AdapterBatch, adapterBatch } from '../adapters/batch.ts'
import { lowRankHook } from '../adapters/pairs.ts'
import { type Base, latentShape } from '../base/base.ts'
import { type ConditioningShapes, conditioningInputs, wholeFrame } from '../families/index.ts'
import { createGraph, elements, input, type Shape } from '../graph/graph.ts'
import { encode, type Model } from '../graph/onnx.ts'
import type { PictureSize } from '../io/index.ts'
import type { Device } from '../runtime/device.ts'
import { viewsOf } from '../runtime/layout.ts'
import { runOnce } from '../runtime/run.ts'
import { isDone, isGuided, type Row, stepRow, writeInput } from '../schedulers/index.ts'
import { type Conditioning, conditioningFeeds, floats, type PipelineContext } from './context.ts'
import { IMAGE_DEFAULTS, type ImageRequest, resolveImage } from './image-request.ts'
import type { LongPrompt } from './prompt-chunks.ts'
import { changesText, conditioningShapes, type EncodeTextOptions, encodeText, promptChunks, zeroText } from './text.ts'

/**
 * One denoising call for all images of a batch. It keeps what belongs to each image (texts, adapter) on the device and knows
 * neither steps nor schedulers: whoever owns the rows decides what each call sees. A batch of other images is another denoiser.
 */
export interface Denoiser {
  /** Network rows of one image: 2 with an unconditional half beside the conditional one, else 1. */
  readonly halves: 1 | 2
  /** Latent values of one image. */
  readonly count: number
  /**
   * The network's answer, as long as `sample`.
   * @param sample latents `[images * halves, C, h, w]`, flat; the halves of an image lie next to each other
   * @param timesteps `[images * halves]`
   */
  run(sample: Float32Array, timesteps: Float32Array): Promise<Float32Array>
  /** Frees what it keeps on the device; its session stays with the pipeline. */
  close(): Promise<void>
}

/** The size of all images, the halves of each, and the chunks that every image's texts have (`textChunks`). */
export interface DenoiserOptions {
  readonly size: PictureSize
  readonly halves: 1 | 2
  readonly chunks: number
}

/**
 * The chunks of an image's texts: the shorter half gets empty ones, so that both are as long. Padding changes what the network attends to,
 * so only images of one number may share a batch.
 */
export function textChunks(base: Base, request: ImageRequest): number {
  const { adapter, longPrompt = IMAGE_DEFAULTS.longPrompt } = request
  return Math.max(...halvesOf(request).map(text => promptChunks(base, text, { adapter, longPrompt })))
}

/** Both halves' texts; an image without guidance has no other half, whatever its negative prompt says. */
function halvesOf(request: ImageRequest): [string, string] {
  const { prompt, negative, guidance, rescale = 0 } = { ...request, ...resolveImage(request) }
  return [prompt, isGuided({ scale: guidance, rescale }) ? (negative ?? '') : prompt]
}

/** Encodes the prompts and places the adapters; the session is compiled at first use of a shape. */
export async function openDenoiser(
  context: PipelineContext,
  requests: readonly ImageRequest[],
  options: DenoiserOptions,
): Promise<Denoiser> {
  const { base, device, session } = context
  const batch = requests.length * options.halves
  const rows = networkRows(requests, options.halves)
  const adapters = adapterBatch(pairRows(rows, options.halves))
  const shape = latentShape(base, batch, options.size)
  const shapes = conditioningShapes(base, options.chunks)
  const id = await session(`unet ${shape} ${JSON.stringify([shapes, adapters.layout.slots])}`, () =>
    denoiserModel(base, shape, shapes, adapters),
  )
  const conditioning = conditioningFeeds(shapes, await conditionings(context, rows, options))
  const buffer = await placeAdapters(device, adapters)
  return {
    halves: options.halves,
    count: elements(shape.slice(1)),
    run(sample, timesteps) {
      const feeds = {
        ...viewsOf(adapters.layout, buffer),
        sample: floats(sample, shape),
        timesteps: floats(timesteps, [batch]),
        ...conditioning,
      }
      return runOnce(device, id, feeds, 'output')
    },
    // A device that is gone took its buffers along.
    close: () => device.free(buffer).catch(() => undefined),
  }
}

function denoiserModel(base: Base, shape: Shape, shapes: ConditioningShapes, { rows, modules }: AdapterBatch): Model {
  const graph = createGraph()
  const [batch = 0] = shape
  const inputs = {
    sample: input(graph, 'sample', 'float32', shape),
    timesteps: input(graph, 'timesteps', 'float32', [batch]),
    conditioning: conditioningInputs(graph, shapes, batch),
  }
  const options = rows > 0 ? { adapt: lowRankHook(graph, modules, { rows }) } : {}
  return encode({ output: base.family.denoise(graph, base.configs, inputs, options) }, base.locate)
}

/** The adapters lie on the device while their batch is drawn, so that a step carries only latents. */
async function placeAdapters(device: Device, { flat }: AdapterBatch): Promise<string> {
  const buffer = device.bufferName('adapters')
  await device.alloc(buffer, flat.length)
  await device.write(buffer, 0, flat)
  return buffer
}

/** One row of the network: half an image, or all of an unguided one. */
interface NetworkRow {
  readonly text: string
  readonly unconditional: boolean
  readonly adapter: Adapter | undefined
  readonly adapterScale: number
  readonly longPrompt: LongPrompt
}

/** The rows of the network, image by image: conditional, then unconditional. */
const networkRows = (requests: readonly ImageRequest[], halves: 1 | 2): NetworkRow[] =>
  requests.flatMap(request => {
    const { adapter, adapterIn, adapterScale = IMAGE_DEFAULTS.adapterScale } = request
    const { longPrompt = IMAGE_DEFAULTS.longPrompt } = request
    const [prompt, negative] = halvesOf(request)
    const conditional = { text: prompt, unconditional: false, adapter, adapterScale, longPrompt }
    // At scale 0 the pairs do nothing, and a learned word in the negative prompt is still the word.
    const without = (adapterIn ?? adapter?.manifest.adapterIn) === 'conditional' ? { adapterScale: 0 } : {}
    return halves === 2
      ? [conditional, { ...conditional, text: negative, unconditional: true, ...without }]
      : [conditional]
  })

/** One row of pairs for each image, or for each of its halves where they differ. */
const pairRows = (rows: readonly NetworkRow[], halves: 1 | 2): readonly NetworkRow[] =>
  halves === 2 && rows.some((row, i) => row.adapter && row.adapterScale !== rows[i ^ 1]?.adapterScale)
    ? rows
    : rows.filter(row => !row.unconditional)

/** What conditions each row of the network. */
async function conditionings(
  { base, ...context }: PipelineContext,
  networkRows: readonly NetworkRow[],
  { size, chunks }: DenoiserOptions,
): Promise<Conditioning[]> {
  const frame = base.family.describeFrame(wholeFrame(size))
  const known: { own: EncodeTextOptions; text: string; states: Conditioning }[] = []
  const rows: Conditioning[] = []
  for (const { text, unconditional, adapter, adapterScale, longPrompt } of networkRows) {
    const adapted = adapter && changesText(adapter) ? { adapter, adapterScale } : {}
    const own: EncodeTextOptions = { ...adapted, longPrompt, chunks }
    const same = (other: EncodeTextOptions) =>
      other.adapter === own.adapter && other.adapterScale === own.adapterScale && other.longPrompt === longPrompt
    const found = known.find(one => one.text === text && same(one.own))
    const states = found?.states ?? (await encodeText({ base, ...context }, [text], { ...own, weights: true }))[0] ?? {}
    if (!found) known.push({ own, text, states })
    const zero = base.configs.zeroEmpty && unconditional && text === ''
    rows.push({ ...(zero ? zeroText(states) : states), ...frame })
  }
  return rows
}

/** One step of every unfinished row; finished ones ride along unchanged. */
export async function stepRows(rows: readonly Row[], denoiser: Denoiser): Promise<Row[]> {
  const { halves, count } = denoiser
  const sample = new Float32Array(rows.length * halves * count)
  const timesteps = new Float32Array(rows.length * halves)
  rows.forEach((row, i) => {
    if (isDone(row)) return
    for (let half = 0; half < halves; half++) {
      const place = i * halves + half
      timesteps[place] = writeInput(row, sample, place * count)
    }
  })
  const output = await denoiser.run(sample, timesteps)
  const part = (place: number) => output.subarray(place * count, (place + 1) * count)
  return rows.map((row, i) => (isDone(row) ? row : stepRow(row, part(i * halves), part(i * halves + halves - 1))))
}
