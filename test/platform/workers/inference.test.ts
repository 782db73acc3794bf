import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { readBlob } from '../../../adapters-store/index.ts'
import { encodePng, loadImage, openBase, openDevice, openPipeline, saveAdapter, square } from '../../../engine/index.ts'
import { type Inference, openInference } from '../../../inference/index.ts'
import { descendants } from '../../../measures/stage/cli-process.ts'
import { randomAdapter } from '../../../measures/stage/random-adapter.ts'
import { openTrainer } from '../../../trainer/index.ts'
import { type Environment, isFinal, type Job, openEnvironment } from '../../stage/environment.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

/** The engine's device among the processes of this one. */
const isDevice = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine/runtime/session.ts')

let environment: Environment
let inference: Inference

beforeAll(async () => {
  environment = await openEnvironment()
})
afterAll(() => environment.close())
afterEach(() => inference?.stop())

async function open(
  more: { maxRows?: number; cacheBytes?: number; bases?: Record<string, string> } = {},
): Promise<void> {
  const options = { store: environment.store, bases: environment.bases, device: { threads: 1 }, log: environment.log }
  const sizes = { maxRows: 4, cacheBytes: 1e8, sweepMs: 100 }
  inference = await openInference({ queue: environment.openQueue('inference'), ...options, ...sizes, ...more })
}

/** Stores a random adapter; returns what a request names it by. */
async function adapter(
  tenantId: string,
  seed: number,
  fingerprint?: string,
): Promise<{ sha256: string; scale: number }> {
  const base = await openBase(environment.bases.tiny as string)
  const path = join(environment.folder, `adapter-${seed}.safetensors`)
  await saveAdapter(path, randomAdapter(base, seed, { fingerprint: fingerprint ?? (await base.fingerprint()) }))
  return { sha256: (await environment.store.put(tenantId, await readFile(path))).sha256, scale: 1 }
}

const [A, B] = [0, 1]
const tenant = (which: number) => environment.tenants[which] as string
const ended = (which: number, id: string) => environment.until(tenant(which), id, isFinal)
const payloads = ({ events }: Job, type: string) =>
  events.filter(event => event.type === type).map(({ payload }) => payload)

async function pixelsOf(which: number, { images }: Job): Promise<Buffer[]> {
  const read = async (sha256: string) => readBlob(await environment.store.open(tenant(which), sha256))
  return Promise.all(
    images.map(async ({ sha256 }) =>
      sharp(await read(sha256))
        .raw()
        .toBuffer(),
    ),
  )
}

/** Largest difference of two pictures, in levels of 255. */
const difference = (a: Buffer | undefined, b: Buffer | undefined): number =>
  a && b ? a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0) : 256

test('jobs of several shapes that wait together each get their own, drawn and stored as they are alone', async () => {
  await open({ maxRows: 4 })
  const shapes = [
    { width: 12, height: 20 },
    { width: 20, height: 12 },
    { width: 16, height: 16 },
  ]
  const ids = await Promise.all(
    [0, 1].map(seed =>
      environment.generate(
        tenant(seed),
        shapes.map(shape => ({ seed, ...shape })),
      ),
    ),
  )
  const device = openDevice({ threads: 1 })
  try {
    const pipeline = openPipeline(device, await openBase(environment.bases.tiny as string))
    for (const [which, id] of ids.entries()) {
      const job = await ended(which, id)
      expect(job.images).toMatchObject(shapes)
      const drawn = await pixelsOf(which, job)
      for (const [i, shape] of shapes.entries()) {
        const row = { prompt: 'sks dog', seed: which, steps: 2, guidance: 3, ...shape }
        const [own] = await pipeline.generate([row])
        const png = await encodePng('own', own?.pixels ?? new Float32Array(), shape)
        const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
        expect([info.width, info.height]).toEqual([shape.width, shape.height])
        expect(difference(drawn[i], data), JSON.stringify(row)).toBeLessThanOrEqual(1)
      }
    }
  } finally {
    await device.kill()
  }
})

test('an image larger than the base, and one to start from that is cropped, are drawn with warnings on the job', async () => {
  await open()
  const pixels = new Float32Array(3 * 32 * 16)
  const photo = await environment.store.put(tenant(A), await encodePng('photo', pixels, { width: 32, height: 16 }))
  const init = { sha256: photo.sha256, strength: 0.5 }
  const job = await ended(A, await environment.generate(tenant(A), [{ width: 16, height: 24 }, { init }]))
  expect(job.images).toMatchObject([
    { width: 16, height: 24 },
    { width: 16, height: 16 },
  ])
  const codes = payloads(job, 'warning').map(warning => (warning as { code: string }).code)
  expect(codes).toEqual(expect.arrayContaining(['SIZE_LARGE', 'INIT_CROPPED']))
})

