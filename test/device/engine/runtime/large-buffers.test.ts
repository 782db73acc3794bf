/** State that is larger than one message: device buffers, trainings that start from weight files, and their checkpoints. */
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGraph, input } from '../../../../engine/graph/graph.ts'
import type { TensorLocation } from '../../../../engine/graph/onnx.ts'
import * as op from '../../../../engine/graph/ops/index.ts'
import { openDevice } from '../../../../engine/index.ts'
import { openSafetensors, type TensorData, writeSafetensors } from '../../../../engine/io/index.ts'
import { normals } from '../../../../engine/noise.ts'
import { CHUNK } from '../../../../engine/runtime/chunks.ts'
import { fileRanges, layoutOf } from '../../../../engine/runtime/layout.ts'
import type { FileRange } from '../../../../engine/runtime/protocol.ts'
import { ADAMW_DEFAULTS } from '../../../../engine/training/optim/adamw.ts'
import { type Objective, type TrainOptions, train } from '../../../../engine/training/train.ts'

const device = openDevice({ threads: 1 })
let folder: string
let weights: string
const COUNT = 2 * CHUNK + 12_345
/** Numbers that half precision holds too: as 0x3c00 + k, 1 + k / 1024. */
const halves = Uint16Array.from({ length: COUNT }, (_, i) => 0x3c00 + (i % 1000))
const values = Float32Array.from(halves, half => 1 + (half - 0x3c00) / 1024)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-large-'))
  weights = join(folder, 'weights.safetensors')
  const brains = Uint16Array.from(new Uint32Array(normals(1, 0, COUNT).buffer), word => word >>> 16)
  const tensors: [string, TensorData][] = [
    ['bf16', { dtype: 'BF16', shape: [COUNT], data: brains }],
    ['f16', { dtype: 'F16', shape: [COUNT], data: halves }],
    ['f32', { dtype: 'F32', shape: [COUNT], data: values }],
  ]
  await writeSafetensors(weights, new Map(tensors))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

async function pieceOf(name: string, at = 0): Promise<FileRange> {
  const info = (await openSafetensors(weights)).tensors.get(name)
  if (!info) throw new Error(`no tensor ${name}`)
  return { path: weights, offset: info.offset, bytes: info.bytes, dtype: info.dtype, at }
}

test('what is written to a buffer in several messages is read back as it was', async () => {
  await device.alloc('b', COUNT + 10)
  await device.write('b', 7, values)
  expect(Buffer.compare(bytes(await device.read('b', 7, COUNT)), bytes(values))).toBe(0)
  expect(Array.from(await device.read('b', CHUNK, 10))).toEqual(Array.from(values.subarray(CHUNK - 7, CHUNK + 3)))
  expect(Array.from(await device.read('b', 0, 7))).toEqual([0, 0, 0, 0, 0, 0, 0])
  await device.free('b')
})

test.each(['f32', 'f16', 'bf16'])(
  'a file range of %s longer than one read fills a buffer with its values',
  async name => {
    await device.alloc('b', COUNT + 5)
    await device.load('b', [await pieceOf(name, 5)])
    const expected = await (await openSafetensors(weights)).readFloat32(name)
    expect(Buffer.compare(bytes(await device.read('b', 5, COUNT)), bytes(expected))).toBe(0)
    await device.free('b')
  },
)

test('a file that ends within the range fails by name instead of leaving zeros', async () => {
  const cut = join(folder, 'cut.safetensors')
  await writeSafetensors(cut, new Map([['f32', { dtype: 'F32', shape: [COUNT], data: values }]]))
  const info = (await openSafetensors(cut)).tensors.get('f32')
  await truncate(cut, 4 * CHUNK + 100)
  await device.alloc('b', COUNT)
  const chunk = { path: cut, offset: info?.offset ?? 0, bytes: info?.bytes ?? 0, dtype: 'F32' as const, at: 0 }
  await expect(device.load('b', [chunk])).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    message: expect.stringContaining(cut),
  })
  await device.free('b')
})

