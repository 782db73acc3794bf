/** parity.samplers: every sampler's states against recorded ones of diffusers. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Trajectory, trajectoryError } from '../../measures/engine/sampler-parity.ts'
import { type Claim, measured } from '../../measures/figure.ts'
import type { FigureSource } from '../source.ts'

const CLAIM: Claim = { name: 'parity.samplers', unit: '', better: 'lower', floor: 1e-5, goal: null }
const GOLDENS = join(import.meta.dirname, '../../test/fixtures/schedulers.json')

export const samplerParity: FigureSource = {
  names: [CLAIM.name],
  minutes: 1,
  run: async () => {
    const { trajectories } = JSON.parse(await readFile(GOLDENS, 'utf8')) as { trajectories: Trajectory[] }
    const worst = new Map<string, number>()
    for (const golden of trajectories)
      worst.set(golden.scheduler, Math.max(worst.get(golden.scheduler) ?? 0, trajectoryError(golden)))
    const note = [...worst].map(([name, error]) => `${name} ${error.toExponential(1)}`).join(', ')
    const states = trajectories.reduce((sum, golden) => sum + golden.states.length, 0)
    return [
      measured(CLAIM, Math.max(...worst.values()), trajectories.length, `${states} states, error / range: ${note}`),
    ]
  },
}
