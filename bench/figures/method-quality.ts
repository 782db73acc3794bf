/**
 * Every method on held-out persons: how many standard errors its images lie above the base's own, in likeness to the photos and in
 * the attributes that are the person's alone (colour and cut of the hair).
 */
import type { MetricNetworks } from '../../engine/evaluators/portraits.ts'
import { METHODS, type Pipeline } from '../../engine/index.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import { mean, standardError } from '../../measures/statistics.ts'
import { withJudgedBase } from '../judged-base.ts'
import { ASKED, OWN, PERSONS, type PersonScores, type Scores, scorePerson } from '../person-quality.ts'
import { type BenchContext, onDemoBase } from '../source.ts'

const SCORES = ['identity', 'attributes'] as const
const IMAGES = 4

const claimOf = (method: string, score: (typeof SCORES)[number]): Claim => ({
  ...{
    name: `quality.${method}.${score}`,
    unit: 'standard errors above the base',
    better: 'higher',
    floor: 2,
    goal: null,
  },
})
const CLAIMS = Object.keys(METHODS).flatMap(method => SCORES.map(score => claimOf(method, score)))

/** Paired over persons: the mean difference in units of its standard error. */
function above(results: readonly PersonScores[], pick: (scores: Scores) => number): number {
  const differences = results.map(({ base, adapted }) => pick(adapted) - pick(base))
  return mean(differences) / standardError(differences)
}

function figuresOf(method: string, results: readonly PersonScores[]): Figure[] {
  const over = (kind: 'base' | 'adapted' | 'photos', pick: (scores: Scores) => number) =>
    mean(results.map(result => pick(result[kind])))
  const levels = (pick: (scores: Scores) => number, digits: number) =>
    `base ${over('base', pick).toFixed(digits)}, adapted ${over('adapted', pick).toFixed(digits)}, other photos ${over('photos', pick).toFixed(digits)}`
  const identity = (scores: Scores) => scores.identity
  const own = (scores: Scores) => scores.own
  const asked = (scores: Scores) => scores.asked
  const seconds = mean(results.map(result => result.seconds)).toFixed(0)
  const images = `of ${IMAGES * OWN.length} of the person's own; asked for by the prompt ${levels(asked, 1)} of ${IMAGES * ASKED.length}`
  return [
    measured(
      claimOf(method, 'identity'),
      above(results, identity),
      results.length,
      `mean cosine to the photos: ${levels(identity, 3)}; ${seconds} s a training${distilled(results)}`,
    ),
    measured(claimOf(method, 'attributes'), above(results, own), results.length, `${levels(own, 1)} ${images}`),
  ]
}

/** Of methods that train all weights: what the pairs that draw keep of it. */
function distilled(results: readonly PersonScores[]): string {
  const found = results.flatMap(({ adapter }) => adapter.manifest.distilled ?? [])
  if (found.length === 0) return ''
  const loss = (kind: 'base' | 'full' | 'distilled') =>
    mean(found.map(one => one.loss?.[kind] ?? Number.NaN)).toFixed(3)
  const energy = (100 * mean(found.map(one => one.energy))).toFixed(0)
  return `; pairs of rank ${found[0]?.rank} carry ${energy} % of the change, loss: base ${loss('base')}, all weights ${loss('full')}, pairs ${loss('distilled')}`
}

async function measureMethod(pipeline: Pipeline, metrics: MetricNetworks, method: string, context: BenchContext) {
  const results: PersonScores[] = []
  for (const identity of PERSONS.slice(0, context.amount(PERSONS.length, 2))) {
    results.push(await scorePerson(pipeline, metrics, identity, { method, cache: context.cache }))
    context.log(`quality.${method}: ${results.length} of ${PERSONS.length} persons`)
  }
  return figuresOf(method, results)
}

function measure(folder: string, context: BenchContext): Promise<Figure[]> {
  return withJudgedBase(folder, context, async (pipeline, metrics) => {
    const figures: Figure[] = []
    for (const method of Object.keys(METHODS))
      if (SCORES.some(score => context.wants(claimOf(method, score).name)))
        figures.push(...(await measureMethod(pipeline, metrics, method, context)))
    return figures
  })
}

export const methodQuality = onDemoBase(CLAIMS, 40, measure)