test('a buffer takes memory when it is filled, and gives it back when it is freed', async () => {
  // Large beside what the heap of the process comes and goes by.
  const elements = 1 << 27
  const resident = async () => (await device.info()).memory.resident
  const before = await resident()
  await device.alloc('big', elements)
  expect((await resident()) - before).toBeLessThan(elements)
  for (let at = 0; at < elements; at += COUNT) await device.write('big', at, values.subarray(0, elements - at))
  const full = await resident()
  expect(full - before).toBeGreaterThan(3.5 * elements)
  await device.free('big')
  expect(full - (await resident())).toBeGreaterThan(3.5 * elements)
})

/** Draws every number of a flat buffer to zero. */
function shrinking(initialize: Objective['initialize']): Objective {
  const graph = createGraph()
  const half = input(graph, 'f16', 'float32', [COUNT])
  const single = input(graph, 'f32', 'float32', [COUNT])
  const sum = op.add(op.mul(half, half), op.mul(single, single))
  return {
    losses: op.reduceMean(sum, [0], true),
    trainables: [half, single],
    layout: layoutOf([half, single], 0),
    locate: key => {
      throw new Error(`asked for ${key}`)
    },
    initialize,
    feeds: () => ({}),
  }
}

const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  ...{ steps: 2, learningRate: 1e-2, schedule: 'constant', warmup: 0, adamw: ADAMW_DEFAULTS, clip: 1, accumulate: 1 },
  ...{ profile: 'lean', identity: 'shrinking' },
  ...more,
})

test('a training that starts from weight files gives what the same numbers give, and its checkpoint goes on', async () => {
  const [f16, f32] = [await pieceOf('f16'), await pieceOf('f32')]
  const locations: Record<string, TensorLocation> = {
    f16: { ...f16, dtype: 'float16' },
    f32: { ...f32, dtype: 'float32' },
  }
  const layout = shrinking(async () => []).layout
  const chunks = fileRanges(layout, key => locations[key] as TensorLocation)
  const fromFiles = shrinking(async () => chunks)
  const numbers = new Float32Array(2 * COUNT)
  numbers.set(values)
  numbers.set(values, COUNT)
  const straight = await train(
    device,
    shrinking(async () => numbers),
    options({ ema: 0.9 }),
  )
  expect(Buffer.compare(bytes(await train(device, fromFiles, options({ ema: 0.9 }))), bytes(straight))).toBe(0)

  const checkpoint = { path: join(folder, 'stop.checkpoint'), every: 1 }
  const stop = new AbortController()
  const stopped = train(
    device,
    fromFiles,
    options({ ema: 0.9, checkpoint, signal: stop.signal, onStep: () => stop.abort() }),
  )
  await expect(stopped).rejects.toMatchObject({ code: 'CANCELED' })
  const resumed = await train(device, fromFiles, options({ ema: 0.9, checkpoint }))
  expect(Buffer.compare(bytes(resumed), bytes(straight))).toBe(0)
})

test('tensors that come chunk by chunk give the bytes of the same tensors given whole', async () => {
  const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')]
  const both = { dtype: 'F32' as const, shape: [COUNT] }
  async function* chunks() {
    for (let at = 0; at < COUNT; at += CHUNK) yield values.subarray(at, at + CHUNK)
  }
  const metadata = { step: '1' }
  await writeSafetensors(whole, new Map([['a', { ...both, data: values }]]), metadata)
  await writeSafetensors(parts, new Map([['a', { ...both, data: chunks() }]]), metadata)
  expect(Buffer.compare(await readFile(whole), await readFile(parts))).toBe(0)
})

test('a stream that is too short leaves the old file in place', async () => {
  const path = join(folder, 'short')
  await writeSafetensors(path, new Map([['a', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }]]))
  const old = await readFile(path)
  async function* short() {
    yield Float32Array.of(1)
  }
  const broken = writeSafetensors(path, new Map([['a', { dtype: 'F32', shape: [2], data: short() }]]))
  await expect(broken).rejects.toThrow('takes 8 bytes, not 4')
  expect(await readFile(path)).toEqual(old)
})

const bytes = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
