import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { gradients } from '../../../../engine/graph/grad.ts'
import {
  constant,
  createGraph,
  input,
  parameter,
  reachable,
  type Shape,
  segment,
  type Value,
} from '../../../../engine/graph/graph.ts'
import { encode } from '../../../../engine/graph/onnx.ts'
import * as op from '../../../../engine/graph/ops/index.ts'
import { recompute } from '../../../../engine/graph/recompute.ts'
import { openBase, openDevice, openPipeline, personalize } from '../../../../engine/index.ts'
import { openSafetensors, type TensorInfo, writeSafetensors } from '../../../../engine/io/index.ts'
import { normals, uniforms } from '../../../../engine/noise.ts'
import type { Device } from '../../../../engine/runtime/device.ts'
import { layoutOf } from '../../../../engine/runtime/layout.ts'
import type { Inline } from '../../../../engine/runtime/protocol.ts'
import { runOutputs } from '../../../../engine/runtime/run.ts'
import { buildStep } from '../../../../engine/training/program.ts'
import { readMemory } from '../../../../measures/process-memory.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

const PROFILES = ['lean', 'checkpoint'] as const
type Step = { readonly op: number; readonly other: number; readonly cut: boolean }
const SIDE = 4
const shape: Shape = [SIDE, SIDE]

/** Ops whose rules read inputs, outputs, second outputs or nothing of the forward pass. */
const STEPS: readonly ((x: Value, other: Value) => Value)[] = [
  op.add,
  op.mul,
  (x, other) => op.gemm(x, other, { transB: true, alpha: 0.3 }),
  x => op.sigmoid(x),
  x => op.gelu(x),
  x => op.silu(x),
  x =>
    op.layerNorm(
      x,
      constant(x.graph, [SIDE], Float32Array.of(1, 2, 3, 4)),
      constant(x.graph, [SIDE], normals(1, 0, SIDE)),
    ),
]

/** A chain in which every value may be read again far later, cut into segments at random places. */
function draw(steps: readonly Step[]) {
  const graph = createGraph()
  const wanted = ['a', 'b'].map(name => input(graph, name, 'float32', shape))
  const values = [...wanted]
  for (let from = 0; from < steps.length; ) {
    const next = steps.findIndex((step, i) => i > from && step.cut)
    const to = next < 0 ? steps.length : next
    segment(graph, () => {
      for (const { op: kind, other } of steps.slice(from, to)) {
        const build = STEPS[kind % STEPS.length] as (typeof STEPS)[number]
        values.push(build(values.at(-1) as Value, values[other % values.length] as Value))
      }
    })
    from = to
  }
  const sum = op.add(op.add(values.at(-1) as Value, wanted[0] as Value), wanted[1] as Value)
  return { loss: op.reduceMean(op.mul(sum, sum), [0, 1]), wanted }
}

async function run(
  on: Device,
  loss: Value,
  wanted: readonly Value[],
  profile: (typeof PROFILES)[number],
  feeds: Record<string, Inline>,
) {
  const parts = gradients(loss, wanted, profile === 'checkpoint' ? recompute(loss) : undefined)
  const outputs = Object.fromEntries(parts.map((value, i) => [`d${i}`, value]))
  const session = await on.open(encode({ loss, ...outputs }), profile)
  const results = await runOutputs(on, session, feeds, ['loss', ...Object.keys(outputs)])
  await on.close(session)
  return Object.values(results)
}

const step = fc.record({ op: fc.nat(STEPS.length - 1), other: fc.nat(30), cut: fc.boolean() })

test('gradients of any graph are the plain ones bit for bit, wherever its segments begin and end', async () => {
  const feeds = Object.fromEntries(
    ['a', 'b'].map((name, i) => [name, { data: normals(3, i, SIDE * SIDE), dtype: 'float32' as const, shape }]),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 24 }), async steps => {
      const results = []
      for (const profile of PROFILES) {
        const { loss, wanted } = draw(steps)
        results.push(await run(device, loss, wanted, profile, feeds))
      }
      expect(results[1]).toEqual(results[0])
    }),
    { numRuns: 60, seed: 5 },
  )
})

