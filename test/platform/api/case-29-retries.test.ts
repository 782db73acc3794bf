/** The shared case 29-api-retries (`test/fixtures/cases`). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { retriesFaults } from '../../../measures/cases/service.ts'
import { type Service, signUp } from '../../../measures/stage/service.ts'
import { openService } from '../../stage/open-service.ts'

let service: Service
beforeAll(async () => {
  service = await openService()
})
afterAll(() => service?.close())

test('equal requests make one job, other input conflicts, a cancel comes at once or not at all', async () => {
  expect(await retriesFaults(service, await signUp(service, 'Rita Repeats', 'Studio'))).toEqual([])
})
