/// <reference lib="es2025.float16" />
/** Results hold numbers: adapters, deltas and merged bases with other values are never written. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { saveAdapter } from '../../../../engine/adapters/adapter.ts'
import { saveDelta } from '../../../../engine/adapters/delta.ts'
import { mergeAdapter } from '../../../../engine/adapters/merge.ts'
import { openBase } from '../../../../engine/base/base.ts'
import { randomAdapter } from '../../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../../stage/temporary-folder.ts'

const folder = await temporaryFolder()
const base = await openBase(await writeTinyBase(join(folder, 'base')))
const adapter = randomAdapter(base, 1, { fingerprint: await base.fingerprint() })
const [name = '', values = new Float32Array()] = [...adapter.tensors][0] ?? []
const broken = {
  ...adapter,
  tensors: new Map(adapter.tensors).set(
    name,
    values.map(() => Number.NaN),
  ),
}
const refused = { code: 'DIVERGED', message: expect.stringContaining('not finite') }

test('an adapter', async () => {
  await expect(saveAdapter(join(folder, 'a.safetensors'), broken)).rejects.toMatchObject(refused)
  expect(await readdir(folder)).toEqual(['base'])
})

test('the change of all weights', async () => {
  const delta = new Map([['unet.conv_in.bias', { shape: [2], data: new Float16Array([1, Number.POSITIVE_INFINITY]) }]])
  await expect(saveDelta(join(folder, 'd.safetensors'), { ...adapter, delta })).rejects.toMatchObject(refused)
  expect(await readdir(folder)).toEqual(['base'])
})

test('a base that a huge scale would leave without numbers', async () => {
  const path = join(folder, 'good.safetensors')
  await saveAdapter(path, adapter)
  await expect(mergeAdapter(base, path, join(folder, 'merged'), 1e300)).rejects.toMatchObject(refused)
  expect(await readdir(join(folder, 'merged'))).not.toContain('model_index.json')
})
