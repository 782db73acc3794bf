/** The shared cases: inputs of outsiders, each with its right value (`expect.txt` in its folder). */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openDevice } from '../../engine/index.ts'
import { CASES } from '../../measures/cases/index.ts'
import { temporaryFolder } from '../stage/temporary-folder.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

test.each(CASES)(
  'case $name gives its right value',
  async ({ check }) => {
    expect(await check({ newFolder: temporaryFolder, device })).toEqual([])
  },
  180_000,
)

/** Cases of a service, which have tests of their own in test/platform. */
const ELSEWHERE = ['29-api-retries']

test('every folder of a case has its check', async () => {
  const folders = await readdir(join(import.meta.dirname, '../fixtures/cases'))
  expect([...CASES.map(({ name }) => name), ...ELSEWHERE].sort()).toEqual(folders.sort())
})