test('a generation is drawn, stored and told', async () => {
  await open()
  const id = await environment.generate(tenant(A), [{ seed: 1 }, { seed: 2, adapter: await adapter(tenant(A), 1) }])
  const job = await ended(A, id)
  expect(job.state).toBe('SUCCEEDED')
  expect(job.images).toMatchObject([
    { position: 0, width: 16, height: 16, seed: 1n, prompt: 'sks dog' },
    { position: 1, width: 16, height: 16, seed: 2n, prompt: 'sks dog' },
  ])
  const [plain, adapted] = await pixelsOf(A, job)
  expect(difference(plain, adapted)).toBeGreaterThan(10)
  const states = payloads(job, 'state').map(payload => (payload as { to: string }).to)
  expect(states).toEqual(['QUEUED', 'PREPARING', 'RUNNING', 'SUCCEEDED'])
  expect(payloads(job, 'progress').at(-1)).toMatchObject({ step: 4, steps: 4, remaining: 0 })
  expect(inference.cached()).toHaveLength(1)
})

test('rows with texts of other lengths are drawn in calls of their own, as the engine draws them', async () => {
  await open()
  const row = { prompt: 'sks dog', steps: 2, guidance: 3 }
  const long = 'sks dog '.repeat(60)
  const asked = [
    { ...row, seed: 1 },
    { ...row, seed: 2, prompt: long },
    { ...row, seed: 3, prompt: long, longPrompt: 'cut' as const },
    { ...row, seed: 4, negative: 'a BREAK b' },
  ]
  const job = await ended(A, await environment.generate(tenant(A), asked))
  expect(job.state).toBe('SUCCEEDED')
  expect(payloads(job, 'progress').at(-1)).toMatchObject({ step: 8, steps: 8 })
  const drawn = await pixelsOf(A, job)
  const device = openDevice({ threads: 1 })
  try {
    const pipeline = openPipeline(device, await openBase(environment.bases.tiny as string))
    for (const [i, request] of asked.entries()) {
      const [own] = await pipeline.generate([request])
      const expected = await sharp(await encodePng('own', own?.pixels ?? new Float32Array(), square(16)))
        .raw()
        .toBuffer()
      expect(difference(drawn[i], expected), `row ${i}`).toBeLessThanOrEqual(1)
    }
  } finally {
    await device.kill()
  }
})

test('what of the prompts is not drawn as it was meant is told once', async () => {
  await open()
  const own = { ...(await adapter(tenant(A), 3)) }
  const asked = [
    { seed: 1, prompt: 'a AND b' },
    { seed: 2, prompt: 'a AND b' },
    { seed: 3, prompt: 'a dog', adapter: own },
  ]
  const job = await ended(A, await environment.generate(tenant(A), asked))
  expect(job.state).toBe('SUCCEEDED')
  expect((payloads(job, 'warning') as { code: string }[]).map(({ code }) => code)).toEqual([
    ...['PROMPT_SYNTAX', 'WORD_UNKNOWN', 'WORD_MISSING'],
  ])
})

test('drawings that start from an image are those of the engine, beside rows that start from noise', async () => {
  await open()
  const first = await ended(A, await environment.generate(tenant(A), [{ seed: 50, steps: 10 }]))
  const sha256 = first.images[0]?.sha256 ?? ''
  const row = { prompt: 'sks dog', seed: 51, steps: 10, guidance: 3 }
  const rows = [{ strength: 0.1 }, { strength: 0.9, rescale: 0.5 }, {}, { rescale: 1 }]
  const asked = rows.map(({ strength, ...more }) => ({
    ...row,
    ...more,
    ...(strength && { init: { sha256, strength } }),
  }))
  const job = await ended(A, await environment.generate(tenant(A), asked))
  expect(job.state).toBe('SUCCEEDED')
  // 1 + 9 steps of the images that start from one, 10 of each other.
  expect(payloads(job, 'progress').at(-1)).toMatchObject({ step: 30, steps: 30 })
  const drawn = await pixelsOf(A, job)
  const pixels = await loadImage(
    await readBlob(await environment.store.open(tenant(A), sha256)),
    square(16),
    'the image',
    8,
  )
  const device = openDevice({ threads: 1 })
  try {
    const pipeline = openPipeline(device, await openBase(environment.bases.tiny as string))
    for (const [i, { strength, ...more }] of rows.entries()) {
      const [own] = await pipeline.generate([{ ...row, ...more, ...(strength && { init: { pixels, strength } }) }])
      const expected = await sharp(await encodePng('own', own?.pixels ?? new Float32Array(), square(16)))
        .raw()
        .toBuffer()
      expect(difference(drawn[i], expected), JSON.stringify(rows[i])).toBeLessThanOrEqual(1)
    }
  } finally {
    await device.kill()
  }
  const gone = { ...row, init: { sha256: 'e'.repeat(64), strength: 1 } }
  const failed = await ended(A, await environment.generate(tenant(A), [gone]))
  expect([failed.state, failed.code]).toEqual(['FAILED', 'BLOB_NOT_FOUND'])
})

