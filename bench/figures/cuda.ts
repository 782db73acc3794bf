/** A CUDA device against the CPU, where there is one: same values, every node placed on it, and how much faster. */

import { createGraph } from '../../engine/graph/graph.ts'
import { encode } from '../../engine/graph/onnx.ts'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import type { Profile } from '../../engine/runtime/protocol.ts'
import { runOnce } from '../../engine/runtime/run.ts'
import { AppError } from '../../errors.ts'
import { rangeError } from '../../measures/engine/parity.ts'
import { type Claim, type Figure, measured, notMeasured } from '../../measures/figure.ts'
import { ratioFigure } from '../../measures/ratios.ts'
import { interleavedPairs } from '../../measures/statistics.ts'
import { missingModel, openMeasured } from '../measured-models.ts'
import type { BenchContext, FigureSource } from '../source.ts'
import { predict } from '../unet.ts'

const PARITY: Claim = { name: 'cuda.parity', unit: '', better: 'lower', floor: 1e-3, goal: null }
const PLACEMENT: Claim = { name: 'cuda.placement', unit: 'refused', better: 'lower', floor: 0, goal: null }
const SPEED: Claim = { name: 'cuda.speed', unit: 'time ratio', better: 'lower', floor: null, goal: null }
const CLAIMS = [PARITY, PLACEMENT, SPEED]

type Forward = () => Promise<Float32Array>

/** The demo base's UNet on a device, with fixed inputs. */
async function openForward(
  device: Device,
  { model, shape, feeds }: Awaited<ReturnType<typeof openMeasured>>,
  profile: Profile,
): Promise<Forward> {
  const { target: _, ...inputs } = feeds
  const session = await device.open(encode({ output: predict(createGraph(), model, shape, {}) }, model.locate), profile)
  return () => runOnce(device, session, inputs, 'output')
}

const timed = (forward: Forward) => async (): Promise<number> => {
  const start = performance.now()
  await forward()
  return performance.now() - start
}

/** 0 when the runtime accepts the graph without its CPU fallback, 1 when it refuses. */
async function refusals(device: Device, base: Awaited<ReturnType<typeof openMeasured>>): Promise<number> {
  return openForward(device, base, 'placed').then(
    () => 0,
    () => 1,
  )
}

async function measure(cuda: Device, cpu: Device, context: BenchContext): Promise<Figure[]> {
  const base = await openMeasured(context, 'base')
  const [own, reference] = [await openForward(cuda, base, 'inference'), await openForward(cpu, base, 'inference')]
  const error = rangeError(await own(), await reference())
  const pairs = await interleavedPairs(timed(own), timed(reference), { pairs: 20, maxSeconds: 60 })
  return [
    measured(PARITY, error, 1, 'UNet of the demo base, max error / range against the CPU'),
    measured(PLACEMENT, await refusals(cuda, base), 1, 'sessions refused when the CPU fallback is switched off'),
    ratioFigure(SPEED, pairs, 'ms', { note: 'CUDA / CPU, one UNet call' }),
  ]
}

async function run(context: BenchContext): Promise<Figure[]> {
  const all = (why: string) => CLAIMS.map(claim => notMeasured(claim, why))
  const missing = missingModel(context, 'base')
  if (missing) return all(missing)
  const [cuda, cpu] = [openDevice({ provider: 'cuda' }), openDevice({ threads: context.threads })]
  try {
    return await measure(cuda, cpu, context)
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEVICE_UNAVAILABLE') return all(error.message)
    throw error
  } finally {
    await cuda.kill()
    await cpu.kill()
  }
}

export const cudaDevice: FigureSource = { names: CLAIMS.map(({ name }) => name), minutes: 1, run }
