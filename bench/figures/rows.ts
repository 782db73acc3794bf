/** Row-wise adapters: what eight different ones in a batch cost, and whether a row depends on its neighbours. */

import { lowRankHook, lowRankTensors } from '../../engine/adapters/pairs.ts'
import { createGraph, elements } from '../../engine/graph/graph.ts'
import { encode } from '../../engine/graph/onnx.ts'
import { openBase, openPipeline } from '../../engine/index.ts'
import { normals } from '../../engine/noise.ts'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import { layoutOf, viewsOf } from '../../engine/runtime/layout.ts'
import type { Feed, Inline } from '../../engine/runtime/protocol.ts'
import { runOnce } from '../../engine/runtime/run.ts'
import { levelError } from '../../measures/engine/levels.ts'
import { rangeError } from '../../measures/engine/parity.ts'
import { type Claim, type Figure, measured, notMeasured } from '../../measures/figure.ts'
import { ratioFigure } from '../../measures/ratios.ts'
import { randomAdapter } from '../../measures/stage/random-adapter.ts'
import { interleavedPairs } from '../../measures/statistics.ts'
import { watchForeignLoad } from '../foreign-load.ts'
import { drawFeeds, missingModel, openMeasured } from '../measured-models.ts'
import type { BenchContext, FigureSource } from '../source.ts'
import { type BenchUnet, predict, type UnetShape } from '../unet.ts'

const ROWS = 8
const BUDGET = { pairs: 60, maxSeconds: 180 }
const RANK = 16
/** A batch runs its session step after step; the first after a change of session finds cold caches on either side. */
const STEPS = 4
const DISTINCT: Claim = { name: 'rows.distinct', unit: 'throughput ratio', better: 'higher', floor: 0.9, goal: 0.96 }
const EQUAL: Claim = { name: 'rows.equal', unit: '', better: 'lower', floor: 0, goal: null }
const ALONE: Claim = { name: 'rows.alone', unit: 'levels of 255', better: 'lower', floor: 1, goal: null }

type Feeds = Record<string, Inline>
interface Scene {
  readonly context: BenchContext
  readonly folder: string
  readonly device: Device
  readonly model: BenchUnet
  readonly shape: UnetShape
  readonly feeds: Feeds
}
const PROMPTS = [
  'a photo of a person on a beach',
  'a pencil sketch of a person',
  'a neon drawing of a cat',
  'pixel art of a person',
]
const isAdapter = (name: string): boolean => name.includes('.lora_')

/** A session of `shape` whose adapters have `rows` rows; none for 0. */
async function openRows({ device, model }: Scene, shape: UnetShape, rows: number) {
  const graph = createGraph()
  const options = rows > 0 ? { adapt: lowRankHook(graph, model.modules(RANK), { rows }) } : {}
  const session = await device.open(
    encode({ output: predict(graph, model, shape, options) }, model.locate),
    'inference',
  )
  return (feeds: Record<string, Feed>): Promise<Float32Array> => runOnce(device, session, feeds, 'output')
}

/** Eight adapters that change the output visibly. */
const drawAdapters = (model: BenchUnet): Feeds =>
  Object.fromEntries(
    lowRankTensors(model.modules(RANK), ROWS).map(({ name, shape }, index) => [
      name,
      { data: normals(9, index, elements(shape)).map(value => 0.1 * value), dtype: 'float32', shape },
    ]),
  )

/** The same rows with one another's adapters and inputs, all but row `kept`. */
const withOtherNeighbours = (feeds: Feeds, kept: number): Feeds =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => {
      const size = feed.data.length / ROWS
      const source = feed.data as Float32Array
      const data = source.slice()
      const others = Array.from({ length: ROWS }, (_, row) => row).filter(row => row !== kept)
      others.forEach((row, i) => {
        const from = others[(i + 1) % others.length] as number
        data.set(source.subarray(from * size, (from + 1) * size), row * size)
      })
      return [name, { ...feed, data }]
    }),
  )

/** The adapters lie on the device, as they do while a batch is drawn. */
async function placeAdapters({ device, model }: Scene, feeds: Feeds): Promise<Record<string, Feed>> {
  const layout = layoutOf(lowRankTensors(model.modules(RANK), ROWS))
  await device.alloc('adapters', layout.total)
  for (const { name, offset } of layout.slots) await device.write('adapters', offset, feeds[name]?.data as Float32Array)
  return viewsOf(layout, 'adapters')
}

