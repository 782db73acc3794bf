/** Width and height of images: what is taken, what is refused, what it costs, and that nothing of it is lost on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generate } from '../../../measures/stage/journey.ts'
import { ask, type Identity, type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
let owner: Identity

beforeAll(async () => {
  // Its base draws multiples of 8 and was trained on 16 x 16.
  service = await openService()
  owner = await signUp(service, 'Olga Owner', 'Studio')
})
afterAll(() => service?.close())

const REQUESTS = 'query ($id: ID!) { node(id: $id) { ... on Generation { workUnits requests { width height } } } }'
const read = async (id: string) => (await ask(service, REQUESTS, { id }, owner)).data.node
const draw = (...images: object[]) =>
  generate(
    service,
    owner,
    images.map(one => ({ prompt: 'a house', steps: 10, guidance: 1, ...one })),
  )

test('images of several shapes in one job are stored and handed to the worker as they were asked for', async () => {
  const sizes = [
    { width: 16, height: 16 },
    { width: 8 * 2, height: 24 },
    { width: 64, height: 16 },
  ]
  const { generation } = await draw({}, { height: 24 }, { width: 64, height: null })
  const { requests, workUnits } = await read(generation.id)
  expect(requests).toEqual(sizes)
  // Ten steps of one, one and a half, and four times the base's own pixels.
  expect(workUnits).toBe(10 + 15 + 40)
  const [claim] = await service.worker.claim(['GENERATION'], 1)
  expect(claim?.input).toMatchObject({ images: sizes })
  if (!claim) throw new Error('nothing was claimed')
  const images = sizes.map((size, position) => ({ position, ...size, sha256: 'a'.repeat(64), bytes: 9 }))
  await service.worker.finish(claim, 0, { state: 'SUCCEEDED', result: { images } })
  const drawn = 'query ($id: ID!) { node(id: $id) { ... on Generation { images { width height } } } }'
  expect((await ask(service, drawn, { id: generation.id }, owner)).data.node.images).toEqual(sizes)
})

describe('a size that cannot be drawn is refused by its field, with the limit and the nearest right one', () => {
  test.each([
    [{ width: 20 }, 'width', 'multiples of 8', '24 x 16'],
    [{ height: 12 }, 'height', 'multiples of 8, 16 or more', '16 x 16'],
    [{ width: 0, height: 16 }, 'width', 'multiples of 8', '16 x 16'],
    [{ width: -16 }, 'width', 'multiples of 8', '16 x 16'],
    [{ width: 64, height: 64 }, 'width', '4096 pixels; at most 1024', '32 x 32'],
    [{ width: 2 ** 31 - 8, height: 2 ** 31 - 8 }, 'width', 'at most 1024', '32 x 32'],
  ])('%o', async (size, field, limit, nearest) => {
    expect(await draw({}, size)).toMatchObject({
      __typename: 'ValidationError',
      path: ['input', 'images', '1', field],
      message: expect.stringMatching(new RegExp(`${limit}.*by tiny.*nearest size is ${nearest}`)),
    })
  })
})

test('a base says what it draws, and the service what it draws with any', async () => {
  const query = '{ baseModels { size sizeStep maxPixels } service { limits { imagePixels } } }'
  expect((await ask(service, query, {}, owner)).data).toEqual({
    baseModels: [{ size: 16, sizeStep: 8, maxPixels: 1024 }],
    service: { limits: { imagePixels: 2048 * 2048 } },
  })
})
