/** Sample photos of one person: each photo in another scene and outfit, with captions for training. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPortrait, HELD_OUT, type Portrait, tripleName } from './attributes.ts'
import { OUTFIT_PHRASES, SCENE_PHRASES } from './captions.ts'
import { drawPortrait } from './draw.ts'
import { OUTFIT_COLOUR_NAMES, OUTFIT_NAMES, type Outfit } from './outfits.ts'
import { encodePng } from './png.ts'
import { createRng } from './rng.ts'
import { SCENE_NAMES, type Scene } from './scenes.ts'

export interface PersonPlan {
  identity: number
  out: string
  count: number
  /** Photos of the same person to skip: a second set starts where the first ended. */
  skip: number
}

/** Eight photos use all eight scenes once; nobody wears a hat, so that the hair shows. */
export function createPersonPortraits(identity: number, count: number, skip: number): Portrait[] {
  const rng = createRng(identity, 'person')
  const scenes = shuffled(SCENE_NAMES, rng.int)
  const outfits = shuffled(OUTFIT_NAMES, rng.int)
  const colours = shuffled(OUTFIT_COLOUR_NAMES, rng.int)
  return Array.from({ length: count }, (_, i) => {
    const index = i + skip
    const scene = scenes[index % scenes.length] as Scene
    const allowed = (outfit: Outfit): boolean => !HELD_OUT.has(tripleName({ scene, outfit, headwear: 'none' }))
    const from = index % outfits.length
    const outfit = [...outfits.slice(from), ...outfits.slice(0, from)].find(allowed) ?? 'shirt'
    const outfitColour = colours[index % colours.length] ?? 'red'
    return createPortrait(
      identity,
      identity * 16 + index,
      { scene, outfit, outfitColour, headwear: 'none', style: 'photo' },
      'person',
    )
  })
}

function shuffled<T>(values: readonly T[], int: (count: number) => number): T[] {
  const left = [...values]
  return values.map(() => left.splice(int(left.length), 1)[0] as T)
}

export function writePerson(plan: PersonPlan): void {
  mkdirSync(plan.out, { recursive: true })
  const lines = createPersonPortraits(plan.identity, plan.count, plan.skip).map((portrait, index) => {
    const name = `${String(index + plan.skip + 1).padStart(2, '0')}.png`
    writeFileSync(join(plan.out, name), encodePng(drawPortrait(portrait)))
    const text = `a photo of sks person in a ${portrait.outfitColour} ${OUTFIT_PHRASES[portrait.outfit]} ${SCENE_PHRASES[portrait.scene]}`
    return JSON.stringify({ file_name: name, text })
  })
  writeFileSync(join(plan.out, 'metadata.jsonl'), `${lines.join('\n')}\n`)
}
