/** `smb_test_` keys: the same flow, free, on the smallest settings, apart from what people use. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDrawing } from '../../../api/jobs/test-mode.ts'
import type { BaseModelRow } from '../../../api/rows.ts'
import {
  finishGeneration,
  finishTraining,
  generate,
  startTraining,
  trainable,
} from '../../../measures/stage/journey.ts'
import { ask, type Identity, mutate, type Service, signUp } from '../../../measures/stage/service.ts'
import { parseInput } from '../../../queue/index.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity
let tester: Identity
beforeAll(async () => {
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
  const scopes = ['SUBJECTS_WRITE', 'TRAINING_WRITE', 'IMAGES_WRITE', 'ADAPTERS_WRITE']
  const input = { name: 'trial', environment: 'TEST', scopes }
  tester = { key: (await mutate(service, owner, 'createApiKey', input, 'secret')).secret }
})
afterAll(() => service?.close())

const read = async (id: string, fields: string, who = tester) =>
  (await ask(service, `query ($id: ID!) { node(id: $id) { ${fields} } }`, { id }, who)).data.node

test('a test key goes from photos to images for nothing, in a few steps', async () => {
  expect(tester.key).toMatch(/^smb_test_/)
  const { photoSetId } = await trainable(service, tester)
  const wish = { steps: 2000, batch: 8, previewPrompts: ['a', 'b'], previewEvery: 100 }
  const estimate = 'estimate { steps workUnits }'
  const estimated = await mutate(service, tester, 'estimateTraining', { photoSetId, ...wish }, estimate)
  expect(estimated.estimate).toEqual({ steps: 4, workUnits: 0 })
  const { job } = await startTraining(service, tester, photoSetId, wish)
  const facts =
    '... on TrainingJob { warnings { code } environment workUnits settings { steps batch previewPrompts previewEvery } }'
  expect(await read(job.id, facts)).toEqual({
    warnings: [{ code: 'TEST_SETTINGS' }],
    environment: 'TEST',
    workUnits: 0,
    settings: { steps: 4, batch: 1, previewPrompts: ['a'], previewEvery: 4 },
  })
  await finishTraining(service)
  const { version } = await read(job.id, '... on TrainingJob { version { id } }')
  const image = { prompt: 'x', steps: 50, adapter: { versionId: version.id } }
  const { generation } = await generate(service, tester, [image])
  const drawing = '... on Generation { environment workUnits state requests { steps } images { width } }'
  expect(await read(generation.id, drawing)).toMatchObject({
    environment: 'TEST',
    workUnits: 0,
    requests: [{ steps: 2 }],
  })
  await finishGeneration(service)
  expect((await read(generation.id, drawing)).images).toHaveLength(1)
})

test('the worker gets small work of a test key, and what was asked for of a live one', async () => {
  const images = [{ prompt: 'x', steps: 9 }]
  await generate(service, tester, images)
  const [small] = await service.worker.claim(['GENERATION'], 1)
  expect(parseInput('GENERATION', small!.input)).toMatchObject({ images: [{ width: 16, height: 16, steps: 2 }] })
  const { generation } = await generate(service, owner, images)
  const [full] = await service.worker.claim(['GENERATION'], 1)
  expect(parseInput('GENERATION', full!.input)).toMatchObject({ images: [{ steps: 9 }] })
  expect(await read(generation.id, '... on Generation { environment workUnits }', owner)).toEqual({
    environment: 'LIVE',
    workUnits: 18,
  })
})

test('images of a test key have at most 64 pixels a side, in steps that the base draws', () => {
  const images = [{ prompt: 'x', seed: 1, steps: 30, guidance: 5, width: 768, height: 48 }]
  const base = { sizeStep: 8 } as BaseModelRow
  expect(testDrawing({ base: 'b', images }, base).images).toMatchObject([{ width: 64, height: 48, steps: 2 }])
})

test('what a test key trains never becomes the latest version of the adapter that people use', async () => {
  const { photoSetId, subjectId } = await trainable(service, owner)
  for (const who of [owner, tester, tester]) {
    await startTraining(service, who, photoSetId)
    await finishTraining(service)
  }
  const query =
    'query ($id: ID!) { node(id: $id) { ... on Subject { name adapters { nodes { name versions { nodes { number } } } } } } }'
  const { name, adapters } = (await ask(service, query, { id: subjectId }, owner)).data.node
  expect(adapters.nodes.map((one: { name: string }) => one.name)).toEqual([`${name} (test)`, name])
  expect(adapters.nodes[1].versions.nodes).toEqual([{ number: 1 }])
  expect(adapters.nodes[0].versions.nodes).toEqual([{ number: 2 }, { number: 1 }])
})
