/** The six hair styles: a part behind the head and a part over the forehead. */
import type { Face, HairStyle } from './identity.ts'
import type { Context, Point } from './paint.ts'
import { darker, ellipse, polygon, shape, stroke } from './paint.ts'

export interface HairDrawing {
  back(ctx: Context, face: Face): void
  front(ctx: Context, face: Face): void
}

/** Where the hair ends on the forehead, left to right, as (share of half width, share of half height). */
const FRINGES: readonly (readonly Point[])[] = [
  [
    [-1, -0.12],
    [-0.86, -0.42],
    [0, -0.56],
    [0.86, -0.42],
    [1, -0.12],
  ],
  [
    [-1, -0.12],
    [-0.84, -0.36],
    [-0.3, -0.44],
    [0.45, -0.72],
    [0.84, -0.46],
    [1, -0.12],
  ],
  [
    [-1, -0.1],
    [-0.8, -0.34],
    [-0.05, -0.78],
    [0.05, -0.78],
    [0.8, -0.34],
    [1, -0.1],
  ],
]

function outline(face: Face, lift: number): Point[] {
  const points: Point[] = []
  for (let i = 0; i <= 16; i++) {
    const angle = Math.PI * (1 + i / 16)
    points.push([(face.halfWidth + lift) * Math.cos(angle), (face.halfHeight + lift) * Math.sin(angle)])
  }
  return points
}

function cap(ctx: Context, face: Face, lift = 3.5): void {
  const fringe = (FRINGES[face.fringe] as readonly Point[]).map(
    ([x, y]): Point => [x * (face.halfWidth + 1), y * face.halfHeight],
  )
  shape(ctx, face.hair, polygon([...outline(face, lift), ...fringe.reverse()]), 2, darker(face.hair, 0.6))
}

const mound = (ctx: Context, face: Face, x: number, y: number, rx: number, ry: number): void =>
  shape(ctx, face.hair, ellipse(x, y, rx, ry), 2, darker(face.hair, 0.6))

function curls(ctx: Context, face: Face, from: number, to: number, radius: number): void {
  for (let i = 0; i <= 12; i++) {
    const angle = Math.PI * (from + ((to - from) * i) / 12)
    mound(ctx, face, (face.halfWidth + 4) * Math.cos(angle), (face.halfHeight + 3) * Math.sin(angle), radius, radius)
  }
}

function spikes(ctx: Context, face: Face): void {
  const points: Point[] = []
  for (let i = 0; i <= 14; i++) {
    const angle = Math.PI * (1 + i / 14)
    const reach = i % 2 === 0 ? 1 : 13
    points.push([(face.halfWidth + reach * 0.8) * Math.cos(angle), (face.halfHeight + reach) * Math.sin(angle)])
  }
  const fringe: Point[] = [
    [0.9, -0.3],
    [0.6, -0.6],
    [0.4, -0.36],
    [0.1, -0.62],
    [-0.2, -0.36],
    [-0.5, -0.6],
    [-0.9, -0.3],
  ]
  const inner = fringe.map(([x, y]): Point => [x * face.halfWidth, y * face.halfHeight])
  shape(ctx, face.hair, polygon([...points, ...inner]), 2, darker(face.hair, 0.6))
}

function longBack(ctx: Context, face: Face): void {
  const w = face.halfWidth + 10
  shape(
    ctx,
    face.hair,
    path => {
      path.moveTo(-w, 52)
      path.bezierCurveTo(-w - 3, -face.halfHeight * 1.5, w + 3, -face.halfHeight * 1.5, w, 52)
      path.closePath()
    },
    2,
    darker(face.hair, 0.6),
  )
}

const none = (): void => {}
const plainCap = (ctx: Context, face: Face): void => cap(ctx, face)

export const HAIR: Record<HairStyle, HairDrawing> = {
  short: { back: none, front: plainCap },
  long: { back: longBack, front: plainCap },
  curly: {
    back: (ctx, face) => curls(ctx, face, 0.9, 2.1, 10),
    front: (ctx, face) => {
      cap(ctx, face, 2)
      curls(ctx, face, 1.1, 1.9, 7.5)
    },
  },
  spiky: { back: none, front: spikes },
  bun: { back: (ctx, face) => mound(ctx, face, 0, -face.halfHeight - 10, 13, 12), front: plainCap },
  pigtails: {
    back: (ctx, face) => {
      for (const side of [-1, 1]) {
        mound(ctx, face, side * (face.halfWidth + 12), 10, 10, 22)
        stroke(ctx, [230, 40, 60], 4, ellipse(side * (face.halfWidth + 6), -10, 3, 3))
      }
    },
    front: plainCap,
  },
}