test('a drawing with its adapter in the conditional half is another than with it in both', async () => {
  await open()
  const own = await adapter(tenant(A), 90)
  const draw = async (halves?: 'both' | 'conditional') => {
    const image = { seed: 7, guidance: 5, steps: 3, adapter: { ...own, halves } }
    const [pixels] = await pixelsOf(A, await ended(A, await environment.generate(tenant(A), [image])))
    return pixels
  }
  const [both, conditional, unsaid] = [await draw('both'), await draw('conditional'), await draw()]
  expect(difference(both, conditional)).toBeGreaterThan(5)
  expect(difference(both, unsaid)).toBeLessThanOrEqual(1)
})

test('jobs of two tenants drawn in one batch get the pictures each gets alone', async () => {
  const requests = await Promise.all(
    [A, B].map(async which => ({ which, image: { seed: 7, adapter: await adapter(tenant(which), 10 + which) } })),
  )
  // They wait while nothing serves, and are claimed together.
  const queued = await Promise.all(requests.map(({ which, image }) => environment.generate(tenant(which), [image])))
  await open()
  const together = await Promise.all(requests.map(({ which }, i) => ended(which, queued[i] as string)))
  // One batch is drawn at a time: who runs at the same time shares it.
  const began = together.map(job => job.events.find(({ payload }) => (payload as { to?: string }).to === 'RUNNING')?.at)
  const firstEnd = Math.min(...together.map(({ finishedAt }) => Number(finishedAt)))
  for (const at of began) expect(Number(at)).toBeLessThan(firstEnd)
  for (const [i, { which, image }] of requests.entries()) {
    const alone = await ended(which, await environment.generate(tenant(which), [image]))
    const [[batched], [lone]] = [await pixelsOf(which, together[i] as Job), await pixelsOf(which, alone)]
    expect(difference(batched, lone)).toBeLessThanOrEqual(1)
  }
})

describe('a bad adapter fails its job alone, with a reason:', () => {
  test.each([
    ['of another base', 'ADAPTER_MISMATCH', () => adapter(tenant(A), 20, 'f'.repeat(64))],
    ['deleted', 'BLOB_NOT_FOUND', async () => ({ sha256: 'e'.repeat(64), scale: 1 })],
    ['of another tenant', 'BLOB_NOT_FOUND', () => adapter(tenant(B), 21)],
    [
      'no adapter',
      'FILE_INVALID',
      async () => ({ ...(await environment.store.put(tenant(A), Buffer.from('x'))), scale: 1 }),
    ],
  ])('%s', async (_what, code, bad) => {
    const { sha256, scale } = await bad()
    const good = await adapter(tenant(B), 22)
    const ids = [
      [A, await environment.generate(tenant(A), [{ adapter: { sha256, scale } }])],
      [B, await environment.generate(tenant(B), [{ adapter: good }])],
    ] as const
    await open()
    const [failed, drawn] = await Promise.all(ids.map(([which, id]) => ended(which, id)))
    expect([failed?.state, failed?.code, drawn?.state]).toEqual(['FAILED', code, 'SUCCEEDED'])
    expect(failed?.attempts).toHaveLength(1)
    expect(failed?.reason).not.toContain(environment.folder)
  })
})

test('an adapter that makes numbers overflow fails its own job, whatever shares its batch', async () => {
  const wild = { ...(await adapter(tenant(A), 30)), scale: 1e30 }
  const bad = await environment.generate(tenant(A), [{ adapter: wild }])
  const good = await environment.generate(tenant(B), [{ adapter: await adapter(tenant(B), 31) }])
  await open()
  expect(await ended(A, bad)).toMatchObject({ state: 'FAILED', code: 'DIVERGED' })
  expect((await ended(B, good)).state).toBe('SUCCEEDED')
})

