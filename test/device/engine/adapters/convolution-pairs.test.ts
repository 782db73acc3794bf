/** Low-rank pairs on convolutions: what they add, and to which layers of a base they belong. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { downName, lowRankHook, upName } from '../../../../engine/adapters/pairs.ts'
import { createGraph, elements, input, type Shape, type Value } from '../../../../engine/graph/graph.ts'
import { encode } from '../../../../engine/graph/onnx.ts'
import * as op from '../../../../engine/graph/ops/index.ts'
import { openBase, openDevice } from '../../../../engine/index.ts'
import { lora } from '../../../../engine/methods/lora.ts'
import type { Layer } from '../../../../engine/nets/blocks.ts'
import { normals } from '../../../../engine/noise.ts'
import { runOutputs } from '../../../../engine/runtime/run.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-convolutions-'))
const device = openDevice({ threads: 1 })
const bases = await Promise.all(
  (['sd1', 'sd2', 'sdxl'] as const).map(async kind => openBase(await writeTinyBase(join(folder, kind), kind))),
)
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

const draw = (seed: number, shape: Shape) => ({
  data: normals(seed, 0, elements(shape)),
  dtype: 'float32' as const,
  shape,
})

/** W + scale * B A, with A as `[rank, in * k * k]`. */
function fused(weight: Float32Array, down: Float32Array, up: Float32Array, rank: number, scale: number): Float32Array {
  const columns = down.length / rank
  return weight.map((value, i) => {
    let change = 0
    for (let r = 0; r < rank; r++)
      change += (up[Math.floor(i / columns) * rank + r] ?? 0) * (down[r * columns + (i % columns)] ?? 0)
    return value + scale * change
  })
}

const PER_ROW = 2
const sides = { in: 5, out: 7 }
const scale = 0.75

test.each([
  { kernel: 3, stride: 1, pads: 1, rank: 4, rows: 1 },
  { kernel: 3, stride: 1, pads: 1, rank: 4, rows: 3 },
  { kernel: 3, stride: 2, pads: 1, rank: 2, rows: 3 },
  { kernel: 3, stride: 2, pads: [0, 0, 1, 1], rank: 2, rows: 2 },
  { kernel: 1, stride: 1, pads: 0, rank: 3, rows: 2 },
])('a pair changes each row as its own weight would: %o', async ({ kernel, stride, pads, rank, rows }) => {
  const module = { component: 'unet', key: 'conv', ...sides, kernel, rank }
  const feeds = {
    x: draw(1, [rows * PER_ROW, sides.in, 6, 8]),
    weight: draw(2, [sides.out, sides.in, kernel, kernel]),
    [downName(module)]: draw(3, [rows, rank, sides.in, kernel, kernel]),
    [upName(module)]: draw(4, [rows, sides.out, rank, 1, 1]),
  }
  const graph = createGraph()
  const [x, weight] = [
    input(graph, 'x', 'float32', feeds.x!.shape),
    input(graph, 'weight', 'float32', feeds.weight!.shape),
  ]
  const layer: Layer = { key: 'conv', kernel, x, y: op.conv(x, weight, { stride, pads }), stride, pads }
  const out = lowRankHook(graph, [module], { rows, scale })('unet', layer)
  const expected = op.split(x, 0, Array<number>(rows).fill(PER_ROW)).map((images, row) => {
    const name = `fused ${row}`
    const own = (of: { data: Float32Array }) =>
      of.data.subarray((row * of.data.length) / rows, ((row + 1) * of.data.length) / rows)
    const data = fused(feeds.weight!.data, own(feeds[downName(module)]!), own(feeds[upName(module)]!), rank, scale)
    feeds[name] = { ...feeds.weight!, data }
    return op.conv(images, input(graph, name, 'float32', feeds.weight!.shape), { stride, pads })
  })
  const wanted = rows === 1 ? (expected[0] as Value) : op.concat(expected, 0)
  const session = await device.open(encode({ out, wanted }, bases[0]!.locate), 'inference')
  const { out: found, wanted: reference } = await runOutputs(device, session, feeds, ['out', 'wanted'])
  const largest = reference.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const error = found.reduce((worst, value, i) => Math.max(worst, Math.abs(value - reference[i]!)), 0)
  expect(error / largest).toBeLessThanOrEqual(1e-5)
})

test('the set "convolutions" is every convolution of the blocks with the kernels of the base, and no linear layer', () => {
  for (const base of bases) {
    const { modules } = lora.plan(base, lora.options.parse({ targets: 'convolutions' }))
    const convolutions = [...base.shapes].flatMap(([name, shape]) => {
      const own =
        name.startsWith('unet.') && shape.length === 4 && !/\.proj_(in|out)\.|unet\.conv_(in|out)\./.test(name)
      return own ? [[name.replace(/^unet\.|\.weight$/g, ''), shape]] : []
    })
    expect(convolutions.length).toBeGreaterThan(15)
    const found = modules.map(module => [module.key, [module.out, module.in, module.kernel, module.kernel]])
    expect(new Map(found as [string, Shape][])).toEqual(new Map(convolutions as [string, Shape][]))
  }
})
