/** Photos as a training takes them: at the size of a bucket of their own shape, or as squares. Never stretched. */
import type { Warning } from '../../warnings.ts'
import { type Base, sizeRule } from '../base/base.ts'
import { bucketSizes, cropWarnings, loadFramed, nearestBucket, type PictureSize, square } from '../io/index.ts'
import { isFullSize } from '../methods/method.ts'
import type { Photo } from './request.ts'

/** `aspect`: the bucket of the nearest shape. `square`: the base's own square out of the middle. */
export const PHOTO_CROPS = ['aspect', 'square'] as const
export type PhotoCrop = (typeof PHOTO_CROPS)[number]

/**
 * A full-size base has seen all shapes; a small one, such as the demo's, has seen squares alone and learns a likeness better at its own size
 * (docs/decisions/0023).
 */
export const defaultCrop = (base: Pick<Base, 'layers'>): PhotoCrop => (isFullSize(base) ? 'aspect' : 'square')

type Chooser = (base: Base) => (original: PictureSize) => PictureSize

const SIZES: Readonly<Record<PhotoCrop, Chooser>> = {
  aspect: base => {
    const buckets = bucketSizes(sizeRule(base))
    return original => nearestBucket(original, buckets)
  },
  square: base => () => square(base.size),
}

/** Neighbouring buckets are nearer to each other: only a shape beyond all of them loses as much, and what becomes a square. */
const CROPPED = { code: 'PHOTO_CROPPED', share: 0.2 } as const

export interface LoadedPhoto extends Omit<Photo, 'caption'> {
  /** That much of it is cut off. */
  readonly warnings: readonly Warning[]
}

/** @throws AppError IMAGE_INVALID naming the file, or `name` */
export async function loadPhoto(
  source: string | Uint8Array,
  base: Base,
  crop: PhotoCrop,
  name?: string,
): Promise<LoadedPhoto> {
  const { pixels, frame, size } = await loadFramed(source, SIZES[crop](base), name)
  const [height, width] = frame.original
  const shown = name ?? (typeof source === 'string' ? source : 'a photo')
  const warnings = cropWarnings(shown, { height, width }, size, CROPPED)
  return { pixels, frame, size, warnings }
}