/** Eight segments of seven values of `count` floats, of which the plain backward pass needs most. */
function deep(count: number) {
  const graph = createGraph()
  const wanted = [input(graph, 'a', 'float32', [count])]
  let x = wanted[0] as Value
  for (let i = 0; i < 8; i++)
    x = segment(graph, () => [0.1, 0.2, 0.3, 0.4].reduce((y, scale) => op.sigmoid(op.mul(y, op.mul(y, scale))), x))
  return { loss: op.reduceMean(x, [0]), wanted }
}

test('what is computed again waits for the gradient that needs it', () => {
  const { loss, wanted } = deep(4)
  const nodes = reachable(gradients(loss, wanted, recompute(loss)))
  const again = nodes.filter(({ name, op: { name: kind } }) => /^again.*sigmoid/.test(name) && kind === 'sigmoid')
  expect(again.length).toBeGreaterThan(16)
  for (const node of again) expect(reachable(node.outputs).some(({ name }) => name.startsWith('grad/'))).toBe(true)
})

test('the runtime keeps the copies apart and late: the peak falls by two fifths', async () => {
  const count = 1 << 21
  const feeds = { a: { data: new Float32Array(count).fill(0.5), dtype: 'float32' as const, shape: [count] } }
  const used: number[] = []
  for (const profile of PROFILES) {
    const fresh = openDevice({ threads: 1 })
    const { loss, wanted } = deep(count)
    await fresh.info()
    const idle = readMemory(fresh.pid).peak
    await run(fresh, loss, wanted, profile, feeds)
    used.push(readMemory(fresh.pid).peak - idle)
    await fresh.kill()
  }
  expect(used[1]).toBeLessThan(0.6 * (used[0] as number))
})

test('half-precision weights give the same gradients cast for each reader as cast once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-halves-'))
  const path = join(folder, 'model.safetensors')
  const data = Uint16Array.from({ length: SIDE * SIDE }, (_, i) => 0x3000 + 97 * i + (i % 2) * 0x8000)
  await writeSafetensors(path, new Map([['w', { dtype: 'F16', shape, data }]]))
  const { offset, bytes } = (await openSafetensors(path)).tensors.get('w') as TensorInfo
  const locate = () => ({ path, offset, bytes, dtype: 'float16' as const })
  const results = []
  for (const profile of PROFILES) {
    const graph = createGraph()
    const x = input(graph, 'x', 'float32', shape)
    const layer = (y: Value) => segment(graph, () => op.silu(op.gemm(y, parameter(graph, 'w', shape))))
    const losses = op.reduceMean(layer(layer(layer(x))), [1])
    const layout = layoutOf([{ name: 'x', shape: [1, ...shape] }], 1)
    const session = await device.open(buildStep({ losses, trainables: [x], layout, locate }, profile), profile)
    const feeds = { x: { data: normals(3, 0, SIDE * SIDE), dtype: 'float32' as const, shape } }
    results.push(await runOutputs(device, session, feeds, ['losses', 'grad:x']))
  }
  expect(results[1]).toEqual(results[0])
  await rm(folder, { recursive: true })
})

test('a personalization in the profile checkpoint is the one in the profile lean, bit for bit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-recompute-'))
  const pipeline = openPipeline(device, await openBase(await writeTinyBase(folder)))
  const photos = [{ pixels: uniforms(1, 0, 3 * 16 * 16).map(v => 2 * v - 1), caption: 'sks dog' }]
  const options = { rank: 2, targets: 'attention,feed-forward,text-encoder' }
  const settings = { method: 'lora', options, steps: 4, batch: 2 }
  const [lean, checkpoint] = [
    await personalize(pipeline, { photos, subject: 'sks dog' }, { ...settings, profile: 'lean' }),
    await personalize(pipeline, { photos, subject: 'sks dog' }, { ...settings, profile: 'checkpoint' }),
  ]
  expect(checkpoint.tensors).toEqual(lean.tensors)
  await rm(folder, { recursive: true })
})
