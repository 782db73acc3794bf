import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Output } from '../../../cli/output.ts'
import { watchJob } from '../../../cli/service/progress.ts'
import { openClient } from '../../../client/client.ts'
import { startTraining, trainable } from '../../../measures/stage/journey.ts'
import { type Identity, keyFor, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity

beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

test('whoever comes back to a training sees how it goes on, and no step of before', async () => {
  const { photoSetId } = await trainable(service, owner)
  const { job } = await startTraining(service, owner, photoSetId)
  const take = async () => {
    const [claim] = await service.worker.claim(['TRAINING'], 1)
    if (!claim) throw new Error('no training waits')
    let seq = 0
    const step = (at: number) =>
      service.worker.report(claim, seq++, { type: 'progress', payload: { step: at, steps: 10 } })
    return { claim, step, next: () => seq++ }
  }
  const first = await take()
  for (const at of [1, 2, 3, 4, 5]) await first.step(at)
  await service.worker.finish(first.claim, first.next(), { state: 'RELEASED', message: 'the worker was stopped' })
  await new Promise(resolve => setTimeout(resolve, 20))

  const since = new Date()
  const shown: number[] = []
  const notes: string[] = []
  const output: Output = {
    json: false,
    result: text => void notes.push(text),
    note: text => void notes.push(text),
    warn: ({ message }) => void notes.push(message),
    progress: done => void shown.push(done),
  }
  const { key = '' } = await keyFor(service, owner, 'TRAINING_READ', 'ADAPTERS_READ', 'SUBJECTS_READ', 'IMAGES_READ')
  const watching = watchJob(openClient(service.url, { key }), job.id, output, { since })
  const second = await take()
  // From the checkpoint after step 2.
  for (const at of [3, 6, 10]) await second.step(at)
  const adapter = { ...(await service.store.put(second.claim.tenantId, Buffer.from('adapter'))), manifest: {} }
  await service.worker.finish(second.claim, second.next(), { state: 'SUCCEEDED', result: { adapter } })
  await watching
  expect(shown).toEqual([3, 6, 10])
  // How long it waited for the worker depends on the machine.
  expect(notes.filter(note => !note.startsWith('waits at place'))).toEqual(['a worker took it (attempt 2)'])
})
