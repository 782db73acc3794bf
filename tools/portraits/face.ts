/** The face of a person: head, ears, eyes, brows, nose, mouth, beard, glasses. */
import type { Face } from './identity.ts'
import type { Context, Point, Rgb } from './paint.ts'
import { blend, box, curve, darker, ellipse, INK, line, polygon, shape, stroke } from './paint.ts'

/** 0 smiles, 1 is calm, 2 laughs; text never names it. */
export type Expression = 0 | 1 | 2

function headOutline(face: Face, from = 0, to = 2, grow = 0): Point[] {
  const power = 1 - 0.35 * face.square
  const points: Point[] = []
  for (let i = 0; i <= 48; i++) {
    const angle = Math.PI * (from + ((to - from) * i) / 48)
    const down = Math.max(0, Math.sin(angle))
    const x = Math.sign(Math.cos(angle)) * Math.abs(Math.cos(angle)) ** (down > 0 ? power : 1)
    points.push([
      (face.halfWidth + grow) * x * (1 - face.taper * down ** 3 * 0.8),
      (face.halfHeight + grow) * Math.sin(angle),
    ])
  }
  return points
}

export function drawNeck(ctx: Context, face: Face): void {
  shape(ctx, darker(face.skin, 0.14), box(-12, 14, 24, 34), 2)
}

export function drawHead(ctx: Context, face: Face): void {
  for (const side of [-1, 1]) shape(ctx, face.skin, ellipse(side * face.halfWidth, 1, face.ears, face.ears * 1.25), 2)
  shape(ctx, face.skin, polygon(headOutline(face)), 2.4)
  if (face.beard === 'full') drawBeard(ctx, face)
  const cheek = face.halfWidth * 0.58
  if (face.blush)
    for (const side of [-1, 1]) shape(ctx, blend(face.skin, [255, 90, 100], 0.4), ellipse(side * cheek, 10, 5.5, 4), 0)
  if (face.freckles) {
    for (const [x, y] of [
      [-4, 8],
      [0, 11],
      [4, 8],
    ] as const) {
      for (const side of [-1, 1]) shape(ctx, darker(face.skin, 0.42), ellipse(side * cheek + x, y, 1.2, 1.2), 0)
    }
  }
}

function drawBeard(ctx: Context, face: Face): void {
  const jaw = headOutline(face, -0.02, 1.02, 1)
  const inner: Point[] = [
    [-0.78, 0.16],
    [-0.55, 0.36],
    [0, 0.4],
    [0.55, 0.36],
    [0.78, 0.16],
  ]
  shape(
    ctx,
    darker(face.hair, 0.12),
    polygon([...jaw, ...inner.map(([x, y]): Point => [x * face.halfWidth, y * face.halfHeight])]),
    2,
    darker(face.hair, 0.6),
  )
}

export function drawFeatures(ctx: Context, face: Face, expression: Expression): void {
  if (face.glasses !== 'none') drawLenses(ctx, face)
  for (const side of [-1, 1]) drawEye(ctx, face, side)
  drawNose(ctx, face)
  drawMouth(ctx, face, expression)
  if (face.beard === 'moustache') {
    const y = face.halfHeight * 0.42
    shape(
      ctx,
      face.hair,
      polygon([
        [0, y - 3],
        [13, y + 1],
        [15, y - 1],
        [11, y + 5],
        [0, y + 3],
        [-11, y + 5],
        [-15, y - 1],
        [-13, y + 1],
      ]),
      1.6,
      darker(face.hair, 0.6),
    )
  }
  if (face.glasses !== 'none') drawGlasses(ctx, face)
}

function drawEye(ctx: Context, face: Face, side: number): void {
  const x = side * face.eyeSpacing * face.halfWidth
  const y = face.eyeHeight
  const w = face.eyeWidth * (face.glasses === 'none' ? 1 : BEHIND_GLASSES)
  const h = w * face.eyeAspect
  shape(ctx, [255, 255, 255], ellipse(x, y, w, h), 1.8)
  const iris = Math.min(h, w) * 0.74
  shape(ctx, face.eye, ellipse(x, y + 0.4, iris, iris), 0)
  shape(ctx, [16, 12, 20], ellipse(x, y + 0.4, iris * 0.5, iris * 0.5), 0)
  shape(ctx, [255, 255, 255], ellipse(x + 1.6, y - 1.6, 1.3, 1.3), 0)
  const brow = y - (face.glasses === 'none' ? h + 4 : lensRadius(face) + 4.5)
  const slope = Math.sin(face.browAngle) * w
  stroke(ctx, darker(face.hair, 0.45), face.browWidth, line([x - side * w, brow + slope], [x + side * w, brow - slope]))
}

function drawNose(ctx: Context, face: Face): void {
  const y = face.eyeHeight + 2 + face.noseLength
  const ink: Rgb = darker(face.skin, 0.5)
  if (face.nose === 0) stroke(ctx, ink, 2.2, curve([-4, y], [0, y + 4], [4, y]))
  else if (face.nose === 1) stroke(ctx, ink, 2.2, line([0, y - 7], [4, y + 1], [-1, y + 1]))
  else shape(ctx, darker(face.skin, 0.14), ellipse(0, y, 4.6, 3.8), 1.6, ink)
}

function drawMouth(ctx: Context, face: Face, expression: Expression): void {
  const y = face.halfHeight * 0.6
  const w = face.mouthWidth
  const lip: Rgb = blend([196, 60, 64], darker(face.skin, 0.5), 1 - face.lips)
  if (expression === 2) {
    shape(
      ctx,
      [126, 24, 40],
      path => {
        path.moveTo(-w, y - 2)
        path.quadraticCurveTo(0, y + 15, w, y - 2)
        path.closePath()
      },
      2,
      INK,
    )
    shape(ctx, [255, 255, 255], box(-w * 0.66, y - 1.5, w * 1.32, 2.6), 0)
  } else {
    stroke(
      ctx,
      lip,
      2.4 + 1.6 * face.lips,
      curve(
        [-w, y - (expression === 0 ? 2 : 0)],
        [0, y + (expression === 0 ? 8 : 0.5)],
        [w, y - (expression === 0 ? 2 : 0)],
      ),
    )
  }
}

/** Eyes behind glasses are drawn smaller, so that the frame keeps a distance from them. */
const BEHIND_GLASSES = 0.82
const FRAME = 3.5

const lensRadius = (face: Face): number => Math.min(11, face.eyeSpacing * face.halfWidth - FRAME / 2 + 0.5)

function lens(face: Face, side: number): (ctx: Context) => void {
  const [x, y, r] = [side * face.eyeSpacing * face.halfWidth, face.eyeHeight, lensRadius(face)]
  if (face.glasses === 'round') return ellipse(x, y, r, r)
  return ctx => ctx.roundRect(x - r, y - r * 0.9, 2 * r, 1.8 * r, 2)
}

/** Pale glass: the frame stands out on every skin. */
function drawLenses(ctx: Context, face: Face): void {
  for (const side of [-1, 1]) shape(ctx, blend(face.skin, [236, 244, 252], 0.6), lens(face, side), 0)
}

function drawGlasses(ctx: Context, face: Face): void {
  const [x, y, r] = [face.eyeSpacing * face.halfWidth, face.eyeHeight, lensRadius(face)]
  for (const side of [-1, 1]) {
    stroke(ctx, face.glassesColour, FRAME, lens(face, side))
    stroke(ctx, face.glassesColour, 2.8, line([side * (x + r), y - 2], [side * face.halfWidth, y - 3]))
  }
  stroke(ctx, face.glassesColour, FRAME, line([-x + r, y], [x - r, y]))
}
