import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GeneratedImage, ImageRequest } from '../../../engine/index.ts'
import { AppError } from '../../../errors.ts'
import type { DrawRequest, DrawRow, DrawRows } from '../../../inference/batching/port.ts'
import { openBatching } from '../../../inference/batching/whole.ts'
import { openServing, type Serving } from '../../../inference/serving.ts'
import { randomAdapter } from '../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'

let folder: string
let serving: Serving
/** Prompts of every engine call. */
let calls: string[][]

const counted: DrawRows = (base, rows, options) => {
  calls.push(rows.map(({ prompt }) => prompt))
  return serving.draw(base, rows, options)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-batching-'))
  await writeTinyBase(join(folder, 'base'))
  serving = openServing({ tiny: join(folder, 'base') }, { threads: 1 })
})
afterAll(async () => {
  await serving.close()
  await rm(folder, { recursive: true })
})

const SIZE = { width: 16, height: 16 }

function request(prompts: readonly string[], more: Partial<DrawRow & DrawRequest> = {}): DrawRequest {
  const {
    signal = new AbortController().signal,
    onSteps = () => undefined,
    area = 16 * 16,
    tenant = 'one',
    ...row
  } = more
  const rows = prompts.map((prompt, i) => ({ prompt, seed: i, steps: 2, guidance: 3, ...SIZE, ...row }))
  return { tenant, base: 'tiny', rows, signal, onSteps, area }
}

const difference = (a: GeneratedImage | undefined, b: GeneratedImage | undefined): number =>
  a?.pixels.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b?.pixels[i] as number))), 0) ?? 9

async function alone(row: ImageRequest): Promise<GeneratedImage | undefined> {
  const [image] = await serving.draw('tiny', [row], { signal: new AbortController().signal, onStep: () => undefined })
  return image
}

function open(maxRows = 4, draw = counted) {
  calls = []
  return openBatching(draw, maxRows)
}

describe('what waits is drawn together', () => {
  test('jobs with adapters of their own share a call and get what each gets alone', async () => {
    const { draw } = open()
    const base = await serving.base('tiny')
    const jobs = [
      request(['a', 'b'], { adapter: randomAdapter(base, 1) }),
      request(['c'], { adapter: randomAdapter(base, 2) }),
    ]
    const images = await Promise.all(jobs.map(draw))
    expect(calls).toEqual([['a', 'c', 'b']])
    for (const [i, { rows }] of jobs.entries())
      for (const [j, row] of rows.entries())
        expect(difference(images[i]?.[j], await alone(row))).toBeLessThanOrEqual(2e-5)
  })

  test('one row of each job in turn, no more than fit, and no job waits behind a long one', async () => {
    const { draw } = open(2)
    const done: string[] = []
    await Promise.all([
      draw(request(['a1', 'a2', 'a3', 'a4'])).then(() => done.push('a')),
      draw(request(['b1'])).then(() => done.push('b')),
    ])
    expect(calls).toEqual([['a1', 'b1'], ['a2', 'a3'], ['a4']])
    expect(done).toEqual(['b', 'a'])
  })

  test('one row of each tenant in turn, whoever has sent more jobs, and who comes late is not kept waiting', async () => {
    const { draw } = open(2)
    const late: Promise<unknown>[] = []
    const onSteps = () => {
      if (late.length === 0) late.push(draw(request(['c1', 'c2'], { tenant: 'c' })))
    }
    const many = ['a1', 'a2', 'a3', 'a4', 'a5'].map(name => draw(request([name], { tenant: 'a', onSteps })))
    await Promise.all([...many, draw(request(['b1', 'b2', 'b3'], { tenant: 'b' }))])
    await Promise.all(late)
    expect(calls[0]).toEqual(['a1', 'b1'])
    expect(calls.map(call => call.filter(name => name.startsWith('a')).length)).toEqual([1, 1, 0, 1, 2])
    expect(calls[1]?.[0]).toBe('c1')
  })

  test('rows of another width, height, number of steps or guidedness go into calls of their own', async () => {
    const { draw } = open()
    const others = [{ width: 24 }, { height: 24 }, { steps: 3 }, { guidance: 1 }, {}]
    await Promise.all(others.map((more, i) => draw(request([String(i)], more))))
    await Promise.all([draw(request(['x'])), draw(request(['y']))])
    expect(calls).toEqual([['0'], ['1'], ['2'], ['3'], ['4'], ['x', 'y']])
  })

  test('images of several shapes in one job come back in order, each as it is alone, in calls of one shape', async () => {
    const { draw } = open()
    const shapes = [SIZE, { width: 12, height: 20 }, SIZE, { width: 20, height: 12 }, { width: 12, height: 20 }]
    const rows = shapes.map((shape, i) => ({ prompt: String(i), seed: i, steps: 2, guidance: 3, ...shape }))
    const images = await draw({ ...request([]), rows })
    expect(calls).toEqual([['0', '2'], ['1', '4'], ['3']])
    for (const [i, row] of rows.entries()) {
      expect(images[i]).toMatchObject(shapes[i] ?? {})
      expect(difference(images[i], await alone(row))).toBeLessThanOrEqual(2e-5)
    }
  })

  test('a larger image takes the place of several in a batch, and one alone is always drawn', async () => {
    const { draw } = open(4)
    await draw(request(['1', '2', '3', '4', '5'], { width: 32, height: 16 }))
    expect(calls).toEqual([['1', '2'], ['3', '4'], ['5']])
    await draw(request(['large', 'other'], { width: 64, height: 64 }))
    expect(calls.slice(3)).toEqual([['large'], ['other']])
  })

  test('rows whose texts have another number of chunks go into calls of their own', async () => {
    const { draw } = open()
    const rows = [1, 2, undefined, 2].map((chunks, seed) => ({ prompt: String(seed), seed, steps: 1, chunks, ...SIZE }))
    await draw({ ...request([]), rows })
    expect(calls).toEqual([
      ['0', '2'],
      ['1', '3'],
    ])
  })
})

