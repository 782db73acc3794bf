/** The eight scenes: fixed layouts in flat colours, so that a small model can learn them. */
import type { Context, Point, Rgb } from './paint.ts'
import { backdrop, box, curve, ellipse, line, polygon, shape, stroke } from './paint.ts'

/** Draws the background; `shift` in [-1, 1] is the scene's only random number. */
export type DrawScene = (ctx: Context, shift: number) => void

const fir = (ctx: Context, x: number, ground: number, size: number, leaf: Rgb, tip: Rgb = leaf): void => {
  shape(ctx, [104, 62, 34], box(x - size * 0.09, ground - size * 0.25, size * 0.18, size * 0.25), 0)
  for (let tier = 0; tier < 3; tier++) {
    const y = ground - size * (0.18 + 0.26 * tier)
    const half = size * (0.34 - 0.08 * tier)
    shape(
      ctx,
      tier === 2 ? tip : leaf,
      polygon([
        [x - half, y],
        [x, y - size * 0.42],
        [x + half, y],
      ]),
      1.4,
      [18, 56, 36],
    )
  }
}

const hill = (ctx: Context, fill: Rgb, left: number, top: number, right: number): void =>
  shape(
    ctx,
    fill,
    path => {
      path.moveTo(0, left)
      path.bezierCurveTo(40, top, 80, top, 128, right)
      path.lineTo(128, 128)
      path.lineTo(0, 128)
    },
    0,
  )

function beach(ctx: Context, shift: number): void {
  backdrop(ctx, [72, 172, 250], [176, 226, 255])
  shape(ctx, [255, 236, 90], ellipse(106 + 4 * shift, 18, 11, 11), 0)
  shape(ctx, [18, 104, 206], box(0, 66, 128, 30), 0)
  stroke(ctx, [160, 220, 250], 2, line([4, 76], [22, 76]))
  stroke(ctx, [160, 220, 250], 2, line([106, 82], [124, 82]))
  shape(ctx, [246, 212, 136], box(0, 94, 128, 34), 0)
  stroke(ctx, [136, 84, 40], 5, curve([10, 100], [4, 66], [14, 38]))
  for (const [x, y] of [
    [-6, 36],
    [2, 24],
    [26, 24],
    [34, 38],
  ] as const) {
    stroke(ctx, [24, 148, 62], 5, curve([14, 38], [(x + 14) / 2, y - 8], [x, y + 6]))
  }
}

function forest(ctx: Context, shift: number): void {
  backdrop(ctx, [150, 206, 150], [84, 156, 92])
  for (const x of [14, 44, 84, 114]) fir(ctx, x + 3 * shift, 92, 80, [44, 126, 70])
  shape(ctx, [54, 110, 48], box(0, 90, 128, 38), 0)
  for (const x of [0, 27, 101, 128]) fir(ctx, x + 3 * shift, 104, 88, [22, 92, 52])
}

const STARS: readonly Point[] = [
  [12, 54],
  [30, 10],
  [48, 22],
  [70, 8],
  [92, 16],
  [120, 12],
  [122, 66],
  [104, 88],
  [8, 92],
  [22, 78],
  [36, 40],
  [96, 34],
]

function space(ctx: Context, shift: number): void {
  backdrop(ctx, [12, 8, 44], [62, 24, 96])
  for (const [x, y] of STARS) shape(ctx, [255, 255, 235], ellipse(x, y, 1.5, 1.5), 0)
  shape(ctx, [255, 132, 40], ellipse(18 + 3 * shift, 26, 12, 12), 0)
  shape(ctx, [214, 92, 24], ellipse(14 + 3 * shift, 29, 4, 3), 0)
  shape(ctx, [236, 192, 124], ellipse(109, 48, 10, 10), 0)
  stroke(ctx, [250, 226, 180], 3, ellipse(109, 48, 18, 5, -0.3))
}

const TOWERS: readonly (readonly [number, number, number])[] = [
  [0, 40, 22],
  [22, 62, 16],
  [38, 48, 18],
  [56, 70, 20],
  [76, 52, 16],
  [92, 36, 20],
  [112, 58, 16],
]

function city(ctx: Context, shift: number): void {
  backdrop(ctx, [255, 140, 104], [255, 214, 150])
  TOWERS.forEach(([x, top, width], i) => {
    const fill: Rgb = i % 2 === 0 ? [82, 84, 110] : [108, 106, 132]
    shape(ctx, fill, box(x, top + 4 * shift, width, 128), 1.2, [50, 48, 72])
    for (let y = top + 6; y < 118; y += 10) {
      for (let at = x + 4; at + 4 <= x + width - 2; at += 7)
        shape(ctx, [255, 228, 110], box(at, y + 4 * shift, 4, 5), 0)
    }
  })
}

