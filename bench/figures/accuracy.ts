/** Figures on the tiny recorded models: networks, gradients and training runs against diffusers, transformers and peft. */
import { join } from 'node:path'
import type { Device } from '../../engine/runtime/device.ts'
import { openDevice } from '../../engine/runtime/device.ts'
import { type GoldenModel, openGoldenModel } from '../../measures/engine/golden-model.ts'
import {
  loraGradientError,
  textGradientError,
  textLoraGradientError,
  unetGradientError,
  vaeGradientError,
} from '../../measures/engine/gradients.ts'
import { directionalError, GRADIENT_CASES, uncoveredOps } from '../../measures/engine/op-gradients.ts'
import { textParity, unetParity, vaeParity, visionParity } from '../../measures/engine/parity.ts'
import { fullTrajectory, loraTrajectory } from '../../measures/engine/trajectory.ts'
import { type Claim, type Figure, measured } from '../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')
const atMost = (name: string, floor: number, unit = ''): Claim => ({ name, unit, better: 'lower', floor, goal: null })

type Parity = (device: Device, folder: string) => Promise<number>

async function parity(device: Device, name: string, run: Parity, folders: readonly string[]): Promise<Figure> {
  const errors: number[] = []
  for (const folder of folders) errors.push(await run(device, join(TINY, folder)))
  const note = `max error / range against diffusers and transformers, tiny ${folders.join(' and ')}`
  return measured(atMost(name, 1e-4), Math.max(...errors), errors.length, note)
}

type GradientError = (device: Device, model: GoldenModel) => Promise<number>

async function gradient(device: Device, name: string, runs: Record<string, GradientError>): Promise<Figure> {
  const model = await openGoldenModel(join(TINY, 'sd1'))
  const errors: [string, number][] = []
  for (const [part, run] of Object.entries(runs)) errors.push([part, await run(device, model)])
  const note = errors.map(([part, error]) => `${part} ${error.toExponential(1)}`).join(', ')
  return measured(
    atMost(name, 1e-4),
    Math.max(...errors.map(([, error]) => error)),
    errors.length,
    `against torch: ${note}`,
  )
}

/** The worst op; one without a case counts as infinitely wrong. */
async function directional(device: Device, name: string): Promise<Figure> {
  const errors: { what: string; error: number }[] = []
  for (const test of GRADIENT_CASES) {
    const what = [test.op, test.variant].filter(Boolean).join(' ')
    errors.push({ what, error: await directionalError(device, test, 1) })
  }
  for (const what of uncoveredOps()) errors.push({ what: `${what} (no case)`, error: Number.POSITIVE_INFINITY })
  const worst = errors.reduce((a, b) => (b.error > a.error ? b : a))
  return measured(atMost(name, 1e-2), worst.error, errors.length, `worst: ${worst.what}; n ops and variants`)
}

async function trajectory(device: Device, name: string): Promise<Figure> {
  const model = await openGoldenModel(join(TINY, 'sd1'))
  const [lora, full] = [await loraTrajectory(device, model), await fullTrajectory(device, model)]
  const facts = [
    '50 steps of LoRA against diffusers + peft, largest relative loss difference',
    `trained factors ${lora.parameters.toExponential(1)}`,
    `20 steps of all weights ${full.loss.toExponential(1)}`,
  ]
  return measured(atMost(name, 1e-3), lora.loss, 50, facts.join('; '))
}

const RUNS: Record<string, (device: Device, name: string) => Promise<Figure>> = {
  'parity.unet': (device, name) => parity(device, name, unetParity, ['sd1', 'sd2']),
  'parity.text': (device, name) => parity(device, name, textParity, ['sd1', 'sd2']),
  'parity.vae': (device, name) => parity(device, name, vaeParity, ['sd1', 'sd2']),
  'parity.vision': (device, name) => parity(device, name, visionParity, ['vision']),
  'grad.directional': directional,
  'grad.lora': (device, name) =>
    gradient(device, name, { unet: loraGradientError, 'text encoder': textLoraGradientError }),
  'grad.full': (device, name) =>
    gradient(device, name, { unet: unetGradientError, 'text encoder': textGradientError, vae: vaeGradientError }),
  'train.trajectory': trajectory,
}

async function run({ threads, wants }: BenchContext): Promise<Figure[]> {
  const device = openDevice({ threads })
  const figures: Figure[] = []
  try {
    for (const [name, measure] of Object.entries(RUNS)) if (wants(name)) figures.push(await measure(device, name))
  } finally {
    await device.kill()
  }
  return figures
}

export const accuracy: FigureSource = { names: Object.keys(RUNS), minutes: 1, run }
