/** strings.internal and messages.raw: what odd strings and wrong values in every input of the contract lead to. */
import {
  type Ids,
  OPERATIONS,
  realIds,
  type Tried,
  tryOddStrings,
  tryWrongValues,
} from '../../../measures/platform/odd-inputs.ts'
import { openRunningService, type RunningService } from '../../../measures/stage/running-service.ts'
import { type Identity, signUp } from '../../../measures/stage/service.ts'
import { countLosses } from './losses.ts'

type Try = (
  service: RunningService,
  owner: Identity,
  operation: (typeof OPERATIONS)[number],
  ids: Ids,
) => Promise<Tried>

const overAll = (name: string, unit: string, minutes: number, what: string, tryOne: Try) =>
  countLosses(name, unit, minutes, async () => {
    const service = await openRunningService()
    try {
      const owner = await signUp(service, 'Odd Owner', 'Odd')
      const ids = await realIds(service, owner)
      const results: Tried[] = []
      for (const operation of OPERATIONS) results.push(await tryOne(service, owner, operation, ids))
      const wrong = results.flatMap(result => result.wrong)
      const n = results.reduce((sum, { tried }) => sum + tried, 0)
      return { count: wrong.length, n, wrong, note: `${OPERATIONS.length} queries and mutations, ${what}` }
    } finally {
      await service.close()
    }
  })

export const oddStrings = overAll(
  'strings.internal',
  'inputs',
  5,
  '20 odd strings each, signed in and not',
  (service, owner, one) => tryOddStrings(service, [owner, {}], one),
)
export const rawMessages = overAll(
  'messages.raw',
  'messages',
  5,
  'wrong values in every place',
  (service, owner, one, ids) => tryWrongValues(service, owner, one, ids),
)
