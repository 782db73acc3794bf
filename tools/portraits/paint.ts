/** Colours and the few drawing strokes every part of a portrait is made of. */
import type { SKRSContext2D } from '@napi-rs/canvas'

export type Context = SKRSContext2D
export type Rgb = readonly [number, number, number]
export type Point = readonly [number, number]

export const INK: Rgb = [38, 24, 30]
export const WHITE: Rgb = [255, 255, 255]

export function css([r, g, b]: Rgb): string {
  return `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`
}

export function blend(a: Rgb, b: Rgb, amount: number): Rgb {
  const at = (i: 0 | 1 | 2): number => a[i] + (b[i] - a[i]) * amount
  return [at(0), at(1), at(2)]
}

export const darker = (colour: Rgb, amount = 0.25): Rgb => blend(colour, [20, 10, 30], amount)
export const lighter = (colour: Rgb, amount = 0.25): Rgb => blend(colour, WHITE, amount)

/** Contexts that receive the lines alone, on nothing. */
const lineMaps = new WeakSet<Context>()
/** Lines of a map are at least this wide: thinner ones do not survive the autoencoder. */
const LEAST_LINE = 3

/** From now on `ctx` receives the lines alone: what is filled erases the lines behind it. */
export function drawLinesOnly(ctx: Context): void {
  lineMaps.add(ctx)
}

/** Fills the path and outlines it; `line` 0 leaves the outline out. */
export function shape(ctx: Context, fill: Rgb, path: (ctx: Context) => void, line = 2, ink: Rgb = INK): void {
  ctx.beginPath()
  path(ctx)
  ctx.fillStyle = css(fill)
  if (lineMaps.has(ctx)) ctx.globalCompositeOperation = 'destination-out'
  ctx.fill()
  ctx.globalCompositeOperation = 'source-over'
  if (line > 0) strokeNow(ctx, ink, line)
}

export function stroke(ctx: Context, ink: Rgb, line: number, path: (ctx: Context) => void): void {
  ctx.beginPath()
  path(ctx)
  strokeNow(ctx, ink, line)
}

function strokeNow(ctx: Context, ink: Rgb, line: number): void {
  ctx.strokeStyle = css(ink)
  ctx.lineWidth = lineMaps.has(ctx) ? Math.max(LEAST_LINE, line) : line
  ctx.lineJoin = 'round'
  ctx.lineCap = 'round'
  ctx.stroke()
}

export function ellipse(x: number, y: number, rx: number, ry: number, turn = 0): (ctx: Context) => void {
  return ctx => ctx.ellipse(x, y, rx, ry, turn, 0, Math.PI * 2)
}

export function box(x: number, y: number, width: number, height: number): (ctx: Context) => void {
  return ctx => ctx.rect(x, y, width, height)
}

export function polygon(points: readonly Point[]): (ctx: Context) => void {
  return ctx => {
    points.forEach(([x, y], i) => {
      if (i === 0) ctx.moveTo(x, y)
      else ctx.lineTo(x, y)
    })
    ctx.closePath()
  }
}

export function line(...points: readonly Point[]): (ctx: Context) => void {
  return ctx => {
    points.forEach(([x, y], i) => {
      if (i === 0) ctx.moveTo(x, y)
      else ctx.lineTo(x, y)
    })
  }
}

/** Quadratic curve from `a` to `c` that bends towards `b`. */
export function curve(a: Point, b: Point, c: Point): (ctx: Context) => void {
  return ctx => {
    ctx.moveTo(a[0], a[1])
    ctx.quadraticCurveTo(b[0], b[1], c[0], c[1])
  }
}

/** Vertical gradient over the whole picture. */
export function backdrop(ctx: Context, top: Rgb, bottom: Rgb): void {
  if (lineMaps.has(ctx)) return
  const gradient = ctx.createLinearGradient(0, 0, 0, 128)
  gradient.addColorStop(0, css(top))
  gradient.addColorStop(1, css(bottom))
  ctx.fillStyle = gradient
  ctx.fillRect(0, 0, 128, 128)
}
