/** What a picture shows besides the face: the named attributes, their odds, and the combinations kept out of training. */
import type { Expression } from './face.ts'
import { HEADWEAR_NAMES, type Headwear } from './headwear.ts'
import { createCatFace, createFace, type FurColour, type HairColour, type HairStyle } from './identity.ts'
import { OUTFIT_COLOUR_NAMES, OUTFIT_NAMES, type Outfit, type OutfitColour } from './outfits.ts'
import { createRng, hashText } from './rng.ts'
import { SCENE_NAMES, type Scene } from './scenes.ts'
import type { Style } from './styles.ts'

export interface Context {
  scene: Scene
  outfit: Outfit
  outfitColour: OutfitColour
  headwear: Headwear
  style: Style
}

export interface Portrait extends Context {
  kind: 'person' | 'cat'
  /** Number of the face. */
  identity: number
  /** Number of the pose and the scene's shift. */
  pose: number
  hairColour: HairColour | 'none'
  hairStyle: HairStyle | 'none'
  furColour: FurColour | 'none'
  glasses: boolean
  beard: 'none' | 'full' | 'moustache'
  expression: Expression
}

export const STYLE_ODDS: Readonly<Record<Style, number>> = { photo: 58, sketch: 14, pixel: 14, neon: 14 }
const HEADWEAR_ODDS: Readonly<Record<Headwear, number>> = {
  none: 45,
  crown: 11,
  'top hat': 11,
  beanie: 11,
  'party hat': 11,
  headphones: 11,
}
const HELD_OUT_TRIPLES = 25
const CAT_ODDS = 0.1

export const tripleName = (context: Pick<Context, 'scene' | 'outfit' | 'headwear'>): string =>
  `${context.scene}/${context.outfit}/${context.headwear}`

/** The (scene, outfit, headwear) triples with the smallest hashes: no training picture has one of them, in any style. */
export const HELD_OUT: ReadonlySet<string> = new Set(
  SCENE_NAMES.flatMap(scene =>
    OUTFIT_NAMES.flatMap(outfit => HEADWEAR_NAMES.map(headwear => tripleName({ scene, outfit, headwear }))),
  )
    .sort((a, b) => hashText(`held out ${a}`) - hashText(`held out ${b}`))
    .slice(0, HELD_OUT_TRIPLES),
)

/** A random context; `heldOut` allows the combinations that training never sees. */
export function createContext(seed: number, style?: Style, heldOut = false): Context {
  const rng = createRng(seed, 'context')
  for (;;) {
    const context: Context = {
      scene: rng.pick(SCENE_NAMES),
      outfit: rng.pick(OUTFIT_NAMES),
      outfitColour: rng.pick(OUTFIT_COLOUR_NAMES),
      headwear: rng.weighted(HEADWEAR_ODDS),
      style: style ?? rng.weighted(STYLE_ODDS),
    }
    if (heldOut || !HELD_OUT.has(tripleName(context))) return context
  }
}

export function createPortrait(identity: number, pose: number, context: Context, kind?: 'person' | 'cat'): Portrait {
  const isCat = kind === undefined ? createRng(identity, 'kind').chance(CAT_ODDS) : kind === 'cat'
  const face = createFace(identity)
  return {
    ...context,
    kind: isCat ? 'cat' : 'person',
    identity,
    pose,
    hairColour: isCat ? 'none' : face.hairColour,
    hairStyle: isCat ? 'none' : face.hairStyle,
    furColour: isCat ? createCatFace(identity).furColour : 'none',
    glasses: !isCat && face.glasses !== 'none',
    beard: isCat ? 'none' : face.beard,
    expression: createRng(pose, 'expression').int(3) as Expression,
  }
}

/** Fifty combinations of all six evaluated attributes, two for every held-out triple: one photo, one in another style. */
export function heldOutCombinations(): (Context & { hairColour: HairColour; hairStyle: HairStyle })[] {
  return [...HELD_OUT].flatMap((name, index) => {
    const [scene, outfit, headwear] = name.split('/') as [Scene, Outfit, Headwear]
    const other = (['sketch', 'pixel', 'neon'] as const)[index % 3] as Style
    return (['photo', other] as const).map(style => {
      const rng = createRng(hashText(name), style)
      const face = createFace(rng.int(2 ** 31))
      return {
        scene,
        outfit,
        outfitColour: rng.pick(OUTFIT_COLOUR_NAMES),
        headwear,
        style,
        hairColour: face.hairColour,
        hairStyle: face.hairStyle,
      }
    })
  })
}
