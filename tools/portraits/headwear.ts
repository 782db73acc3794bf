/** What sits on the head; the origin is the face's centre. */
import type { Context, Rgb } from './paint.ts'
import { box, ellipse, polygon, shape, stroke } from './paint.ts'

/** `w` and `h`: half width and half height of the head below. */
export type DrawHeadwear = (ctx: Context, w: number, h: number) => void

function crown(ctx: Context, w: number, h: number): void {
  const y = -h * 0.66
  const a = w * 0.86
  shape(
    ctx,
    [255, 204, 30],
    polygon([
      [-a, y],
      [-a - 2, y - 22],
      [-a / 2, y - 12],
      [0, y - 26],
      [a / 2, y - 12],
      [a + 2, y - 22],
      [a, y],
    ]),
    2.2,
  )
  shape(ctx, [220, 30, 50], ellipse(0, y - 8, 3.6, 3.6), 0)
  shape(ctx, [40, 110, 230], ellipse(-a * 0.58, y - 6, 2.8, 2.8), 0)
  shape(ctx, [40, 110, 230], ellipse(a * 0.58, y - 6, 2.8, 2.8), 0)
}

function topHat(ctx: Context, w: number, h: number): void {
  const y = -h * 0.62
  shape(
    ctx,
    [36, 34, 46],
    polygon([
      [-w * 0.74, y],
      [-w * 0.8, y - 36],
      [w * 0.8, y - 36],
      [w * 0.74, y],
    ]),
    2,
  )
  shape(ctx, [226, 34, 44], box(-w * 0.75, y - 9, w * 1.5, 8), 0)
  shape(ctx, [36, 34, 46], ellipse(0, y, w * 1.25, 5), 2)
}

function beanie(ctx: Context, w: number, h: number): void {
  const y = -h * 0.5
  const blue: Rgb = [30, 150, 160]
  shape(
    ctx,
    blue,
    path => {
      path.moveTo(-w - 3, y)
      path.bezierCurveTo(-w - 3, y - 36, w + 3, y - 36, w + 3, y)
      path.closePath()
    },
    2.2,
  )
  shape(ctx, [240, 240, 236], path => path.roundRect(-w - 5, y - 7, 2 * w + 10, 11, 5), 2.2)
  shape(ctx, [255, 255, 255], ellipse(0, y - 29, 7, 7), 2)
}

function partyHat(ctx: Context, w: number, h: number): void {
  const y = -h * 0.72
  const a = w * 0.58
  shape(
    ctx,
    [255, 90, 180],
    polygon([
      [-a, y],
      [0, y - 40],
      [a, y],
    ]),
    2.2,
  )
  shape(
    ctx,
    [50, 214, 234],
    polygon([
      [-a * 0.8, y - 8],
      [-a * 0.52, y - 19],
      [a * 0.75, y - 10],
      [a, y - 1],
      [a * 0.9, y - 4],
    ]),
    0,
  )
  shape(
    ctx,
    [50, 214, 234],
    polygon([
      [-a * 0.36, y - 25.5],
      [-a * 0.12, y - 35],
      [a * 0.3, y - 28],
    ]),
    0,
  )
  shape(ctx, [255, 240, 80], ellipse(0, y - 40, 5, 5), 1.8)
}

function headphones(ctx: Context, w: number, h: number): void {
  stroke(ctx, [40, 38, 48], 7.5, path => path.ellipse(0, 0, w + 5, h + 6, 0, Math.PI * 1.02, Math.PI * 1.98))
  stroke(ctx, [236, 60, 50], 3.5, path => path.ellipse(0, 0, w + 5, h + 6, 0, Math.PI * 1.02, Math.PI * 1.98))
  for (const side of [-1, 1]) shape(ctx, [236, 60, 50], ellipse(side * (w + 4), 3, 7, 11), 2.2)
}

const nothing: DrawHeadwear = () => {}

export const HEADWEAR = {
  none: nothing,
  crown,
  'top hat': topHat,
  beanie,
  'party hat': partyHat,
  headphones,
} as const satisfies Record<string, DrawHeadwear>
export type Headwear = keyof typeof HEADWEAR
export const HEADWEAR_NAMES = Object.keys(HEADWEAR) as Headwear[]
