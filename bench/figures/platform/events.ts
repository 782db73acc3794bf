/** Subscriptions whose sockets break at random and go on from their cursor. */

import { countDroppedEvents } from '../../../measures/platform/dropped-subscriptions.ts'
import type { FigureSource } from '../../source.ts'
import { lossClaim, lossFigure } from './losses.ts'

const GAPS = lossClaim('events.gaps', 'events')
const DUPLICATES = lossClaim('events.duplicates', 'events')

export const events: FigureSource = {
  names: [GAPS.name, DUPLICATES.name],
  minutes: 2,
  run: async context => {
    const counts = await countDroppedEvents(context.amount(200, 30))
    const { delivered, disconnects, disordered, duplicates, events: n, gaps } = counts
    const note = `${disconnects} disconnects, ${delivered} of ${n} events delivered, ${disordered} out of order`
    return [
      lossFigure(context, GAPS, { count: gaps, n, note }),
      lossFigure(context, DUPLICATES, { count: duplicates + disordered, n, note }),
    ]
  },
}
