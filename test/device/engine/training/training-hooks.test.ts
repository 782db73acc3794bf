import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGraph, input } from '../../../../engine/graph/graph.ts'
import { encode } from '../../../../engine/graph/onnx.ts'
import * as op from '../../../../engine/graph/ops/index.ts'
import {
  type Adapter,
  type Device,
  encodePng,
  loadAdapter,
  openBase,
  openDevice,
  openPipeline,
  type Pipeline,
  parseAdapter,
  personalize,
  saveAdapter,
  saveImage,
  square,
} from '../../../../engine/index.ts'
import { openSafetensors, parseSafetensors } from '../../../../engine/io/index.ts'
import { uniforms } from '../../../../engine/noise.ts'
import { openSessions } from '../../../../engine/runtime/sessions.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

let folder: string
let device: Device
let pipeline: Pipeline

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-hooks-'))
  device = openDevice({ threads: 1 })
  pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'))))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const photos = [0, 1].map(i => ({ pixels: uniforms(1, i, 3 * 16 * 16).map(v => 2 * v - 1), caption: 'sks dog' }))

test('training hands out its checkpoints and what it would return, and the last of these is what it returns', async () => {
  const path = join(folder, 'checkpoint')
  const written: [number, string | undefined][] = []
  const taken: [number, Adapter][] = []
  const adapter = await personalize(
    pipeline,
    { photos, subject: 'sks dog' },
    {
      ...{ method: 'lora', options: { rank: 2 }, steps: 4, batch: 1 },
      checkpoint: {
        path,
        every: 3,
        written: async step => void written.push([step, (await openSafetensors(path)).metadata.step]),
      },
      snapshot: { every: 2, take: async (step, [one]) => void (one && taken.push([step, one])) },
    },
  )
  expect(written).toEqual([[3, '3']])
  expect(taken.map(([step]) => step)).toEqual([2, 4])
  const [[, half], [, last]] = taken as [[number, Adapter], [number, Adapter]]
  expect(last).toEqual(adapter)
  expect(half.tensors).not.toEqual(adapter.tensors)
  const files = [join(folder, 'adapter'), join(folder, 'last')] as const
  await saveAdapter(files[0], adapter)
  await saveAdapter(files[1], last)
  expect(await readFile(files[0])).toEqual(await readFile(files[1]))
  const bytes = await readFile(files[0])
  expect(await parseAdapter('adapter', bytes, pipeline.base)).toEqual(await loadAdapter(files[0], pipeline.base))
})

test('a failing hook ends the training with its own failure', async () => {
  const run = personalize(
    pipeline,
    { photos, subject: 'sks dog' },
    {
      ...{ method: 'lora', options: { rank: 2 }, steps: 3, batch: 1 },
      checkpoint: { path: join(folder, 'failing'), every: 1, written: () => Promise.reject(new Error('no room')) },
    },
  )
  await expect(run).rejects.toThrow('no room')
})

test('bytes in memory are refused like a file, under the name they were given', async () => {
  const path = join(folder, 'base/unet/diffusion_pytorch_model.safetensors')
  const [bytes, file] = [await readFile(path), await openSafetensors(path)]
  const parsed = await parseSafetensors('the upload', bytes)
  const [name] = file.tensors.keys()
  expect(parsed.tensors).toEqual(file.tensors)
  expect(await parsed.read(name as string)).toEqual(await file.read(name as string))
  for (const cut of [0, 4, 100, bytes.length - 1])
    await expect(parseSafetensors('the upload', bytes.subarray(0, cut))).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('the upload'),
    })
})

test('a picture in memory has the bytes of its file', async () => {
  const [path, pixels] = [join(folder, 'picture.png'), photos[0]?.pixels as Float32Array]
  await saveImage(path, pixels, square(16))
  expect(Buffer.from(await encodePng('picture', pixels, square(16)))).toEqual(await readFile(path))
  await expect(encodePng('image 3', new Float32Array(12).fill(Number.NaN), square(2))).rejects.toThrow('image 3')
})

test('beyond a limit the session that was not used for longest is given back, and compiled again when it is needed', async () => {
  const model = () => {
    const graph = createGraph()
    return encode({ y: op.add(input(graph, 'x', 'float32', [1]), 1) }, pipeline.base.locate)
  }
  const { session, close } = openSessions(device, 2)
  const [a, b] = [await session('a', model), await session('b', model)]
  expect(await session('a', model)).toBe(a)
  const c = await session('c', model)
  await expect(device.close(b)).rejects.toThrow(`no session ${b}`)
  expect(await session('b', model)).not.toBe(b)
  await expect(device.close(a)).rejects.toThrow(`no session ${a}`)
  await close()
  await expect(device.close(c)).rejects.toThrow(`no session ${c}`)
})
