/** The second class: a cat that wears the same outfits and headwear as a person. */
import type { CatFace } from './identity.ts'
import type { Context } from './paint.ts'
import { curve, darker, ellipse, INK, lighter, line, polygon, shape, stroke } from './paint.ts'

export const CAT_HALF_HEIGHT = 28

export function drawCatBack(ctx: Context, cat: CatFace): void {
  shape(ctx, darker(cat.fur, 0.12), ellipse(0, 36, 18, 16), 2)
}

export function drawCatHead(ctx: Context, cat: CatFace): void {
  const w = cat.halfWidth
  for (const side of [-1, 1]) {
    shape(
      ctx,
      cat.fur,
      polygon([
        [side * w * 0.98, -6],
        [side * w * 0.86, -22 - cat.ears],
        [side * w * 0.2, -24],
      ]),
      2.2,
    )
    shape(
      ctx,
      [255, 160, 176],
      polygon([
        [side * w * 0.84, -14],
        [side * w * 0.78, -13 - cat.ears],
        [side * w * 0.44, -23],
      ]),
      0,
    )
  }
  shape(ctx, cat.fur, ellipse(0, 0, w, CAT_HALF_HEIGHT), 2.4)
  if (cat.stripes) for (const x of [-9, 0, 9]) stroke(ctx, darker(cat.fur, 0.55), 3.6, line([x, -25], [x * 0.8, -15]))
  if (cat.blaze)
    shape(
      ctx,
      lighter(cat.fur, 0.75),
      polygon([
        [-4, -24],
        [4, -24],
        [9, 6],
        [-9, 6],
      ]),
      0,
    )
}

export function drawCatFeatures(ctx: Context, cat: CatFace): void {
  for (const side of [-1, 1]) {
    shape(ctx, cat.eye, ellipse(side * 13, -4, 7, 7.4), 2)
    shape(ctx, [16, 12, 20], ellipse(side * 13, -4, 2.2, 6), 0)
    shape(ctx, [255, 255, 255], ellipse(side * 13 + 2, -7, 1.4, 1.4), 0)
  }
  const muzzle = lighter(cat.fur, 0.75)
  for (const side of [-1, 1]) shape(ctx, muzzle, ellipse(side * 6.5, 14, 8.5, 7.5), 0)
  for (const side of [-1, 1]) stroke(ctx, INK, 2, curve([0, 13], [side * 4, 20], [side * 8, 16]))
  shape(
    ctx,
    [240, 110, 140],
    polygon([
      [-5, 7],
      [5, 7],
      [0, 12],
    ]),
    1.6,
  )
  for (const side of [-1, 1]) {
    for (const [from, to] of [
      [11, 8],
      [15, 16],
    ] as const)
      stroke(ctx, [250, 250, 250], 1.8, line([side * 12, from], [side * 34, to]))
  }
}
