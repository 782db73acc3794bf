/** Pictures to unit vectors, by any image encoder of a model folder, and how near two sets of them are. */
import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import type { Value } from '../graph/graph.ts'
import { type Preprocessing, preprocess, readPreprocessing } from '../io/index.ts'
import type { Net } from '../nets/blocks.ts'
import type { Device } from '../runtime/device.ts'
import { type Judged, nearness, type Picture, unit } from './evaluator.ts'
import { openNetwork, readJson } from './network.ts'

export interface ImageEncoder {
  /** A unit vector for each picture. */
  encode(pictures: readonly Picture[]): Promise<Float32Array[]>
  close(): Promise<void>
}

interface EncoderPlan {
  readonly folder: string
  readonly prefixes: readonly string[]
  /** Pixels of a side that its positions are for. */
  readonly size: number
  build(net: Net, pixels: Value): Value
}

export async function openImageEncoder(device: Device, plan: EncoderPlan): Promise<ImageEncoder> {
  const { folder, prefixes, size } = plan
  const settings = await preprocessing(folder)
  const shape = [1, 3, size, size]
  const network = await openNetwork(device, {
    ...{ folder, weights: 'model', prefixes },
    inputs: { pixels: { dtype: 'float32', shape } },
    build: (net, { pixels }) => plan.build(net, pixels as Value),
  })
  return {
    async encode(pictures) {
      const codes: Float32Array[] = []
      for (const picture of pictures) {
        const { pixels, width, height } = await preprocess(picture.pixels, picture, settings)
        if (width !== size || height !== size) throw sizes(folder, { width, height, size })
        codes.push(unit(await network.run({ pixels: { data: pixels, dtype: 'float32', shape } })))
      }
      return codes
    },
    close: network.close,
  }
}

async function preprocessing(folder: string): Promise<Preprocessing> {
  const file = 'preprocessor_config.json'
  return readPreprocessing(await readJson(folder, file), join(folder, file))
}

const sizes = (folder: string, { width, height, size }: { width: number; height: number; size: number }): AppError =>
  new AppError(
    'MODEL_INVALID',
    `${folder}: preprocessor_config.json makes pictures of ${width} x ${height}, config.json wants ${size} x ${size}`,
    'Fetch the whole model folder again.',
  )

/** Mean cosine over all pairs of a drawn picture and a photo. */
export async function meanCosine({ drawn, photos }: Judged, encode: ImageEncoder['encode']): Promise<number> {
  assertSome(drawn.length, 'pictures to judge')
  assertSome(photos.length, 'photos to compare with')
  return nearness(await encode(drawn), await encode(photos))
}

export function assertSome(count: number, what: string): void {
  if (count === 0) throw new AppError('INPUT_INVALID', `there are no ${what}`, 'Give at least one.')
}
