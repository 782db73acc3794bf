/** What idle subscriptions cost other tenants' queries. */

import type { Claim } from '../../../measures/figure.ts'
import { openIdleStage } from '../../../measures/platform/idle-subscriptions.ts'
import { ratioFigure } from '../../../measures/ratios.ts'
import { interleavedPairs } from '../../../measures/statistics.ts'
import type { FigureSource } from '../../source.ts'
import { watchServiceLoad } from './service-load.ts'

const CLAIM: Claim = { name: 'events.idle', unit: 'x without', better: 'lower', floor: 1.5, goal: 1.1 }
const BUDGET = { pairs: 40, maxSeconds: 300, warmup: 3 }

export const idleSubscriptions: FigureSource = {
  names: [CLAIM.name],
  minutes: 6,
  run: async context => {
    const count = context.amount(5000, 500)
    const stage = await openIdleStage(count)
    try {
      const load = watchServiceLoad(stage.environment, stage.pids)
      const pairs = await interleavedPairs(stage.beside, stage.alone, context.budget(BUDGET))
      const foreignLoad = load()
      const open = await stage.open()
      if (open !== count) throw new Error(`${count - open} of ${count} subscriptions were lost meanwhile`)
      const note = `p95 of another tenant's query beside ${count} idle subscriptions of ${Math.ceil(count / 1000)} keys`
      return [ratioFigure(CLAIM, pairs, 'ms', { note, foreignLoad })]
    } finally {
      await stage.close()
    }
  },
}
