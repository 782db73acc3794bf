/** Captions: short sentences of a small closed vocabulary that name some of what a picture shows. */
import type { Portrait } from './attributes.ts'
import type { Headwear } from './headwear.ts'
import type { Outfit } from './outfits.ts'
import type { Rng } from './rng.ts'
import type { Scene } from './scenes.ts'
import type { Style } from './styles.ts'

export const STYLE_PHRASES: Record<Style, string> = {
  photo: 'a photo of',
  sketch: 'a pencil sketch of',
  pixel: 'pixel art of',
  neon: 'a neon drawing of',
}
export const SCENE_PHRASES: Record<Scene, string> = {
  beach: 'on a beach',
  forest: 'in a forest',
  space: 'in space',
  city: 'in a city',
  snow: 'in the snow',
  desert: 'in a desert',
  underwater: 'underwater',
  garden: 'in a garden',
}
export const OUTFIT_PHRASES: Record<Outfit, string> = {
  shirt: 'shirt',
  suit: 'suit',
  hoodie: 'hoodie',
  sweater: 'striped sweater',
  robe: 'royal robe',
  costume: 'superhero costume',
}
export const HEADWEAR_PHRASES: Record<Headwear, string> = {
  none: '',
  crown: 'a crown',
  'top hat': 'a top hat',
  beanie: 'a beanie',
  'party hat': 'a party hat',
  headphones: 'headphones',
}

const article = (word: string): string => (word.startsWith('o') ? 'an' : 'a')
const joined = (parts: readonly string[], between: string): string => parts.filter(part => part !== '').join(between)

function who(portrait: Portrait, rng: Rng): string {
  const fur = portrait.furColour
  if (portrait.kind === 'cat') return rng.chance(0.7) ? `${article(fur)} ${fur} cat` : 'a cat'
  const style = rng.chance(0.45) ? portrait.hairStyle : ''
  const colour = rng.chance(0.65) ? portrait.hairColour : ''
  const hair =
    style === '' && colour === ''
      ? ''
      : joined(
          [
            style === 'bun' || style === 'pigtails' ? '' : style,
            colour,
            style === 'bun' || style === 'pigtails' ? style : 'hair',
          ],
          ' ',
        )
  const glasses = portrait.glasses && rng.chance(0.7) ? 'glasses' : ''
  const beard =
    portrait.beard !== 'none' && rng.chance(0.7) ? (portrait.beard === 'full' ? 'a beard' : 'a moustache') : ''
  const named = joined([style === 'bun' ? `a ${hair}` : hair, glasses, beard], ' and ')
  return named === '' ? 'a person' : `a person with ${named}`
}

function clothes(portrait: Portrait, rng: Rng): string {
  const colour = rng.chance(0.85) ? portrait.outfitColour : ''
  const outfit = rng.chance(0.8) ? joined(['a', colour, OUTFIT_PHRASES[portrait.outfit]], ' ') : ''
  const headwear = rng.chance(0.92) ? HEADWEAR_PHRASES[portrait.headwear] : ''
  const worn = joined([outfit, headwear], ' and ')
  return worn === '' ? '' : `${rng.chance(0.5) ? 'in' : 'wearing'} ${worn}`
}

/** One caption; each call with a fresh stretch of `rng` names other parts. */
export function createCaption(portrait: Portrait, rng: Rng): string {
  const scene = rng.chance(0.88) ? SCENE_PHRASES[portrait.scene] : ''
  return joined([STYLE_PHRASES[portrait.style], who(portrait, rng), clothes(portrait, rng), scene], ' ')
}

/** The caption that names all the evaluated attributes. */
export function createFullCaption(portrait: Portrait): string {
  const always: Rng = {
    float: () => 0,
    range: low => low,
    int: () => 0,
    chance: () => true,
    pick: values => values[0] as (typeof values)[number],
    weighted: weights => Object.keys(weights)[0] as keyof typeof weights,
  }
  return createCaption(portrait, always)
}
