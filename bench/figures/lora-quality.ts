/** What a LoRA of four photos carries: the person's identity in new scenes, without losing what the prompt asks for. */
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import { mean, meanInterval } from '../../measures/statistics.ts'
import { withJudgedBase } from '../judged-base.ts'
import { ASKED, PERSONS, type PersonScores, scorePerson } from '../person-quality.ts'
import { type BenchContext, onDemoBase } from '../source.ts'

const CLAIMS = {
  identity: { name: 'lora.identity', unit: 'share', better: 'higher', floor: 0.5, goal: 0.8 },
  attributes: { name: 'lora.attributes', unit: 'ratio', better: 'higher', floor: 0.9, goal: null },
} as const satisfies Record<string, Claim>

function measure(folder: string, context: BenchContext): Promise<Figure[]> {
  return withJudgedBase(folder, context, async (pipeline, metrics) => {
    const results: PersonScores[] = []
    for (const identity of PERSONS) {
      results.push(await scorePerson(pipeline, metrics, identity, { method: 'lora', cache: context.cache }))
      context.log(`lora.identity: ${results.length} of ${PERSONS.length} persons`)
    }
    return figuresOf(results)
  })
}

function figuresOf(results: readonly PersonScores[]): Figure[] {
  const over = (pick: (result: PersonScores) => number) => mean(results.map(pick))
  const shares = results.map(
    ({ base, adapted, photos }) => (adapted.identity - base.identity) / (photos.identity - base.identity),
  )
  const identity = (kind: 'base' | 'adapted' | 'photos') => over(result => result[kind].identity).toFixed(3)
  const levels = `mean cosine to the photos: base ${identity('base')}, adapted ${identity('adapted')}, other photos ${identity('photos')}`
  const asked = (kind: 'base' | 'adapted') => over(result => result[kind].asked)
  const note = `attributes in new scenes and outfits: base ${asked('base').toFixed(1)}, adapted ${asked('adapted').toFixed(1)} of ${4 * ASKED.length}`
  return [
    { ...measured(CLAIMS.identity, mean(shares), shares.length, levels), ci: meanInterval(shares) },
    measured(CLAIMS.attributes, asked('adapted') / asked('base'), results.length, note),
  ]
}

export const loraQuality = onDemoBase(Object.values(CLAIMS), 9, measure)