const FLAKES: readonly Point[] = [
  [8, 14],
  [30, 8],
  [24, 34],
  [50, 16],
  [80, 8],
  [100, 22],
  [120, 10],
  [112, 44],
  [10, 52],
  [92, 50],
  [38, 56],
  [122, 70],
]

function snow(ctx: Context, shift: number): void {
  backdrop(ctx, [150, 186, 226], [206, 224, 244])
  for (const x of [16, 112]) fir(ctx, x + 3 * shift, 96, 62, [70, 132, 122], [250, 252, 255])
  hill(ctx, [250, 252, 255], 84, 98, 82)
  for (const [x, y] of FLAKES) shape(ctx, [255, 255, 255], ellipse(x, y, 2.4, 2.4), 0)
}

function desert(ctx: Context, shift: number): void {
  backdrop(ctx, [255, 196, 84], [255, 232, 158])
  shape(ctx, [255, 250, 214], ellipse(104 + 4 * shift, 20, 12, 12), 0)
  hill(ctx, [232, 160, 76], 84, 66, 92)
  hill(ctx, [208, 128, 52], 92, 112, 84)
  const green: Rgb = [52, 136, 66]
  stroke(ctx, green, 8, line([14, 104], [14, 48]))
  stroke(ctx, green, 6, line([14, 82], [26, 82], [26, 64]))
  stroke(ctx, green, 6, line([14, 72], [3, 72], [3, 58]))
}

const fish = (ctx: Context, x: number, y: number, way: number, fill: Rgb): void => {
  shape(
    ctx,
    fill,
    polygon([
      [x - 7 * way, y],
      [x - 14 * way, y - 6],
      [x - 14 * way, y + 6],
    ]),
    0,
  )
  shape(ctx, fill, ellipse(x, y, 9, 6), 0)
  shape(ctx, [20, 20, 40], ellipse(x + 4 * way, y - 1, 1.6, 1.6), 0)
}

function underwater(ctx: Context, shift: number): void {
  backdrop(ctx, [60, 206, 214], [8, 70, 130])
  fish(ctx, 18 + 3 * shift, 30, 1, [255, 200, 40])
  fish(ctx, 110 - 3 * shift, 60, -1, [255, 116, 60])
  for (const [x, y, r] of [
    [100, 14, 5],
    [112, 26, 3.5],
    [30, 60, 4],
    [10, 76, 3],
  ] as const) {
    stroke(ctx, [214, 248, 255], 1.6, ellipse(x, y, r, r))
  }
  for (const x of [6, 16, 112, 122]) stroke(ctx, [30, 140, 84], 4, curve([x, 128], [x + 8, 108], [x, 86]))
}

const FLOWERS: readonly (readonly [number, number, Rgb])[] = [
  [10, 70, [255, 84, 140]],
  [24, 86, [255, 224, 60]],
  [8, 102, [255, 255, 255]],
  [30, 68, [255, 255, 255]],
  [100, 68, [255, 224, 60]],
  [118, 74, [255, 255, 255]],
  [108, 88, [255, 84, 140]],
  [122, 102, [255, 224, 60]],
]

function garden(ctx: Context, shift: number): void {
  backdrop(ctx, [156, 216, 255], [216, 240, 255])
  for (const [x, y] of [
    [20, 20],
    [30, 16],
    [40, 20],
  ] as const)
    shape(ctx, [255, 255, 255], ellipse(x + 4 * shift, y, 10, 7), 0)
  shape(ctx, [120, 206, 72], box(0, 56, 128, 72), 0)
  for (const [x, y, petal] of FLOWERS) {
    for (const [dx, dy] of [
      [-3, 0],
      [3, 0],
      [0, -3],
      [0, 3],
    ] as const)
      shape(ctx, petal, ellipse(x + dx, y + dy, 2.8, 2.8), 0)
    shape(ctx, [240, 140, 30], ellipse(x, y, 2.2, 2.2), 0)
  }
}

export const SCENES = { beach, forest, space, city, snow, desert, underwater, garden } as const satisfies Record<
  string,
  DrawScene
>
export type Scene = keyof typeof SCENES
export const SCENE_NAMES = Object.keys(SCENES) as Scene[]
