import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Device,
  type GeneratedImage,
  type ImageRequest,
  type LongPrompt,
  openBase,
  openDevice,
  openPipeline,
  type Pipeline,
} from '../../../../engine/index.ts'
import { randomAdapter } from '../../../../measures/stage/random-adapter.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

let folder: string
let device: Device
let pipeline: Pipeline

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-rows-'))
  device = openDevice({ threads: 1 })
  pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'))))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const adapter = (seed: number, rank: number, targets: string) => randomAdapter(pipeline.base, seed, { rank, targets })

const WIDTH = 48

const difference = (a: GeneratedImage, b: GeneratedImage): number =>
  a.pixels.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b.pixels[i] as number))), 0)

async function draw(requests: readonly ImageRequest[]): Promise<GeneratedImage[]> {
  return pipeline.generate(requests)
}

test('rows with their own adapter, prompt, seed, guidance, steps and sampler draw what each draws alone', async () => {
  const requests: ImageRequest[] = [
    { prompt: 'sks dog', seed: 1, steps: 3, guidance: 5, adapter: adapter(1, 2, 'attention') },
    {
      prompt: 'a dog',
      negative: 'cat',
      seed: 2,
      steps: 5,
      guidance: 1,
      adapter: adapter(2, 5, 'cross-attention'),
    },
    { prompt: 'red sks', seed: 2n ** 63n, steps: 4, guidance: 3, rescale: 0.5 },
    {
      ...{ prompt: '', seed: 2 ** 53 - 1, steps: 1, guidance: 7, scheduler: 'ddim' },
      ...{ adapter: adapter(3, 1, 'attention'), adapterScale: 0.7 },
    },
    { prompt: 'dog', seed: 4, steps: 3, guidance: 4, adapter: adapter(4, 3, 'convolutions') },
    {
      ...{ prompt: 'sks', seed: 5, steps: 2, adapterScale: 0.5 },
      adapter: adapter(5, 1, 'convolutions,attention'),
    },
  ]
  const together = await draw(requests)
  for (const [row, request] of requests.entries()) {
    const [alone] = (await draw([request])) as [GeneratedImage]
    // The range of a picture is 2.
    expect(difference(together[row] as GeneratedImage, alone), `row ${row}`).toBeLessThanOrEqual(2e-5)
    if (!request.adapter) continue
    const { adapter: _, adapterScale, ...plain } = request
    const [without] = (await draw([plain])) as [GeneratedImage]
    expect(difference(without, alone), `row ${row} without its adapter`).toBeGreaterThan(1e-3)
  }
})

test('a prompt may be empty, longer than the text encoder reads, or of letters it does not know', async () => {
  const prompts = ['', 'sks '.repeat(500), '🙂🙂 ☃ ünï 漢字 \ud800', '<|startoftext|><|endoftext|>']
  for (const { pixels } of await draw(prompts.map(prompt => ({ prompt, seed: 1, steps: 1 }))))
    expect(pixels.every(Number.isFinite)).toBe(true)
})

describe('words beyond the length of the text encoder', () => {
  const drawWords = (counts: readonly number[], longPrompt?: LongPrompt) =>
    draw(counts.map(count => ({ prompt: 'sks '.repeat(count), seed: 1, steps: 1, longPrompt })))
  test('have an effect', async () => {
    const [short, long] = (await drawWords([75, 76])) as [GeneratedImage, GeneratedImage]
    expect(difference(short, long)).toBeGreaterThan(1e-3)
  })
  test('have none where they are cut', async () => {
    const [short, long] = (await drawWords([75, 500], 'cut')) as [GeneratedImage, GeneratedImage]
    expect(difference(short, long)).toBe(0)
  })
  test('of one image leave the others of its batch, and itself, as each is alone', async () => {
    const tokens = { placeholder: '<me>', embeddings: [{ component: 'text_encoder', count: 3, width: WIDTH }] }
    const own = adapter(6, 2, 'attention')
    const learned = new Map([...own.tensors, ['text_encoder.token_rows', new Float32Array(3 * WIDTH).fill(0.3)]])
    const requests: ImageRequest[] = [
      { prompt: 'a dog', seed: 1, steps: 2, guidance: 3 },
      { prompt: 'dog sks '.repeat(60), seed: 2, steps: 3, guidance: 3 },
      { prompt: 'a (dog BREAK sks:1.3)', negative: 'sks '.repeat(160), seed: 3, steps: 2, guidance: 4 },
      { prompt: 'a', negative: 'sks '.repeat(160), seed: 4, steps: 2, guidance: 1 },
      {
        prompt: `${'a '.repeat(74)}<me> dog`,
        seed: 5,
        steps: 2,
        guidance: 4,
        adapter: { ...own, tokens, tensors: learned },
      },
      { prompt: 'dog', negative: 'a BREAK b', seed: 6, steps: 2, guidance: 4 },
    ]
    const together = await draw(requests)
    const reversed = (await draw(requests.toReversed())).toReversed()
    for (const [row, request] of requests.entries()) {
      const [alone] = (await draw([request])) as [GeneratedImage]
      expect(difference(together[row] as GeneratedImage, alone), `row ${row}`).toBeLessThanOrEqual(2e-5)
      expect(difference(reversed[row] as GeneratedImage, alone), `row ${row}`).toBeLessThanOrEqual(2e-5)
    }
  })
  test('count steps over all calls that a batch takes', async () => {
    const steps: number[][] = []
    const requests = ['a', 'a BREAK b'].map((prompt, i) => ({ prompt, seed: 1, steps: 2 + i }))
    await pipeline.generate(requests, { onStep: ({ step, steps: all }) => steps.push([step, all]) })
    expect(steps).toEqual([1, 2, 3, 4, 5].map(step => [step, 5]))
  })
})

test.each([
  [{ seed: -1 }, 'seed -1'],
  [{ seed: 0.5 }, 'seed 0.5'],
  [{ seed: 2 ** 53 }, 'seed 9007199254740992'],
  [{ seed: 2n ** 64n }, 'seed 18446744073709551616'],
  [{ steps: 0 }, 'steps is 0'],
  [{ steps: 1.5 }, 'steps is 1.5'],
  [{ scheduler: 'constructor' }, '"constructor"'],
  [{ guidance: 1e38, negative: 'cat' }, 'image 1'],
])('%o is refused and named', async (wrong: Partial<ImageRequest>, name) => {
  const run = pipeline.generate([{ prompt: 'sks', seed: 1, steps: 2, ...wrong }])
  await expect(run).rejects.toMatchObject({ message: expect.stringContaining(name), next: expect.any(String) })
})

test.each([
  [15, 'multiples of 2, 4 or more', '16 x 16'],
  [2, 'multiples of 2, 4 or more', '4 x 16'],
  [0, 'multiples of 2, 4 or more', '4 x 16'],
  [-16, 'multiples of 2, 4 or more', '4 x 16'],
  [16.5, 'multiples of 2, 4 or more', '16 x 16'],
  [65536, '1048576 pixels; at most 262144', '32768 x 8'],
])('a width of %d is refused with what is allowed and the nearest right size', async (width, message, next) => {
  const run = pipeline.generate([{ prompt: 'sks', seed: 1, steps: 1, width }])
  await expect(run).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining(message),
    next: `The nearest size is ${next}.`,
  })
})
