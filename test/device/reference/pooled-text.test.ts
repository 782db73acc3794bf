/** Where SDXL pools a text with a learned word: both rules of transformers, chosen by the base's `semblance.json`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { openBase } from '../../../engine/index.ts'
import { openDevice } from '../../../engine/runtime/device.ts'
import { pooledErrors, writePooledBase } from '../../../measures/engine/pooled-text.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())
const sdxl = fileURLToPath(new URL('../../fixtures/tiny/sdxl', import.meta.url))
const folder = await temporaryFolder()

test.each([
  ['at the end token, whatever the config says', 'end', 2, 'end'],
  [
    'at the word, as transformers does with the published configs, where the base asks for it',
    'transformers',
    2,
    'transformers',
  ],
  ['at the end token, as transformers does with a config that knows it', 'transformers', 127, 'end'],
] as const)('a text with a learned word is pooled %s', async (_, choice, eos, expected) => {
  const base = await writePooledBase(sdxl, join(folder, `${choice}-${eos}`), choice, eos)
  const { pooled, image } = await pooledErrors(device, base, expected)
  expect(pooled).toBeLessThan(1e-4)
  expect(image).toBeLessThanOrEqual(1)
})

test('a choice that there is not is refused by name', async () => {
  const base = await writePooledBase(sdxl, join(folder, 'wrong'), 'end')
  for (const [content, named] of [
    ['{"pooledText": "first"}', /semblance\.json .*pooledText/],
    ['{"pooled": "end"}', /semblance\.json .*pooled/],
  ] as const) {
    await writeFile(join(base, 'semblance.json'), content)
    await expect(openBase(base)).rejects.toMatchObject({ code: 'MODEL_INVALID', message: expect.stringMatching(named) })
  }
})
