/** The two sizes that speed and memory are measured at, and the inputs that both sides get. */
import { join } from 'node:path'
import { elements, type Shape } from '../engine/graph/graph.ts'
import { writeSafetensors } from '../engine/io/index.ts'
import { normals } from '../engine/noise.ts'
import type { Inline } from '../engine/runtime/protocol.ts'
import { makeSd15 } from './sd15.ts'
import type { BenchContext } from './source.ts'
import { type BenchUnet, openUnet, sampleShape, type UnetShape } from './unet.ts'

export interface MeasuredModel {
  /** `base` or `sd15`: the last part of the figure's name. */
  readonly suffix: Suffix
  readonly model: BenchUnet
  readonly shape: UnetShape
  readonly feeds: Record<string, Inline>
  /** The same inputs as a safetensors file. */
  readonly inputs: string
}

export const SUFFIXES = ['base', 'sd15'] as const
export type Suffix = (typeof SUFFIXES)[number]

const SHAPES: Record<Suffix, UnetShape> = {
  base: { batch: 4, height: 16, width: 16 },
  sd15: { batch: 1, height: 32, width: 32 },
}

/** Why this size can't be measured here, or undefined. */
export function missingModel({ demoBase }: BenchContext, suffix: Suffix): string | undefined {
  return suffix === 'base' && !demoBase ? 'models/portraits is not there' : undefined
}

export async function openMeasured(
  context: BenchContext,
  suffix: Suffix,
  shape: UnetShape = SHAPES[suffix],
): Promise<MeasuredModel> {
  const folder = suffix === 'sd15' ? await makeSd15(join(context.cache, 'sd15-random'), context.log) : context.demoBase
  if (!folder) throw new Error(missingModel(context, suffix))
  const model = await openUnet(folder)
  const feeds = drawFeeds(model, shape)
  const inputs = join(context.work, `inputs-${suffix}.safetensors`)
  await writeTensors(inputs, feeds)
  return { suffix, model, shape, feeds, inputs }
}

export function drawFeeds(model: BenchUnet, shape: UnetShape): Record<string, Inline> {
  const sample = sampleShape(model, shape)
  const draw = (stream: number, shape: Shape): Inline => ({
    data: normals(7, stream, elements(shape)),
    dtype: 'float32',
    shape,
  })
  const timesteps = Float32Array.from({ length: shape.batch }, (_, row) => (137 + 311 * row) % 1000)
  return {
    sample: draw(0, sample),
    target: draw(1, sample),
    context: draw(2, [shape.batch, model.tokens, model.config.contextWidth]),
    timesteps: { data: timesteps, dtype: 'float32', shape: [shape.batch] },
  }
}

export async function writeTensors(path: string, tensors: Readonly<Record<string, Inline>>): Promise<void> {
  const entries = Object.entries(tensors).map(
    ([name, { data, shape }]) => [name, { dtype: 'F32' as const, shape, data }] as const,
  )
  await writeSafetensors(path, new Map(entries))
}
