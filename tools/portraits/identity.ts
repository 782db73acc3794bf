/** Who is drawn: the parameters of a face. Text names a few of them, never all of them. */
import type { Rgb } from './paint.ts'
import { blend } from './paint.ts'
import type { Rng } from './rng.ts'
import { createRng } from './rng.ts'

export const HAIR_COLOURS = {
  black: [34, 30, 40],
  brown: [112, 64, 32],
  blonde: [246, 208, 84],
  red: [214, 66, 24],
  grey: [186, 190, 198],
  blue: [40, 92, 228],
  pink: [255, 108, 184],
} as const satisfies Record<string, Rgb>
export type HairColour = keyof typeof HAIR_COLOURS

export const HAIR_STYLES = ['short', 'long', 'curly', 'spiky', 'bun', 'pigtails'] as const
export type HairStyle = (typeof HAIR_STYLES)[number]

export const EYE_COLOURS = {
  brown: [120, 68, 30],
  blue: [36, 120, 230],
  green: [40, 160, 74],
  amber: [224, 150, 24],
} as const satisfies Record<string, Rgb>

export const FUR_COLOURS = {
  orange: [238, 146, 52],
  grey: [150, 154, 164],
  black: [58, 54, 66],
  white: [244, 240, 236],
  brown: [134, 86, 52],
} as const satisfies Record<string, Rgb>
export type FurColour = keyof typeof FUR_COLOURS

const SKIN_RAMP: readonly Rgb[] = [
  [255, 220, 196],
  [246, 198, 160],
  [226, 168, 122],
  [190, 128, 84],
  [148, 92, 58],
  [100, 60, 40],
]
const GLASSES_COLOURS: readonly Rgb[] = [
  [30, 28, 34],
  [206, 36, 44],
  [36, 84, 214],
]

export interface Face {
  halfWidth: number
  halfHeight: number
  taper: number
  square: number
  skin: Rgb
  skinPosition: number
  hairStyle: HairStyle
  hairColour: HairColour
  hair: Rgb
  fringe: number
  eye: Rgb
  eyeSpacing: number
  eyeWidth: number
  eyeAspect: number
  eyeHeight: number
  browWidth: number
  browAngle: number
  nose: number
  noseLength: number
  mouthWidth: number
  lips: number
  ears: number
  freckles: boolean
  blush: boolean
  glasses: 'none' | 'round' | 'square'
  glassesColour: Rgb
  beard: 'none' | 'full' | 'moustache'
}

export interface CatFace {
  furColour: FurColour
  fur: Rgb
  eye: Rgb
  stripes: boolean
  blaze: boolean
  halfWidth: number
  ears: number
}

function tint(colour: Rgb, rng: Rng, amount: number): Rgb {
  const shift = (value: number): number => Math.min(255, Math.max(0, value + rng.range(-amount, amount)))
  return [shift(colour[0]), shift(colour[1]), shift(colour[2])]
}

function skinAt(position: number): Rgb {
  const at = position * (SKIN_RAMP.length - 1)
  const low = Math.min(Math.floor(at), SKIN_RAMP.length - 2)
  return blend(SKIN_RAMP[low] as Rgb, SKIN_RAMP[low + 1] as Rgb, at - low)
}

/** The face that belongs to an identity number. */
export function createFace(identity: number): Face {
  const rng = createRng(identity, 'face')
  const skinPosition = rng.float()
  const hairColour = rng.pick(Object.keys(HAIR_COLOURS) as HairColour[])
  return {
    halfWidth: rng.range(25, 31),
    halfHeight: rng.range(29, 35),
    taper: rng.range(0, 0.4),
    square: rng.float(),
    skin: skinAt(skinPosition),
    skinPosition,
    hairStyle: rng.pick(HAIR_STYLES),
    hairColour,
    hair: tint(HAIR_COLOURS[hairColour], rng, 10),
    fringe: rng.int(3),
    eye: tint(rng.pick(Object.values(EYE_COLOURS)), rng, 8),
    eyeSpacing: rng.range(0.42, 0.52),
    eyeWidth: rng.range(5.8, 7.6),
    eyeAspect: rng.range(0.72, 1.08),
    eyeHeight: rng.range(-4, 1),
    browWidth: rng.range(2, 4),
    browAngle: rng.range(-0.28, 0.28),
    nose: rng.int(3),
    noseLength: rng.range(7, 11),
    mouthWidth: rng.range(8, 13),
    lips: rng.float(),
    ears: rng.range(4.5, 7),
    freckles: rng.chance(0.2),
    blush: rng.chance(0.35),
    glasses: rng.weighted({ none: 72, round: 14, square: 14 }),
    glassesColour: rng.pick(GLASSES_COLOURS),
    beard: rng.weighted({ none: 74, full: 15, moustache: 11 }),
  }
}

export function createCatFace(identity: number): CatFace {
  const rng = createRng(identity, 'cat')
  const furColour = rng.pick(Object.keys(FUR_COLOURS) as FurColour[])
  return {
    furColour,
    fur: tint(FUR_COLOURS[furColour], rng, 8),
    eye: rng.pick(Object.values(EYE_COLOURS).slice(1)),
    stripes: rng.chance(0.5),
    blaze: rng.chance(0.4),
    halfWidth: rng.range(28, 33),
    ears: rng.range(19, 25),
  }
}

/** The face as numbers of about unit scale: targets for networks that measure identity. */
export function faceVector(face: Face): number[] {
  const unit = (value: number, low: number, high: number): number => (2 * (value - low)) / (high - low) - 1
  const colour = (rgb: Rgb): number[] => rgb.map(value => value / 64 - 2)
  const oneHot = (value: string | number, values: readonly (string | number)[]): number[] =>
    values.map(other => (other === value ? 1 : 0))
  return [
    unit(face.halfWidth, 25, 31),
    unit(face.halfHeight, 29, 35),
    unit(face.taper, 0, 0.4),
    unit(face.square, 0, 1),
    2 * unit(face.skinPosition, 0, 1),
    ...colour(face.hair),
    ...colour(face.eye),
    ...oneHot(face.hairStyle, HAIR_STYLES),
    ...oneHot(face.fringe, [0, 1, 2]),
    unit(face.eyeSpacing, 0.42, 0.52),
    unit(face.eyeWidth, 5.8, 7.6),
    unit(face.eyeAspect, 0.72, 1.08),
    unit(face.eyeHeight, -4, 1),
    unit(face.browWidth, 2, 4),
    unit(face.browAngle, -0.28, 0.28),
    ...oneHot(face.nose, [0, 1, 2]),
    unit(face.mouthWidth, 8, 13),
    unit(face.lips, 0, 1),
    unit(face.ears, 4.5, 7),
    face.freckles ? 1 : 0,
    face.blush ? 1 : 0,
    ...oneHot(face.glasses, ['none', 'round', 'square']),
    ...(face.glasses === 'none' ? [0, 0, 0] : colour(face.glassesColour)),
    ...oneHot(face.beard, ['none', 'full', 'moustache']),
  ]
}
