/** The memory of training all weights of a UNet of SD1.5's size: all that two steps take, of the device and the caller. */

import { openDevice } from '../../engine/runtime/device.ts'
import { openProgram } from '../../engine/training/program.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import { gigabytes, readMemory } from '../../measures/process-memory.ts'
import { createFull, FULL_SETTINGS } from '../full-training.ts'
import { openMeasured } from '../measured-models.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'dreambooth.step_bytes', unit: 'GB', better: 'lower', floor: 20, goal: null }
const SHAPE = { batch: 1, height: 32, width: 32 }
/** The second step is the first that begins with the moments in memory. */
const STEPS = 2

async function run(context: BenchContext): Promise<Figure[]> {
  const objective = createFull(await openMeasured(context, 'sd15', SHAPE))
  const device = openDevice({ threads: context.threads })
  try {
    const start = { step: 0, buffers: { params: await objective.initialize() } }
    const program = await openProgram({ device, objective, options: FULL_SETTINGS, start })
    const seconds: number[] = []
    for (let step = 0; step < STEPS; step++) {
      const begin = performance.now()
      const { losses } = await program.step(step)
      if (!losses.every(Number.isFinite)) throw new Error(`the loss of step ${step} is ${losses}`)
      seconds.push((performance.now() - begin) / 1000)
    }
    const [child, parent] = [readMemory(device.pid).peak, readMemory(process.pid).peak]
    const { layout } = objective
    const note = `VmHWM of the device ${gigabytes(child)} and of the caller ${gigabytes(parent)}; ${layout.total} values train, batch 1, 32x32 latents, profile ${FULL_SETTINGS.profile}; steps of ${seconds.map(one => one.toFixed(1)).join(' and ')} s`
    return [measured(CLAIM, (child + parent) / 1e9, STEPS, note)]
  } finally {
    await device.kill()
  }
}

export const dreamboothStep: FigureSource = { names: [CLAIM.name], minutes: 4, run }
