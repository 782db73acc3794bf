/**
 * Aspect buckets, as kohya's sd-scripts makes them (`make_bucket_resolutions`): sizes of about the base's area in many shapes, of which
 * each photo takes the one that is nearest to its own.
 */
import { areaOf, type PictureSize, type SizeRule, square } from './size.ts'

/** Sides of published bases differ by 64 pixels; a small base gets an eighth of its own side. */
const LARGEST_STEP = 64
const STEPS_PER_SIDE = 8

/** From half the base's side to twice of it, in steps, the other side as long as the area allows; the base's own square is one. */
export function bucketSizes({ area, step }: Pick<SizeRule, 'area' | 'step'>): PictureSize[] {
  const side = Math.floor(Math.sqrt(area))
  const apart = Math.max(step, Math.floor(Math.min(LARGEST_STEP, side / STEPS_PER_SIDE) / step) * step)
  const [shortest, longest] = [Math.max(2 * step, side / 2), 2 * side]
  const sizes = [square(side)]
  for (let short = Math.ceil(shortest / apart) * apart; short < side; short += apart) {
    const long = Math.min(longest, Math.floor(area / short / apart) * apart)
    if (long <= short) continue
    sizes.push({ height: long, width: short }, { height: short, width: long })
  }
  return sizes
}

const shapeOf = ({ height, width }: PictureSize): number => Math.log(width / height)

/** The bucket that loses the least of a picture: the nearest in shape, and of several the largest. */
export const nearestBucket = (picture: PictureSize, buckets: readonly PictureSize[]): PictureSize =>
  buckets.reduce((best, one) => {
    const [a, b] = [one, best].map(bucket => Math.abs(shapeOf(bucket) - shapeOf(picture))) as [number, number]
    return a < b - 1e-9 || (a < b + 1e-9 && areaOf(one) > areaOf(best)) ? one : best
  })
