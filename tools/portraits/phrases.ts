/** The words of captions that ask for each class of the attributes, for whoever reads prompts instead of writing them. */
import { HEADWEAR_PHRASES, OUTFIT_PHRASES, SCENE_PHRASES, STYLE_PHRASES } from './captions.ts'

type Phrases = Record<string, Record<string, string[]>>

const single = (phrases: Record<string, string>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(phrases).flatMap(([name, phrase]) => (phrase === '' ? [] : [[name, [phrase]]])))

/** A colour belongs to the noun behind it. */
const coloured = (colours: readonly string[], nouns: readonly string[]): Record<string, string[]> =>
  Object.fromEntries(colours.map(colour => [colour, nouns.map(noun => `${colour} ${noun}`)]))

/** @param heads the classes of each attribute, as the measuring network has them */
export function promptPhrases(heads: Readonly<Record<string, readonly string[]>>): Phrases {
  const { outfitColour = [], hairColour = [], hairStyle = [] } = heads
  const long = (style: string): string[] =>
    style === 'bun' || style === 'pigtails'
      ? [style]
      : [`${style} hair`, ...hairColour.map(colour => `${style} ${colour} hair`)]
  return {
    scene: single(SCENE_PHRASES),
    outfit: single(OUTFIT_PHRASES),
    outfitColour: coloured(outfitColour, Object.values(OUTFIT_PHRASES)),
    headwear: single(HEADWEAR_PHRASES),
    style: single(STYLE_PHRASES),
    hairColour: coloured(hairColour, ['hair', 'bun', 'pigtails']),
    hairStyle: Object.fromEntries(hairStyle.map(style => [style, long(style)])),
  }
}
