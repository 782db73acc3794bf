/** Draws one portrait: scene, then the person or cat in its pose, then the style over the pixels. */
import { createCanvas } from '@napi-rs/canvas'
import type { Portrait } from './attributes.ts'
import { CAT_HALF_HEIGHT, drawCatBack, drawCatFeatures, drawCatHead } from './cat.ts'
import { drawFeatures, drawHead, drawNeck } from './face.ts'
import { HAIR } from './hair.ts'
import { HEADWEAR } from './headwear.ts'
import { createCatFace, createFace } from './identity.ts'
import { OUTFIT_COLOURS, OUTFITS } from './outfits.ts'
import { type Context, drawLinesOnly } from './paint.ts'
import { createRng } from './rng.ts'
import { SCENES } from './scenes.ts'
import { type Pixels, STYLES } from './styles.ts'

export const SIZE = 128

function drawPerson(ctx: Context, portrait: Portrait): void {
  const face = createFace(portrait.identity)
  const hair = HAIR[face.hairStyle]
  hair.back(ctx, face)
  drawNeck(ctx, face)
  OUTFITS[portrait.outfit](ctx, OUTFIT_COLOURS[portrait.outfitColour])
  drawHead(ctx, face)
  drawFeatures(ctx, face, portrait.expression)
  hair.front(ctx, face)
  HEADWEAR[portrait.headwear](ctx, face.halfWidth, face.halfHeight)
}

function drawCat(ctx: Context, portrait: Portrait): void {
  const cat = createCatFace(portrait.identity)
  drawCatBack(ctx, cat)
  OUTFITS[portrait.outfit](ctx, OUTFIT_COLOURS[portrait.outfitColour])
  drawCatHead(ctx, cat)
  drawCatFeatures(ctx, cat)
  HEADWEAR[portrait.headwear](ctx, cat.halfWidth * 0.86, CAT_HALF_HEIGHT)
}

function paintPortrait(ctx: Context, portrait: Portrait): Uint8ClampedArray {
  const rng = createRng(portrait.pose, 'pose')
  SCENES[portrait.scene](ctx, rng.range(-1, 1))
  ctx.save()
  ctx.translate(64 + rng.range(-3, 3), 67 + rng.range(-2, 2))
  ctx.rotate((rng.range(-3, 3) * Math.PI) / 180)
  const scale = rng.range(0.96, 1.04)
  ctx.scale(scale, scale)
  if (portrait.kind === 'cat') drawCat(ctx, portrait)
  else drawPerson(ctx, portrait)
  ctx.restore()
  return ctx.getImageData(0, 0, SIZE, SIZE).data
}

/** RGBA of the lines alone. */
function paintLines(portrait: Portrait): Uint8ClampedArray {
  const ctx = createCanvas(SIZE, SIZE).getContext('2d')
  drawLinesOnly(ctx)
  return paintPortrait(ctx, portrait)
}

/** RGB bytes, 128 x 128 x 3. */
export function drawPortrait(portrait: Portrait): Uint8Array {
  const rgba = paintPortrait(createCanvas(SIZE, SIZE).getContext('2d'), portrait)
  const pixels: Pixels = new Float32Array(SIZE * SIZE * 3)
  for (let i = 0; i < SIZE * SIZE; i++) for (let c = 0; c < 3; c++) pixels[i * 3 + c] = rgba[i * 4 + c] as number
  const styled = STYLES[portrait.style](pixels, () => paintLines(portrait))
  const bytes = new Uint8Array(styled.length)
  for (let i = 0; i < styled.length; i++) bytes[i] = Math.round(styled[i] as number)
  return bytes
}
