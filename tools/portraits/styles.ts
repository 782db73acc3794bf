/** The four styles: what is done to the finished pixels. Every style keeps the hues, so that colours stay nameable. */

/** RGB pixels, 128 x 128 x 3, values 0..255. */
export type Pixels = Float32Array
export type ApplyStyle = (pixels: Pixels) => Pixels

const SIZE = 128

function edges(pixels: Pixels): Float32Array {
  const at = (x: number, y: number, c: number): number =>
    pixels[(Math.min(SIZE - 1, Math.max(0, y)) * SIZE + Math.min(SIZE - 1, Math.max(0, x))) * 3 + c] as number
  const out = new Float32Array(SIZE * SIZE)
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      let sum = 0
      for (let c = 0; c < 3; c++) {
        sum += Math.hypot(at(x + 1, y, c) - at(x - 1, y, c), at(x, y + 1, c) - at(x, y - 1, c))
      }
      out[y * SIZE + x] = Math.min(1, sum / 330)
    }
  }
  return out
}

type Change = (value: number, index: number, grey: number, channel: number) => number

function map(pixels: Pixels, change: Change): Pixels {
  const out = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = ((pixels[i] as number) + (pixels[i + 1] as number) + (pixels[i + 2] as number)) / 3
    for (let c = 0; c < 3; c++) out[i + c] = Math.min(255, Math.max(0, change(pixels[i + c] as number, i / 3, grey, c)))
  }
  return out
}

const photo: ApplyStyle = pixels => pixels

/** Coloured pencil on white paper: pale fill, dark lines, one fixed hatching. */
const sketch: ApplyStyle = pixels => {
  const edge = edges(pixels)
  return map(pixels, (value, index, grey) => {
    const hatch = (Math.floor(index / SIZE) + (index % SIZE)) % 8 < 4 ? 0.72 : 0.54
    const vivid = grey + (value - grey) * 1.5
    const fill = 255 + (vivid - 255) * hatch
    return fill * (1 - 0.7 * (edge[index] as number) ** 1.2) + 8
  })
}

/** Squares of 4 x 4 pixels with few colours. */
const pixel: ApplyStyle = pixels => {
  const out = new Float32Array(pixels.length)
  for (let y = 0; y < SIZE; y += 4) {
    for (let x = 0; x < SIZE; x += 4) {
      for (let c = 0; c < 3; c++) paintSquare(pixels, out, x, y, c)
    }
  }
  return out
}

function paintSquare(pixels: Pixels, out: Pixels, x: number, y: number, c: number): void {
  const index = (i: number): number => ((y + (i >> 2)) * SIZE + x + (i & 3)) * 3 + c
  let sum = 0
  for (let i = 0; i < 16; i++) sum += pixels[index(i)] as number
  const level = Math.min(255, Math.round(((sum / 16 - 128) * 1.15 + 128) / 32) * 32)
  for (let i = 0; i < 16; i++) out[index(i)] = level
}

/** Glowing lines in the colours of what they bound, on dim fills. */
const neon: ApplyStyle = pixels => {
  const edge = edges(pixels)
  const near = spread(pixels)
  return map(pixels, (value, index, grey, channel) => {
    const fill = Math.max(0, grey + (value - grey) * 1.5) * 0.36
    const at = (c: number): number => near[index * 3 + c] as number
    const mean = (at(0) + at(1) + at(2)) / 3
    const glow = 60 + mean * 0.5 + (at(channel) - mean) * 1.8
    return fill + (edge[index] as number) * (glow - fill)
  })
}

/** The brightest colour within two pixels: ink lines take the colour of their surroundings. */
function spread(pixels: Pixels): Pixels {
  const out = new Float32Array(pixels.length)
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const from = brightestNear(pixels, x, y)
      for (let c = 0; c < 3; c++) out[(y * SIZE + x) * 3 + c] = pixels[from * 3 + c] as number
    }
  }
  return out
}

function brightestNear(pixels: Pixels, x: number, y: number): number {
  let best = -1
  let from = 0
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const index = Math.min(SIZE - 1, Math.max(0, y + dy)) * SIZE + Math.min(SIZE - 1, Math.max(0, x + dx))
      const [r, g, b] = [pixels[index * 3] as number, pixels[index * 3 + 1] as number, pixels[index * 3 + 2] as number]
      const score = Math.max(r, g, b) - 0.6 * Math.min(r, g, b)
      if (score > best) [best, from] = [score, index]
    }
  }
  return from
}

export const STYLES = { photo, sketch, pixel, neon } as const satisfies Record<string, ApplyStyle>
export type Style = keyof typeof STYLES
export const STYLE_NAMES = Object.keys(STYLES) as Style[]
