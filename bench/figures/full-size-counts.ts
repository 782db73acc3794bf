/** counts.fullsize: networks of the published models whose tensors or parameters are not those that were published. */
import { countDifferences, EXPECTED } from '../../measures/engine/full-size-counts.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'counts.fullsize', unit: 'differences', better: 'lower', floor: 0, goal: null }
export const fullSizeCounts: FigureSource = {
  names: [CLAIM.name],
  minutes: 1,
  run: async () => {
    const wrong = countDifferences()
    const names = Object.keys(EXPECTED)
    const note = wrong.length > 0 ? wrong.join('; ') : `tensors and parameters of ${names.join(', ')}`
    return [measured(CLAIM, wrong.length, names.length, note)]
  },
}
