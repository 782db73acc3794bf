/**
 * What the profile `checkpoint` saves and costs against `lean`: LoRA steps at SD1.5 size, 32x32 latents. Weights stay in
 * their mapped file, whose pages count in VmHWM: 3.4 GB that no profile can save, so the peak is compared at a batch whose
 * activations outweigh them, and the pages that belong to no file are told beside.
 */
import { join } from 'node:path'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import type { Profile } from '../../engine/runtime/protocol.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import { gigabytes, readMemory, watchAnonymous } from '../../measures/process-memory.ts'
import { ratioFigure } from '../../measures/ratios.ts'
import { interleavedPairs, settled } from '../../measures/statistics.ts'
import { watchForeignLoad } from '../foreign-load.ts'
import { makeHalf } from '../half-model.ts'
import { createLora, openLora, RANK } from '../lora-training.ts'
import { type MeasuredModel, openMeasured } from '../measured-models.ts'
import type { BenchContext, FigureSource } from '../source.ts'
import { openUnet } from '../unet.ts'

/** The batch of the figure, and a smaller one beside it, where the weights' 3.4 GB outweigh more of what is saved. */
const BATCH = 16
const SMALL_BATCH = 8
const SPACE = { height: 32, width: 32 }
/** Losses of two steps, the second of which shows the gradients of the first. */
const SAME = 1e-6
const ratio = (name: string, floor: number | null): Claim => ({
  ...{ name, unit: 'checkpoint/lean', better: 'lower', goal: null, floor },
})
const PEAK = ratio('checkpoint.peak', 0.6)
const ANONYMOUS = ratio('checkpoint.anonymous', null)
const SMALL_PEAK = ratio('checkpoint.small_batch', null)
const TIME = ratio('checkpoint.time', 1.4)
const HALF: Claim = { name: 'half.peak', unit: 'GB', better: 'lower', floor: null, goal: null }
const PAIRS = { pairs: 20, maxSeconds: 900, warmup: 1 }

interface Use {
  readonly peak: number
  readonly anonymous: number
  readonly losses: readonly number[]
}

/** Two steps in a fresh process. */
async function twoSteps(context: BenchContext, model: MeasuredModel, profile: Profile): Promise<Use> {
  const device = openDevice({ threads: context.threads })
  const anonymous = watchAnonymous(device.pid)
  try {
    const { objective } = await createLora(model)
    const { next } = await openLora(device, objective, profile)
    const losses = [(await next()).loss, (await next()).loss]
    return { peak: readMemory(device.pid).peak, anonymous: anonymous(), losses }
  } finally {
    anonymous()
    await device.kill()
  }
}

function assertSame(a: readonly number[], b: readonly number[], limit: number): number {
  const worst = Math.max(...a.map((loss, i) => Math.abs(loss - (b[i] ?? Number.NaN)) / loss))
  if (!(worst <= limit)) throw new Error(`the losses of two steps differ by ${worst}`)
  return worst
}

async function comparePeaks(context: BenchContext, batch: number) {
  const model = await openMeasured(context, 'sd15', { batch, ...SPACE })
  const lean = await twoSteps(context, model, 'lean')
  const checkpoint = await twoSteps(context, model, 'checkpoint')
  const worst = assertSame(lean.losses, checkpoint.losses, SAME)
  const setting = `rank ${RANK}, batch ${batch}, 32x32 latents; losses differ by ${worst}`
  const against = (kind: 'peak' | 'anonymous') => `${gigabytes(checkpoint[kind])} against ${gigabytes(lean[kind])}`
  return {
    peak: checkpoint.peak / lean.peak,
    anonymous: checkpoint.anonymous / lean.anonymous,
    peakNote: `VmHWM ${against('peak')}, the mapped weights included; ${setting}`,
    anonymousNote: `pages of no file ${against('anonymous')}; ${setting}`,
  }
}

async function measureMemory(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = []
  if (context.wants(PEAK.name) || context.wants(ANONYMOUS.name)) {
    const { peak, anonymous, peakNote, anonymousNote } = await comparePeaks(context, BATCH)
    figures.push(measured(PEAK, peak, 1, peakNote), measured(ANONYMOUS, anonymous, 1, anonymousNote))
  }
  if (context.wants(SMALL_PEAK.name)) {
    const { peak, peakNote } = await comparePeaks(context, SMALL_BATCH)
    figures.push(measured(SMALL_PEAK, peak, 1, peakNote))
  }
  return figures
}

async function measureTime(context: BenchContext): Promise<Figure> {
  const model = await openMeasured(context, 'sd15', { batch: 1, ...SPACE })
  const { objective } = await createLora(model)
  const devices: Device[] = []
  try {
    const open = async (profile: Profile) => {
      const device = openDevice({ threads: context.threads })
      devices.push(device)
      const { next } = await openLora(device, objective, profile)
      return settled(async () => (await next()).ms)
    }
    const [checkpoint, lean] = [await open('checkpoint'), await open('lean')]
    const load = watchForeignLoad(devices.map(({ pid }) => pid))
    const pairs = await interleavedPairs(checkpoint, lean, context.budget(PAIRS))
    return ratioFigure(TIME, pairs, 'ms', { note: `rank ${RANK}, batch 1, 32x32 latents`, foreignLoad: load() })
  } finally {
    for (const device of devices) await device.kill()
  }
}

/** Half-precision files in both ways: cast for each reader in `checkpoint`, once at opening in `lean`. */
async function measureHalf(context: BenchContext): Promise<Figure> {
  const full = await openMeasured(context, 'sd15', { batch: 1, ...SPACE })
  const folder = await makeHalf(full.model.folder, join(context.cache, 'sd15-random-half'), context.log)
  const half: MeasuredModel = { ...full, model: await openUnet(folder) }
  const kept = await twoSteps(context, half, 'checkpoint')
  const converted = await twoSteps(context, half, 'lean')
  const plain = await twoSteps(context, full, 'checkpoint')
  assertSame(kept.losses, converted.losses, SAME)
  const facts = [`fp16 file cast on use: ${told(kept)}`, `converted at opening (lean): ${told(converted)}`]
  const note = [...facts, `fp32 file (checkpoint): ${told(plain)}`, `batch 1, 32x32 latents`].join('; ')
  return measured(HALF, kept.peak / 1e9, 1, note)
}

const told = ({ peak, anonymous }: Use): string => `VmHWM ${gigabytes(peak)}, of no file ${gigabytes(anonymous)}`

async function run(context: BenchContext): Promise<Figure[]> {
  const figures: Figure[] = []
  figures.push(...(await measureMemory(context)))
  if (context.wants(TIME.name)) figures.push(await measureTime(context))
  if (context.wants(HALF.name)) figures.push(await measureHalf(context))
  return figures
}

export const checkpointing: FigureSource = {
  names: [PEAK, ANONYMOUS, SMALL_PEAK, TIME, HALF].map(({ name }) => name),
  minutes: 20,
  run,
}
