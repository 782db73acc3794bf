/** pretrain.trajectory: the engine's pre-training of UNet and text encoder against a recorded run of torch. */
import { openDevice } from '../../engine/index.ts'
import { pretrainTrajectory } from '../../measures/engine/pretrain.ts'
import { type Figure, measured } from '../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../source.ts'

async function run({ threads }: BenchContext): Promise<Figure[]> {
  const device = openDevice({ threads })
  try {
    const { steps, loss, norm } = await pretrainTrajectory(device)
    const claim = { name: 'pretrain.trajectory', unit: '', better: 'lower', floor: 1e-2, goal: null } as const
    const facts = `${steps} steps of all weights of UNet and text encoder against torch, largest relative loss difference`
    return [measured(claim, loss, steps, `${facts}; gradient norm ${norm.toExponential(1)}`)]
  } finally {
    await device.kill()
  }
}

export const pretraining: FigureSource = { names: ['pretrain.trajectory'], minutes: 1, run }
