/** dreambooth.trajectory: DreamBooth against a recorded run of the diffusers script's mathematics. */
import { openDevice } from '../../engine/index.ts'
import { STEPS, weightTrajectory } from '../../measures/engine/dreambooth.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const TRAJECTORY: Claim = { name: 'dreambooth.trajectory', unit: '', better: 'lower', floor: 1e-3, goal: null }
async function run({ threads }: BenchContext): Promise<Figure[]> {
  const device = openDevice({ threads })
  try {
    const { loss, norm, end } = await weightTrajectory(device)
    const facts = Object.entries({ losses: loss, 'gradient norms': norm, 'weights at the end': end })
    const note = facts.map(([what, value]) => `${what} ${value.toExponential(1)}`).join(', ')
    return [measured(TRAJECTORY, Math.max(loss, norm, end), STEPS, `50 steps of UNet and text encoder: ${note}`)]
  } finally {
    await device.kill()
  }
}

export const dreambooth: FigureSource = { names: [TRAJECTORY.name], minutes: 1, run }