test('every job hears of its own row-steps, from 0 to all of them, never less than before', async () => {
  const { draw } = open(2)
  const told: Record<string, number[]> = { a: [], b: [] }
  const telling = (name: string) => ({ onSteps: (done: number) => void told[name]?.push(done) })
  await Promise.all([draw(request(['1', '2', '3'], telling('a'))), draw(request(['4'], telling('b')))])
  expect(told).toEqual({ a: [0, 1, 2, 4, 6], b: [0, 1, 2] })
})

test('a row that cannot be drawn fails its job alone', async () => {
  const { draw } = open()
  const results = await Promise.allSettled([
    draw(request(['good'])),
    draw(request(['bad'], { scheduler: 'constructor' })),
    draw(request(['fine'])),
  ])
  expect(calls).toEqual([['good', 'bad', 'fine'], ['good'], ['bad'], ['fine']])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { code: 'MODEL_UNSUPPORTED' } })
})

describe('a job that is canceled', () => {
  test('while it is drawn ends at once, and the others of its batch get their images', async () => {
    const { draw } = open()
    const controller = new AbortController()
    const steps: number[] = []
    const canceled = draw(
      request(['a'], { steps: 8, signal: controller.signal, onSteps: n => n === 2 && controller.abort() }),
    )
    const other = draw(request(['b'], { steps: 8, onSteps: n => void steps.push(n) }))
    await expect(canceled).rejects.toMatchObject({ code: 'CANCELED' })
    expect(steps.length).toBeLessThan(9)
    await expect(other).resolves.toHaveLength(1)
    expect(calls).toEqual([['a', 'b']])
  })

  test('alone in its batch stops the drawing within a step', async () => {
    const { draw } = open()
    const controller = new AbortController()
    const seen: number[] = []
    const onSteps = (n: number) => {
      seen.push(n)
      if (n === 3) controller.abort()
    }
    await expect(draw(request(['a'], { steps: 500, signal: controller.signal, onSteps }))).rejects.toThrow('stopped')
    await draw(request(['b']))
    expect(seen).toEqual([0, 1, 2, 3])
  })

  test('before it is drawn costs no call', async () => {
    const { draw } = open()
    await expect(draw(request(['a'], { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'CANCELED' })
    expect(calls).toEqual([])
  })
})

test('closing lets the running call end and refuses what waits', async () => {
  const { draw, close } = open(1)
  const first = draw(request(['a']))
  while (calls.length === 0) await new Promise(resolve => setTimeout(resolve, 1))
  const second = expect(draw(request(['b']))).rejects.toMatchObject({ code: 'CANCELED' })
  await close()
  await expect(first).resolves.toHaveLength(1)
  await second
  await expect(draw(request(['c']))).rejects.toMatchObject({ code: 'CANCELED' })
  expect(calls).toEqual([['a']])
})

test('a device that is lost is opened again, and jobs that shared its batch are drawn alone', async () => {
  let first = true
  const { draw } = open(4, async (base, rows, options) => {
    calls.push(rows.map(({ prompt }) => prompt))
    const lost = new AppError('DEVICE_LOST', 'the device process was killed', 'Run it again.')
    if (!first) return serving.draw(base, rows, options)
    first = false
    throw lost
  })
  await expect(Promise.all([draw(request(['a'])), draw(request(['b']))])).resolves.toHaveLength(2)
  expect(calls).toEqual([['a', 'b'], ['a'], ['b']])
})

test('what a request leaves out is what the engine takes it for: such rows share a call with rows that say it', async () => {
  const { draw } = open()
  const { rows, ...rest } = request(['said', 'unsaid'], { steps: 20, guidance: 5 })
  const bare = rows.map(({ prompt, seed }) => ({ prompt, seed, ...SIZE }))
  await Promise.all([draw({ ...rest, rows: rows.slice(0, 1) }), draw({ ...rest, rows: bare.slice(1) })])
  expect(calls).toEqual([['said', 'unsaid']])
})
