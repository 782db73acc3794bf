import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Device, type ImageRequest, openBase, openDevice, square } from '../../../../engine/index.ts'
import type { PipelineContext } from '../../../../engine/pipeline/context.ts'
import { openDenoiser } from '../../../../engine/pipeline/denoiser.ts'
import { openSessions } from '../../../../engine/runtime/sessions.ts'
import { randomAdapter } from '../../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

let folder: string
let device: Device
let context: PipelineContext

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-halves-'))
  device = openDevice({ threads: 1 })
  const base = await openBase(await writeTinyBase(join(folder, 'base')))
  context = { base, device, session: openSessions(device).session }
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

/** The network's answers to one and the same latent, row by row. */
async function answers(requests: readonly ImageRequest[], halves: 1 | 2): Promise<Float32Array[]> {
  const denoiser = await openDenoiser(context, requests, { size: square(context.base.size), halves, chunks: 1 })
  const rows = requests.length * halves
  const sample = Float32Array.from({ length: rows * denoiser.count }, (_, i) => Math.sin(i % denoiser.count))
  const output = await denoiser.run(sample, new Float32Array(rows).fill(500))
  await denoiser.close()
  return Array.from({ length: rows }, (_, row) => output.slice(row * denoiser.count, (row + 1) * denoiser.count))
}

const apart = (a: Float32Array | undefined, b: Float32Array | undefined): number =>
  (a as Float32Array).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b?.[i] as number))), 0)

const request = (seed: number): ImageRequest => ({
  ...{ prompt: 'sks dog', negative: 'a cat', seed },
  adapter: randomAdapter(context.base, seed, { rank: 2, targets: 'attention,text-encoder' }),
})

test('with the adapter in the conditional half only, the unconditional half is that of the base', async () => {
  const own = request(1)
  const [conditional, unconditional] = await answers([{ ...own, adapterIn: 'conditional' }], 2)
  const { adapter: _, ...plain } = own
  const [withAdapter, negativeWithAdapter] = await answers([{ ...own, adapterIn: 'both' }], 2)
  const [, ofBase] = await answers([plain], 2)
  expect(apart(conditional, withAdapter)).toBeLessThanOrEqual(1e-5)
  expect(apart(unconditional, ofBase)).toBeLessThanOrEqual(1e-5)
  expect(apart(negativeWithAdapter, ofBase)).toBeGreaterThan(1e-3)
})

test('images of either way share a batch, and an unguided image has its adapter', async () => {
  const requests: ImageRequest[] = [
    { ...request(1), adapterIn: 'conditional' },
    { ...request(2), adapterIn: 'both' },
    { prompt: 'a dog', seed: 3 },
  ]
  const together = await answers(requests, 2)
  for (const [i, one] of requests.entries()) {
    const alone = await answers([one], 2)
    expect(apart(together[2 * i], alone[0])).toBeLessThanOrEqual(1e-5)
    expect(apart(together[2 * i + 1], alone[1])).toBeLessThanOrEqual(1e-5)
  }
  const [unguided] = await answers([requests[0] as ImageRequest], 1)
  expect(apart(unguided, together[0])).toBeLessThanOrEqual(1e-5)
})
