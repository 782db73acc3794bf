import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { convertAdapter, openAdapter } from '../../../adapters-store/index.ts'
import { type LidbRecord, recordLidb, unpackLidb } from '../../../engine/adapters/lidb.ts'
import { type Adapter, type Base, loadAdapter, METHODS, openBase, saveAdapter } from '../../../engine/descriptors.ts'
import { normals } from '../../../engine/noise.ts'
import { publishedNetworks } from '../../../measures/engine/full-size.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'

let folder: string
let base: Base
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-lidb-'))
  base = await openBase(await writeTinyBase(at('base')))
})
afterAll(() => rm(folder, { recursive: true }))

const sha = 'f'.repeat(64)

/** An adapter of random values, as a training leaves it. */
function adapterOf(to: Pick<Base, 'layers'>, fingerprint: string, options: Record<string, unknown> = {}): Adapter {
  const method = METHODS.lidb as NonNullable<(typeof METHODS)[string]>
  const chosen = method.options.parse(options) as Record<string, unknown>
  const { modules, lidb } = method.plan(to as Base, chosen)
  const record: LidbRecord = recordLidb(to.layers.adaptable, modules, lidb as LidbRecord)
  const count = modules.reduce((sum, { rank, out, in: inputs, kernel = 1 }) => {
    return sum + rank * (Math.min(record.a, out) + Math.min(record.b, inputs * kernel ** 2))
  }, 0)
  const packed = normals(1, 0, count)
  const manifest = {
    ...{ format: 'semblance-adapter-1' as const, engine: '0.1.0', method: 'lidb', base: fingerprint },
    ...{ subject: 'sks person', scale: 1, lidb: record, options: chosen },
    training: {
      steps: 200,
      learningRate: 0.016,
      batch: 4,
      weightDecay: 0,
      seed: 1,
      accumulate: 1,
      photos: sha,
      identity: sha,
    },
  }
  return { manifest, modules, scale: 1, packed, tensors: unpackLidb(modules, record, packed).tensors }
}

test('a file of a few values is read as the pairs that serve', async () => {
  const adapter = adapterOf(base, await base.fingerprint(), { a: 5, b: 3, targets: 'attention,convolutions' })
  await saveAdapter(at('own.safetensors'), adapter)
  expect(await loadAdapter(at('own.safetensors'), base)).toEqual(adapter)
  expect((await openAdapter(at('own.safetensors'), base)).adapter).toEqual(adapter)
})

test('other programs get whole pairs, and what they are called is the same on the way back', async () => {
  const adapter = adapterOf(base, await base.fingerprint(), { a: 5, b: 3 })
  await saveAdapter(at('there.safetensors'), adapter)
  await convertAdapter(at('there.safetensors'), { to: 'kohya', out: at('kohya.safetensors'), base })
  const { adapter: back } = await openAdapter(at('kohya.safetensors'), base)
  expect(back.tensors).toEqual(adapter.tensors)
  const nameless = convertAdapter(at('there.safetensors'), { to: 'kohya', out: at('again.safetensors') })
  await expect(nameless).rejects.toMatchObject({ code: 'INPUT_INVALID', next: expect.stringContaining('--base') })
})

test.each([
  ['auxiliaries of another version', { auxiliaries: 'qr-9' }, /"qr-9"/],
  ['auxiliaries of other bits', { sha256: '0'.repeat(64) }, /other auxiliaries/],
  ['another number of values', { a: 6 }, /damaged/],
])('%s are refused by name', async (_, change, message) => {
  const adapter = adapterOf(base, await base.fingerprint(), { a: 5, b: 3 })
  const lidb = { ...(adapter.manifest.lidb as LidbRecord), ...change }
  await saveAdapter(at('changed.safetensors'), { ...adapter, manifest: { ...adapter.manifest, lidb } })
  await expect(loadAdapter(at('changed.safetensors'), base)).rejects.toThrow(message)
})

test('200 matrices of Stable Diffusion 1.5 at the sizes of the paper are at most 121,000 bytes, manifest included', async () => {
  const { adaptable, read } = publishedNetworks('sd1')
  const adapter = adapterOf({ layers: { adaptable, read, parameters: 859_520_964 } }, sha)
  expect([adapter.modules.length, adapter.packed?.length]).toEqual([200, 30_000])
  await saveAdapter(at('paper.safetensors'), adapter)
  expect((await stat(at('paper.safetensors'))).size).toBeLessThanOrEqual(121_000)
})
