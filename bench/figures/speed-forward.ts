/** One denoising pass of the UNet against diffusers: eager fp32 as the floor asks, torch.compile and bf16 beside. */
import { join } from 'node:path'
import { createGraph } from '../../engine/graph/graph.ts'
import { encode } from '../../engine/graph/onnx.ts'
import { openSafetensors } from '../../engine/io/index.ts'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import { runOnce } from '../../engine/runtime/run.ts'
import { rangeError } from '../../measures/engine/parity.ts'
import { type Claim, type Figure, notMeasured } from '../../measures/figure.ts'
import { ratioFigure } from '../../measures/ratios.ts'
import { interleavedPairs, type PairOptions, settled } from '../../measures/statistics.ts'
import { watchForeignLoad } from '../foreign-load.ts'
import { type MeasuredModel, missingModel, openMeasured, SUFFIXES, type Suffix } from '../measured-models.ts'
import type { BenchContext, FigureSource } from '../source.ts'
import { predict } from '../unet.ts'

type Mode = 'eager' | 'compile' | 'bf16'

const nameOf = (suffix: Suffix, mode: Mode): string => `speed.forward.${suffix}${mode === 'eager' ? '' : `.${mode}`}`
const claimOf = (suffix: Suffix, mode: Mode): Claim => ({
  name: nameOf(suffix, mode),
  unit: 'ours/peer',
  better: 'lower',
  floor: mode === 'eager' ? 0.9 : null,
  goal: mode === 'eager' ? 0.7 : null,
})

const BUDGETS: Record<Mode, PairOptions> = {
  eager: { pairs: 60, maxSeconds: 240 },
  compile: { pairs: 10, maxSeconds: 30 },
  bf16: { pairs: 10, maxSeconds: 30 },
}
/** Longest first forward: compiling the full-size network, or bf16 on a processor without it, may take longer than the figure is worth. */
const FIRST_SECONDS: Record<Mode, number> = { eager: 150, compile: 150, bf16: 20 }
/** Same dtype, same inputs: more than this would mean that two different things are timed. */
const SAME: Record<Mode, number> = { eager: 1e-3, compile: 1e-3, bf16: 0.2 }

/** Our side: `run` gives the milliseconds as the caller sees them, message passing included. */
async function openOurs(device: Device, { model, shape, feeds }: MeasuredModel) {
  const graph = createGraph()
  const session = await device.open(encode({ output: predict(graph, model, shape, {}) }, model.locate), 'inference')
  const { target: _, ...own } = feeds
  const run = (): Promise<Float32Array> => runOnce(device, session, own, 'output')
  const time = async (): Promise<number> => {
    const start = performance.now()
    await run()
    return performance.now() - start
  }
  return { run, time }
}

async function measure(context: BenchContext, measured: MeasuredModel, mode: Mode): Promise<Figure> {
  const { peers, threads } = context
  const claim = claimOf(measured.suffix, mode)
  const device = openDevice({ threads })
  const peer = peers.open('diffusers_peer.py')
  try {
    await peer.call('load', { folder: measured.model.folder, threads, mode })
    await peer.call('inputs', { path: measured.inputs })
    const out = join(measured.inputs, '..', `${mode}.safetensors`)
    await peer.call('forward', { out }, FIRST_SECONDS[mode])
    const ours = await openOurs(device, measured)
    const reference = await (await openSafetensors(out)).readFloat32('prediction')
    const error = rangeError(await ours.run(), reference)
    if (!(error <= SAME[mode])) throw new Error(`the predictions differ by ${error} of their range`)
    const theirs = async () => (await peer.call('forward')).ms
    const load = watchForeignLoad([device.pid, peer.pid])
    const pairs = await interleavedPairs(settled(ours.time), settled(theirs), context.budget(BUDGETS[mode]))
    const note = `outputs differ by ${error.toExponential(1)} of their range`
    return ratioFigure(claim, pairs, 'ms', { note, foreignLoad: load() })
  } catch (error) {
    if (mode === 'eager') throw error
    return notMeasured(claim, (error as Error).message.split('\n')[0] ?? '')
  } finally {
    await device.kill()
    await peer.close()
  }
}

const MODES: readonly Mode[] = ['eager', 'compile', 'bf16']

async function run(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const suffix of SUFFIXES) {
    const modes = MODES.filter(mode => context.wants(nameOf(suffix, mode)))
    const missing = context.peers.missing ?? missingModel(context, suffix)
    if (missing) figures.push(...modes.map(mode => notMeasured(claimOf(suffix, mode), missing)))
    else if (modes.length > 0) {
      const measured = await openMeasured(context, suffix)
      for (const mode of modes) figures.push(await measure(context, measured, mode))
    }
  }
  return figures
}

export const speedForward: FigureSource = {
  names: SUFFIXES.flatMap(suffix => MODES.map(mode => nameOf(suffix, mode))),
  minutes: 9,
  run,
}
