/** Case 29: requests that are repeated, changed or taken back over the API. */
import { finishTraining, startTraining, trainable } from '../stage/journey.ts'
import { type Identity, mutate, type Service } from '../stage/service.ts'
import { differs, isWrong } from './case.ts'

/** Names everything that is not the right value; empty when all is right. */
export async function retriesFaults(service: Service, who: Identity): Promise<string[]> {
  const { photoSetId } = await trainable(service, who)
  const start = (idempotencyKey: string, more: object = {}) =>
    startTraining(service, who, photoSetId, { idempotencyKey, ...more })
  const cancel = (jobId: string) => mutate(service, who, 'cancelJob', { jobId }, 'job { state }')
  const once = await Promise.all(Array.from({ length: 5 }, () => start('once')))
  const ids = new Set(once.map(({ job }) => job.id))
  const other = await start('once', { steps: 4 })
  await finishTraining(service)
  const [id = ''] = ids
  const refused = await cancel(id)
  const again = await start('once')
  const canceled = await start('canceled')
  const began = performance.now()
  const { job } = await cancel(canceled.job.id)
  const seconds = (performance.now() - began) / 1000
  return [
    ...differs('jobs of five equal requests', ids.size, 1),
    ...differs('the answer to another input', other.__typename, 'ConflictError'),
    ...differs('a cancel after success', refused.code, 'WRONG_STATE'),
    ...differs('the key afterwards', [again.job.id, again.job.state], [id, 'SUCCEEDED']),
    ...differs('a canceled job', job.state, 'CANCELED'),
    ...isWrong(`the cancel took ${seconds} s`, seconds > 1),
  ]
}
