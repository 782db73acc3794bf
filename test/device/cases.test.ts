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

test('every case has its folder with what is expected', async () => {
  const folders = await readdir(join(import.meta.dirname, '../fixtures/cases'))
  for (const { name } of CASES) expect(folders).toContain(name)
})
