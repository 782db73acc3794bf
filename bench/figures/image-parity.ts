/** Whole images of the demo base against diffusers: same prompt, same first noise, every scheduler. */
import { join } from 'node:path'
import { elements } from '../../engine/graph/graph.ts'
import { type Base, latentShape, openBase, openDevice, openPipeline, square } from '../../engine/index.ts'
import { openSafetensors } from '../../engine/io/index.ts'
import { findScheduler, startRow } from '../../engine/schedulers/index.ts'
import { levelError } from '../../measures/engine/levels.ts'
import { type Claim, type Figure, measured, notMeasured } from '../../measures/figure.ts'
import { missingModel, writeTensors } from '../measured-models.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'parity.image', unit: 'of 255', better: 'lower', floor: 1, goal: null }
const STEPS = 20
const GUIDANCE = 5
const SCHEDULERS = ['ddim', 'dpm++'] as const
const PROMPTS = ['a photo of a person on the beach', 'a pencil sketch of a person in a suit in the city'] as const

/** The first noise that the engine draws for `seed`, as the peer's latents. */
async function writeLatents(path: string, base: Base, scheduler: string, seed: number): Promise<void> {
  const shape = latentShape(base, 1, square(base.size))
  const plan = findScheduler(scheduler).plan(base.schedulerConfig, STEPS)
  const { x } = startRow(plan, seed, { scale: GUIDANCE, rescale: 0 }, elements(shape))
  await writeTensors(path, { latents: { data: Float32Array.from(x), dtype: 'float32', shape } })
}

async function compareImages(context: BenchContext, folder: string): Promise<Figure> {
  const { threads, work } = context
  const device = openDevice({ threads })
  const peer = context.peers.open('diffusers_peer.py')
  const errors: string[] = []
  let worst = 0
  try {
    const pipeline = openPipeline(device, await openBase(folder))
    for (const scheduler of SCHEDULERS)
      for (const [seed, prompt] of PROMPTS.entries()) {
        const [latents, out] = [join(work, 'latents.safetensors'), join(work, 'image.safetensors')]
        await writeLatents(latents, pipeline.base, scheduler, seed)
        await peer.call('image', { folder, prompt, latents, steps: STEPS, guidance: GUIDANCE, scheduler, threads, out })
        const theirs = await (await openSafetensors(out)).readFloat32('pixels')
        const request = { prompt, seed, steps: STEPS, guidance: GUIDANCE, scheduler }
        const [ours] = await pipeline.generate([request])
        const error = levelError(ours?.pixels ?? new Float32Array(0), theirs)
        errors.push(`${scheduler} ${error}`)
        worst = Math.max(worst, error)
      }
  } finally {
    await device.kill()
    await peer.close()
  }
  return measured(CLAIM, worst, errors.length, `${STEPS} steps, guidance ${GUIDANCE}: ${errors.join(', ')}`)
}

async function run(context: BenchContext): Promise<Figure[]> {
  const missing = context.peers.missing ?? missingModel(context, 'base')
  if (missing || !context.demoBase) return [notMeasured(CLAIM, missing ?? '')]
  return [await compareImages(context, context.demoBase)]
}

export const imageParity: FigureSource = { names: [CLAIM.name], minutes: 1, run }
