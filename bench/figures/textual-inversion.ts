/** grad.text and ti.trajectory: gradients through the text encoders, and fifty steps of Textual Inversion, against torch. */
import { join } from 'node:path'
import { type Device, openDevice } from '../../engine/index.ts'
import { openGoldenModel } from '../../measures/engine/golden-model.ts'
import { textLoraGradientError } from '../../measures/engine/gradients.ts'
import {
  type RowTrajectory,
  rowGradientError,
  rowTrajectory,
  STEPS,
  type TextKind,
} from '../../measures/engine/textual-inversion.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')
const claim = (name: string, floor: number): Claim => ({ name, unit: '', better: 'lower', floor, goal: null })
const KINDS: readonly TextKind[] = ['sd2', 'sdxl']
const short = (value: number): string => value.toExponential(1)

async function gradients(device: Device, name: string): Promise<Figure> {
  const errors: [string, number][] = []
  for (const kind of KINDS) errors.push([`rows ${kind}`, await rowGradientError(device, kind)])
  const lora = await textLoraGradientError(device, await openGoldenModel(join(TINY, 'sd1')))
  errors.push(['text-encoder LoRA sd1', lora])
  const note = errors.map(([what, error]) => `${what} ${short(error)}`).join(', ')
  return measured(
    claim(name, 1e-4),
    Math.max(...errors.map(([, error]) => error)),
    errors.length,
    `against torch: ${note}`,
  )
}

async function trajectories(device: Device, name: string): Promise<Figure> {
  const runs: [TextKind, RowTrajectory][] = []
  for (const kind of KINDS) runs.push([kind, await rowTrajectory(device, kind)])
  const note = runs.map(([kind, { loss, end }]) => `${kind}: losses ${short(loss)}, rows at the end ${short(end)}`)
  const worst = Math.max(...runs.flatMap(([, { loss, end }]) => [loss, end]))
  return measured(
    claim(name, 1e-3),
    worst,
    STEPS,
    `50 steps against the diffusers scripts' mathematics; ${note.join('; ')}`,
  )
}

const RUNS = { 'grad.text': gradients, 'ti.trajectory': trajectories } as const

export const textualInversion: FigureSource = {
  names: Object.keys(RUNS),
  minutes: 1,
  run: async ({ threads, wants }: BenchContext) => {
    const device = openDevice({ threads })
    try {
      const figures: Figure[] = []
      for (const [name, run] of Object.entries(RUNS)) if (wants(name)) figures.push(await run(device, name))
      return figures
    } finally {
      await device.kill()
    }
  },
}
