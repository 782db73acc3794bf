/** What one tenant's long queue costs small ones. */
import type { Claim } from '../../../measures/figure.ts'
import { openTurnsStage } from '../../../measures/platform/turns.ts'
import { ratioFigure } from '../../../measures/ratios.ts'
import { interleavedPairs } from '../../../measures/statistics.ts'
import type { FigureSource } from '../../source.ts'
import { watchServiceLoad } from './service-load.ts'

const CLAIM: Claim = { name: 'turns', unit: 'x on an idle service', better: 'lower', floor: 3, goal: null }
const BUDGET = { pairs: 20, maxSeconds: 300, warmup: 1 }
const MANY = 200

export const turns: FigureSource = {
  names: [CLAIM.name],
  minutes: 6,
  run: async context => {
    const stage = await openTurnsStage(MANY)
    try {
      const load = watchServiceLoad(stage.environment, stage.pids())
      const pairs = await interleavedPairs(stage.beside, stage.idle, context.budget(BUDGET))
      const note = `p95 wait of 4 tenants for a drawing each, beside one with ${MANY} drawings`
      return [ratioFigure(CLAIM, pairs, 's', { note, foreignLoad: load() })]
    } finally {
      await stage.close()
    }
  },
}
