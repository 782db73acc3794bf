/** Every adapter file that is written, against what diffusers, transformers and PEFT of two releases drew with its very bytes. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openSafetensors } from '../../../engine/io/index.ts'
import { openDevice } from '../../../engine/runtime/device.ts'
import { EXPORT_GOLDEN, writeExports } from '../../../measures/engine/exports.ts'
import { levelError } from '../../../measures/engine/levels.ts'

const device = openDevice({ threads: 1 })
const work = await mkdtemp(join(tmpdir(), 'semblance-exports-'))
afterAll(async () => {
  await device.kill()
  await rm(work, { recursive: true })
})

test('files are those that both releases loaded, and their images are ours to one level of 255', async () => {
  const golden = await openSafetensors(EXPORT_GOLDEN)
  const digests = JSON.parse(golden.metadata.digests ?? '') as Record<string, string>
  const exports = await writeExports(device, work)
  // When a format changes: bench/record-exports.ts asks the other programs again.
  expect(Object.fromEntries(exports.map(({ name, digest }) => [name, digest]))).toEqual(digests)
  for (const { name, pixels } of exports)
    for (const release of ['newest', 'older']) {
      const levels = await golden.read(`${name}.${release}`)
      const theirs = Float32Array.from(levels, level => level / 127.5 - 1)
      expect(levelError(pixels, theirs), `${name}, ${release}`).toBeLessThanOrEqual(1)
    }
})

test('the releases are two years apart', async () => {
  const { metadata } = await openSafetensors(EXPORT_GOLDEN)
  expect(JSON.parse(metadata.versions ?? '')).toEqual({
    newest: expect.stringMatching(/diffusers 0\.4\d.*transformers 5\..*peft 0\.2\d/),
    older: expect.stringMatching(/diffusers 0\.30.*transformers 4\.44.*peft 0\.12/),
  })
})
