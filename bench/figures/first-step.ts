/** How long a full-size model takes from a cold process to the end of its first denoising step, page cache warm. */
import { join } from 'node:path'
import { openBase, openDevice, openPipeline } from '../../engine/index.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import { gigabytes, readMemory } from '../../measures/process-memory.ts'
import { makeSd15 } from '../sd15.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'fullsize.first_step', unit: 's', better: 'lower', floor: null, goal: null }
const SIZE = 256

/** Seconds to the first step, and the device's peak then. */
async function firstStep(folder: string, threads: number): Promise<{ seconds: number; peak: number; private: number }> {
  const start = performance.now()
  const device = openDevice({ threads })
  try {
    const pipeline = openPipeline(device, await openBase(folder))
    const stopped = new AbortController()
    const event = Promise.withResolvers<number>()
    const onStep = (): void => {
      event.resolve((performance.now() - start) / 1000)
      stopped.abort()
    }
    const request = { prompt: 'a photo of a person', seed: 1, steps: 2, guidance: 5, width: SIZE, height: SIZE }
    const image = pipeline.generate([request], { signal: stopped.signal, onStep })
    const seconds = await Promise.race([event.promise, image.then(() => Number.NaN)])
    const memory = readMemory(device.pid)
    await image.catch(() => undefined)
    return { seconds, ...memory }
  } finally {
    await device.kill()
  }
}

async function run({ cache, log, threads }: BenchContext): Promise<Figure[]> {
  const folder = await makeSd15(join(cache, 'sd15-random'), log)
  await firstStep(folder, threads)
  const runs = [await firstStep(folder, threads), await firstStep(folder, threads)]
  const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a))
  const note = `${SIZE} px, guided, text encoding included; the faster of two; peak ${gigabytes(best.peak)}, private ${gigabytes(best.private)}`
  return [measured(CLAIM, best.seconds, runs.length, note)]
}

export const fullsizeFirstStep: FigureSource = { names: [CLAIM.name], minutes: 1, run }
