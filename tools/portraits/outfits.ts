/** The six outfits, each in six colours, drawn with the face's centre as the origin. */
import type { Context, Rgb } from './paint.ts'
import { box, curve, darker, ellipse, lighter, line, polygon, shape, stroke } from './paint.ts'

export const OUTFIT_COLOURS = {
  red: [222, 36, 40],
  blue: [34, 88, 220],
  green: [34, 160, 66],
  yellow: [252, 208, 36],
  purple: [136, 56, 190],
  pink: [255, 134, 196],
} as const satisfies Record<string, Rgb>
export type OutfitColour = keyof typeof OUTFIT_COLOURS
export const OUTFIT_COLOUR_NAMES = Object.keys(OUTFIT_COLOURS) as OutfitColour[]

export type DrawOutfit = (ctx: Context, colour: Rgb) => void

/** Shoulders: the neck opening is 24 wide at y = 39, the picture ends at about y = 62. */
function torso(ctx: Context): void {
  ctx.moveTo(-50, 74)
  ctx.bezierCurveTo(-50, 50, -40, 45, -13, 38)
  ctx.quadraticCurveTo(0, 46, 13, 38)
  ctx.bezierCurveTo(40, 45, 50, 50, 50, 74)
  ctx.closePath()
}

function sleeves(ctx: Context, colour: Rgb): void {
  stroke(ctx, darker(colour, 0.5), 1.8, curve([-34, 74], [-34, 64], [-31, 57]))
  stroke(ctx, darker(colour, 0.5), 1.8, curve([34, 74], [34, 64], [31, 57]))
}

function shirt(ctx: Context, colour: Rgb): void {
  shape(ctx, colour, torso)
  sleeves(ctx, colour)
  stroke(ctx, darker(colour, 0.4), 3.5, curve([-14, 40], [0, 50], [14, 40]))
}

function suit(ctx: Context, colour: Rgb): void {
  shape(ctx, colour, torso)
  shape(
    ctx,
    [255, 255, 255],
    polygon([
      [-12, 38],
      [12, 38],
      [0, 74],
    ]),
    1.6,
  )
  shape(
    ctx,
    [34, 32, 48],
    polygon([
      [-4, 43],
      [4, 43],
      [2.5, 48],
      [5, 64],
      [0, 72],
      [-5, 64],
      [-2.5, 48],
    ]),
    0,
  )
  shape(
    ctx,
    darker(colour, 0.3),
    polygon([
      [-13, 38],
      [-24, 50],
      [-17, 54],
      [-3, 74],
      [-1, 70],
    ]),
    1.6,
  )
  shape(
    ctx,
    darker(colour, 0.3),
    polygon([
      [13, 38],
      [24, 50],
      [17, 54],
      [3, 74],
      [1, 70],
    ]),
    1.6,
  )
}

function hoodie(ctx: Context, colour: Rgb): void {
  shape(ctx, darker(colour, 0.25), ellipse(0, 38, 26, 11))
  shape(ctx, colour, torso)
  sleeves(ctx, colour)
  shape(
    ctx,
    darker(colour, 0.25),
    polygon([
      [-22, 40],
      [0, 52],
      [22, 40],
      [14, 38],
      [0, 45],
      [-14, 38],
    ]),
    1.6,
  )
  stroke(ctx, [255, 255, 255], 2.6, line([-8, 49], [-8, 62]))
  stroke(ctx, [255, 255, 255], 2.6, line([8, 49], [8, 62]))
}

function sweater(ctx: Context, colour: Rgb): void {
  shape(ctx, colour, torso)
  ctx.save()
  ctx.beginPath()
  torso(ctx)
  ctx.clip()
  for (const y of [46, 55, 64]) shape(ctx, [255, 255, 255], box(-60, y, 120, 4.5), 0)
  ctx.restore()
  stroke(ctx, darker(colour, 0.6), 2, torso)
  shape(
    ctx,
    colour,
    polygon([
      [-13, 34],
      [13, 34],
      [15, 42],
      [0, 48],
      [-15, 42],
    ]),
    1.8,
  )
}

function robe(ctx: Context, colour: Rgb): void {
  shape(ctx, colour, torso)
  shape(
    ctx,
    [252, 248, 240],
    polygon([
      [-14, 36],
      [-36, 46],
      [-28, 58],
      [-8, 62],
      [0, 74],
      [8, 62],
      [28, 58],
      [36, 46],
      [14, 36],
      [0, 44],
    ]),
    1.8,
  )
  for (const [x, y] of [
    [-26, 49],
    [-15, 53],
    [15, 53],
    [26, 49],
    [-14, 44],
    [14, 44],
  ] as const)
    shape(ctx, [30, 26, 34], ellipse(x, y, 1.7, 2.3), 0)
  shape(ctx, [252, 200, 40], ellipse(0, 52, 4.4, 4.4), 1.5)
}

function costume(ctx: Context, colour: Rgb): void {
  const yellow = colour[0] > 240 && colour[2] < 80
  const emblem: Rgb = yellow ? [222, 36, 40] : [255, 226, 50]
  shape(
    ctx,
    lighter(emblem, 0.1),
    polygon([
      [-40, 36],
      [-60, 76],
      [60, 76],
      [40, 36],
    ]),
    1.8,
  )
  shape(ctx, colour, torso)
  shape(
    ctx,
    emblem,
    polygon([
      [0, 72],
      [-15, 56],
      [-8, 48],
      [8, 48],
      [15, 56],
    ]),
    1.8,
  )
  shape(
    ctx,
    yellow ? [255, 255, 255] : [222, 36, 40],
    polygon([
      [2, 50],
      [-5, 59],
      [-1, 59],
      [-3, 67],
      [5, 57],
      [1, 57],
    ]),
    0,
  )
}

export const OUTFITS = { shirt, suit, hoodie, sweater, robe, costume } as const satisfies Record<string, DrawOutfit>
export type Outfit = keyof typeof OUTFITS
export const OUTFIT_NAMES = Object.keys(OUTFITS) as Outfit[]