test('a canceled job ends at once; the one beside it is drawn to its end', async () => {
  await open()
  const long = await environment.generate(tenant(A), [{ steps: 900 }])
  const other = await environment.generate(tenant(B), [{ steps: 900 }])
  await environment.until(tenant(A), long, ({ step }) => step > 0)
  await environment.cancel(tenant(A), long)
  expect((await ended(A, long)).state).toBe('CANCELED')
  const { state, step, steps } = await environment.job(tenant(B), other)
  expect(state).toBe('RUNNING')
  expect(step).toBeLessThan(steps)
  await environment.cancel(tenant(B), other)
  expect((await ended(B, other)).state).toBe('CANCELED')
  // Nothing is left running: the next is drawn soon.
  expect((await ended(A, await environment.generate(tenant(A), [{}]))).state).toBe('SUCCEEDED')
})

test('copies of a deleted adapter leave the memory within a sweep', async () => {
  const one = await adapter(tenant(A), 40)
  await open()
  await ended(A, await environment.generate(tenant(A), [{ adapter: one }]))
  expect(inference.cached()).toMatchObject([{ tenantId: tenant(A), sha256: one.sha256 }])
  await environment.store.remove(tenant(A), one.sha256)
  await sleep(400)
  expect(inference.cached()).toEqual([])
  const job = await ended(A, await environment.generate(tenant(A), [{ adapter: one }]))
  expect([job.state, job.code]).toEqual(['FAILED', 'BLOB_NOT_FOUND'])
})

test('a killed device is started again and its jobs are drawn', async () => {
  await open()
  const id = await environment.generate(tenant(A), [{ steps: 900 }])
  await environment.until(tenant(A), id, ({ step }) => step > 0)
  for (const pid of descendants(process.pid).filter(isDevice)) process.kill(pid, 'SIGKILL')
  const short = await environment.generate(tenant(B), [{}])
  expect((await ended(B, short)).state).toBe('SUCCEEDED')
  await environment.cancel(tenant(A), id)
  await ended(A, id)
})

test('a worker that stops ends what it draws and gives back what waits', async () => {
  await open({ maxRows: 1 })
  const drawn = await environment.generate(tenant(A), [{ steps: 60 }])
  // Of one tenant, whose jobs are drawn in their order; whose turn it is among several depends on what they had before.
  const waiting = await environment.generate(tenant(A), [{ steps: 60 }])
  await environment.until(tenant(A), drawn, ({ step }) => step > 0)
  await environment.until(tenant(A), waiting, ({ state }) => state === 'PREPARING')
  await inference.stop()
  expect((await environment.job(tenant(A), drawn)).state).toBe('SUCCEEDED')
  expect(await environment.job(tenant(A), waiting)).toMatchObject({
    state: 'QUEUED',
    attempts: [{ outcome: 'RELEASED' }],
  })
  await open()
  expect((await ended(A, waiting)).state).toBe('SUCCEEDED')
})

test('a worker without a usable base does not start', async () => {
  const bases = { tiny: join(environment.folder, 'nothing') }
  await expect(open({ bases })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  await expect(open({ bases: {} })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('a training gets its previews from the serving path, each once, and the last is of the final adapter', async () => {
  await open()
  const options = { store: environment.store, bases: environment.bases, device: { threads: 1 }, log: environment.log }
  const trainer = await openTrainer({
    queue: environment.openQueue('trainer'),
    ...options,
    folder: join(environment.folder, 'work'),
  })
  try {
    const id = await environment.train(tenant(A), { previewPrompts: ['sks dog', 'a sks'], previewEvery: 3, steps: 6 })
    const job = await ended(A, id)
    expect(job.state).toBe('SUCCEEDED')
    for (const { id } of job.previews) expect((await ended(A, id)).images).toHaveLength(2)
    const told = payloads(await environment.job(tenant(A), id), 'preview') as { step: number; images: unknown[] }[]
    expect(told.map(({ step }) => step)).toEqual([3, 6])
    expect(told.map(({ images }) => images.length)).toEqual([2, 2])
    const last = job.previews.at(-1)?.input as { images: { adapter: { sha256: string } }[] }
    expect(last.images[0]?.adapter.sha256).toBe((job.result as { adapter: { sha256: string } }).adapter.sha256)
  } finally {
    await trainer.stop()
  }
})
