/** Measures of a picture: its sharpness, and a fingerprint that its copies share. */

/** Grey values, row by row. */
interface Grey {
  readonly width: number
  readonly height: number
  readonly values: Uint8Array
}

/**
 * The variance of the Laplacian (4-neighbour kernel) over a quarter of the picture: the sharpest of a 3 x 3 grid of
 * overlapping quarters, for a soft background behind a sharp subject is no blur.
 */
export function sharpness(grey: Grey): number {
  const [w, h] = [grey.width >> 1, grey.height >> 1]
  let best = 0
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++) {
      const [left, top] = [Math.round((column / 2) * (grey.width - w)), Math.round((row / 2) * (grey.height - h))]
      best = Math.max(best, laplacianVariance(grey, left, top, w, h))
    }
  return best
}

function laplacianVariance({ width, height, values }: Grey, left: number, top: number, w: number, h: number): number {
  let [sum, squares, count] = [0, 0, 0]
  for (let y = Math.max(1, top); y < Math.min(height - 1, top + h); y++)
    for (let x = Math.max(1, left); x < Math.min(width - 1, left + w); x++) {
      const at = y * width + x
      const around = values[at - 1]! + values[at + 1]! + values[at - width]! + values[at + width]!
      const edge = around - 4 * values[at]!
      sum += edge
      squares += edge * edge
      count++
    }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2
}

/**
 * The least sharpness of a photo whose shorter side was brought to `side` pixels. Measured on photos of people, animals, things and
 * places: sharp ones have 850 to 13,000 at 128 px and 110 to 3,500 at 512 px; blurred by a Gaussian of sigma side / 64 they have
 * at most 119 and 3. The 128 px renders of the demo base have 5,200 to 7,900, blurred alike 34 to 82.
 */
export const leastSharpness = (side: number): number => 12_800 / side

/** The print is a grey picture of 17 x 16 values. */
export const PRINT = { width: 17, height: 16 } as const

/**
 * Copies differ in at most so many of 256 gradient signs, and by so much in their mean grey values. Measured: saved again as JPEG
 * of quality 50, halved, softened or a little brighter up to 24 signs; different photos, even of a stereo pair, from 82 on.
 */
const COPY = { signs: 24, grey: 16 } as const

/** Whether two prints are of one picture, saved twice. */
export function isCopy(a: Uint8Array, b: Uint8Array): boolean {
  const { width, height } = PRINT
  let [signs, difference] = [0, 0]
  for (let at = 0; at < width * height; at++) {
    difference += Math.abs(a[at]! - b[at]!)
    const isLast = at % width === width - 1
    if (!isLast && a[at]! < a[at + 1]! !== b[at]! < b[at + 1]!) signs++
  }
  return signs <= COPY.signs && difference / (width * height) <= COPY.grey
}
