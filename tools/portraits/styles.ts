/** The four styles: what is done to the finished pixels. Every style keeps the hues, so that colours stay nameable. */

import { blend, type Rgb } from './paint.ts'

/** RGB pixels, 128 x 128 x 3, values 0..255. */
export type Pixels = Float32Array
/** RGBA of the drawing's lines alone: each line once, at least 3 px wide. */
export type Lines = Uint8ClampedArray
export type ApplyStyle = (pixels: Pixels, drawLines: () => Lines) => Pixels

const SIZE = 128
const CHANNELS = [0, 1, 2] as const

type Change = (value: number, index: number, grey: number, channel: 0 | 1 | 2) => number

function map(pixels: Pixels, change: Change): Pixels {
  const out = new Float32Array(pixels.length)
  for (let i = 0; i < pixels.length; i += 3) {
    const grey = ((pixels[i] as number) + (pixels[i + 1] as number) + (pixels[i + 2] as number)) / 3
    for (const c of CHANNELS) out[i + c] = Math.min(255, Math.max(0, change(pixels[i + c] as number, i / 3, grey, c)))
  }
  return out
}

const photo: ApplyStyle = pixels => pixels

/** Coloured pencil on white paper: pale fill with one fixed hatching, lines in their own colours. */
const sketch: ApplyStyle = (pixels, drawLines) => {
  const lines = drawLines()
  return map(pixels, (value, index, grey, channel) => {
    const hatch = (Math.floor(index / SIZE) + (index % SIZE)) % 8 < 4 ? 0.68 : 0.56
    const vivid = grey + (value - grey) * 1.5
    const fill = 255 + (vivid - 255) * hatch
    const line = 24 + 0.85 * (lines[index * 4 + channel] as number)
    return fill + coverage(lines, index) * (line - fill)
  })
}

const coverage = (lines: Lines, index: number): number => (lines[index * 4 + 3] as number) / 255

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

/** Glowing lines on dim fills; ink glows in the colour of what it bounds, coloured lines in their own. */
const neon: ApplyStyle = (pixels, drawLines) => {
  const lines = drawLines()
  const dim = map(pixels, (value, _index, grey) => Math.max(0, grey + (value - grey) * 1.5) * 0.36)
  for (let index = 0; index < SIZE * SIZE; index++) {
    const line = coverage(lines, index)
    if (line === 0) continue
    const light = lightAt(pixels, lines, index)
    const mean = (light[0] + light[1] + light[2]) / 3
    for (const c of CHANNELS) {
      const fill = dim[index * 3 + c] as number
      const glow = 60 + mean * 0.5 + (light[c] - mean) * 1.8
      dim[index * 3 + c] = Math.min(255, Math.max(0, fill + line * (glow - fill)))
    }
  }
  return dim
}

const vividness = ([r, g, b]: Rgb): number => Math.max(r, g, b) - 0.6 * Math.min(r, g, b)

/** The most vivid fill within two pixels; the more vivid the line itself is, the more of its own colour. */
function lightAt(pixels: Pixels, lines: Lines, index: number): Rgb {
  const own = colourAt(lines, index * 4)
  let best = own
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) {
      const x = Math.min(SIZE - 1, Math.max(0, (index % SIZE) + dx))
      const near = Math.min(SIZE - 1, Math.max(0, Math.floor(index / SIZE) + dy)) * SIZE + x
      const colour = colourAt(pixels, near * 3)
      if (coverage(lines, near) < 0.5 && vividness(colour) > vividness(best)) best = colour
    }
  }
  return blend(best, own, Math.min(1, Math.max(0, (vividness(own) - 90) / 60)))
}

const colourAt = (from: ArrayLike<number>, i: number): Rgb => [
  from[i] as number,
  from[i + 1] as number,
  from[i + 2] as number,
]

export const STYLES = { photo, sketch, pixel, neon } as const satisfies Record<string, ApplyStyle>
export type Style = keyof typeof STYLES
export const STYLE_NAMES = Object.keys(STYLES) as Style[]