async function measureDistinct(scene: Scene): Promise<Figure> {
  const { context, device, shape, feeds } = scene
  const [bare, adapted] = [await openRows(scene, shape, 0), await openRows(scene, shape, ROWS)]
  const bareFeeds = Object.fromEntries(Object.entries(feeds).filter(([name]) => !isAdapter(name)))
  const adaptedFeeds = { ...bareFeeds, ...(await placeAdapters(scene, feeds)) }
  const timed =
    (run: (feeds: Record<string, Feed>) => Promise<Float32Array>, own: Record<string, Feed>) => async () => {
      await run(own)
      const start = performance.now()
      for (let step = 0; step < STEPS; step++) await run(own)
      return (performance.now() - start) / STEPS
    }
  const load = watchForeignLoad([device.pid])
  const pairs = await interleavedPairs(timed(bare, bareFeeds), timed(adapted, adaptedFeeds), context.budget(BUDGET))
  const note = `batch ${ROWS}, rank ${RANK}, adapters on the device, ${STEPS} steps in a row after an uncounted one`
  return ratioFigure(DISTINCT, pairs, 'ms', { note, foreignLoad: load() })
}

/** A row must not depend on what the other rows are: not one bit of it. */
async function measureEqual(scene: Scene): Promise<Figure> {
  const { shape, feeds } = scene
  const predictAll = await openRows(scene, shape, ROWS)
  const before = await predictAll(feeds)
  const errors: number[] = []
  const size = before.length / ROWS
  for (let row = 0; row < ROWS; row++) {
    const after = await predictAll(withOtherNeighbours(feeds, row))
    const part = [row * size, (row + 1) * size] as const
    errors.push(rangeError(after.subarray(...part), before.subarray(...part)))
  }
  const note =
    'max difference / range of a row when all other rows get other adapters, samples, prompts and steps; n rows'
  return measured(EQUAL, Math.max(...errors), ROWS, note)
}

/**
 * Whole images of a mixed batch against each drawn by itself. Other batch sizes use other kernels, so the last bits of
 * fp32 differ, and a UNet given random numbers instead of prompts amplifies them (torch in fp32 is as far from float64):
 * what counts is the image.
 */
async function measureAlone({ device, folder }: Scene): Promise<Figure> {
  const base = await openBase(folder)
  const pipeline = openPipeline(device, base)
  const fingerprint = await base.fingerprint()
  const requests = PROMPTS.map((prompt, index) => ({
    ...{ prompt, seed: index, steps: 10, guidance: 3 },
    adapter: { ...randomAdapter(base, index + 1, { rank: 4 + 4 * index, fingerprint }), scale: 0.1 },
  }))
  const together = await pipeline.generate(requests)
  const errors: number[] = []
  for (const [index, request] of requests.entries()) {
    const [alone] = await pipeline.generate([request])
    errors.push(levelError(together[index]?.pixels ?? [], alone?.pixels as Float32Array))
  }
  const note = 'images of one mixed batch against each drawn alone: other adapters, ranks and prompts; n images'
  return measured(ALONE, Math.max(...errors), errors.length, note)
}

const MEASURES = { [DISTINCT.name]: measureDistinct, [EQUAL.name]: measureEqual, [ALONE.name]: measureAlone }

async function run(context: BenchContext): Promise<Figure[]> {
  const missing = missingModel(context, 'base')
  const folder = context.demoBase
  if (missing || !folder)
    return [DISTINCT, EQUAL, ALONE].map(claim => notMeasured(claim, missing ?? 'the demo base is not here'))
  const { model, shape: one } = await openMeasured(context, 'base')
  const shape = { ...one, batch: ROWS }
  const { target: _, ...inputs } = drawFeeds(model, shape)
  const feeds = { ...inputs, ...drawAdapters(model) }
  const figures: Figure[] = []
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (!context.wants(name)) continue
    const device = openDevice({ threads: context.threads })
    try {
      figures.push(await measure({ context, folder, device, model, shape, feeds }))
    } finally {
      await device.kill()
    }
  }
  return figures
}

export const rows: FigureSource = { names: [DISTINCT.name, EQUAL.name, ALONE.name], minutes: 3, run }
