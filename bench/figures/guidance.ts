/**
 * Where an adapter works best: in the conditional half of guidance alone, or in both, as other programs do. One training, drawn both
 * ways; likeness is the mean cosine to the photos, asked the attributes of the prompt.
 */
import type { MetricNetworks } from '../../engine/evaluators/portraits.ts'
import { METHODS, type Pipeline } from '../../engine/index.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import { mean, meanInterval } from '../../measures/statistics.ts'
import { withJudgedBase } from '../judged-base.ts'
import { ASKED, drawPerson, learnPerson, PERSONS, type Scores, scorePictures } from '../person-quality.ts'
import { type BenchContext, onDemoBase } from '../source.ts'

const IMAGES = 4
const claimOf = (method: string): Claim => ({
  name: `guidance.${method}`,
  ...{ unit: 'identity, conditional half minus both', better: 'higher', floor: null, goal: null },
})
/** A learned word is in the prompt alone: both ways are one for methods without pairs. */
const WITH_PAIRS = Object.keys(METHODS).filter(method => !METHODS[method]?.token)

type Ways = Readonly<Record<'both' | 'conditional', Scores>>

async function scoreWays(
  pipeline: Pipeline,
  metrics: MetricNetworks,
  identity: number,
  learning: Parameters<typeof learnPerson>[2],
): Promise<Ways> {
  const person = await learnPerson(pipeline, identity, learning)
  const { adapter, prompt } = person
  const way = async (adapterIn: keyof Ways) =>
    scorePictures(metrics, person, await drawPerson(pipeline, person, prompt, { adapter, adapterIn }))
  return { both: await way('both'), conditional: await way('conditional') }
}

function figureOf(method: string, results: readonly Ways[]): Figure {
  const differences = results.map(({ both, conditional }) => conditional.identity - both.identity)
  const over = (way: keyof Ways, pick: (scores: Scores) => number) => mean(results.map(result => pick(result[way])))
  const side = (way: keyof Ways) =>
    `${way}: ${over(way, one => one.identity).toFixed(3)}, asked ${over(way, one => one.asked).toFixed(2)} of ${IMAGES * ASKED.length}`
  const note = `${side('both')}; ${side('conditional')}; n persons`
  return { ...measured(claimOf(method), mean(differences), results.length, note), ci: meanInterval(differences) }
}

function measure(folder: string, context: BenchContext): Promise<Figure[]> {
  return withJudgedBase(folder, context, async (pipeline, metrics) => {
    const figures: Figure[] = []
    for (const method of WITH_PAIRS.filter(name => context.wants(claimOf(name).name))) {
      const results: Ways[] = []
      const persons = PERSONS.slice(0, context.amount(PERSONS.length, 2))
      for (const identity of persons) {
        results.push(await scoreWays(pipeline, metrics, identity, { method, cache: context.cache }))
        context.log(`guidance.${method}: ${results.length} of ${persons.length} persons`)
      }
      figures.push(figureOf(method, results))
    }
    return figures
  })
}

export const guidance = onDemoBase(WITH_PAIRS.map(claimOf), 30, measure)
