/** How far two images are from each other in what people see: levels of 0 to 255. */

const level = (value: number): number => Math.round((Math.min(1, Math.max(-1, value)) + 1) * 127.5)

/** Largest difference of two images in -1..1 after rounding to 0..255. */
export function levelError(ours: ArrayLike<number>, theirs: Float32Array): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY
  return theirs.reduce((worst, value, i) => Math.max(worst, Math.abs(level(value) - level(ours[i] ?? Number.NaN))), 0)
}
