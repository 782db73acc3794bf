/** Textual Inversion against recorded runs of the diffusers scripts' mathematics: the rows' gradients, and fifty steps. */
import { join } from 'node:path'
import { openBase } from '../../engine/base/base.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { adapterObjective, initialValues } from '../../engine/personalize/objective.ts'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import { tensorsOf } from '../../engine/runtime/layout.ts'
import { ADAMW_DEFAULTS } from '../../engine/training/optim/adamw.ts'
import { buildStep } from '../../engine/training/program.ts'
import { type Objective, train } from '../../engine/training/train.ts'
import { type BenchContext, type Claim, type Figure, type FigureSource, measured } from '../figure.ts'
import { openGoldenModel } from './golden-model.ts'
import { textLoraGradientError } from './gradients.ts'
import { recordedFeeds, worstError } from './recorded-run.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')
const ROWS = 2
const STEPS = 50
const WORD = { placeholder: '<me>', count: 2 }

export type TextKind = 'sd2' | 'sdxl'

interface Recorded {
  readonly golden: SafetensorsFile
  /** The product's own graph and start values, fed with the recorded draws. */
  readonly objective: Objective
  readonly start: Float32Array
}

async function openRecorded(kind: TextKind): Promise<Recorded> {
  const base = await openBase(join(TINY, kind))
  const golden = await openSafetensors(join(TINY, kind, 'golden-textual-inversion.safetensors'))
  const method = findMethod('textual-inversion')
  const options = method.options.parse({ vectors: WORD.count }) as Record<string, unknown>
  const settings = { steps: STEPS, batch: ROWS, learningRate: 1, weightDecay: 0, seed: 0, accumulate: 1 }
  const subjects = [`${WORD.placeholder} dog`]
  const plan = method.plan(base, options)
  const training = { base, method, options, settings, plan, subjects, examples: [[]] }
  const objective = await adapterObjective(training)
  return {
    golden,
    start: await initialValues(training),
    objective: { ...objective, feeds: await recordedFeeds(base, golden, [1, 1], WORD) },
  }
}

/** The gradients of a word's rows through all text encoders. */
export async function rowGradientError(device: Device, kind: TextKind): Promise<number> {
  const { golden, objective, start: values } = await openRecorded(kind)
  const session = await device.open(buildStep(objective), 'inference')
  const start = [...tensorsOf(objective.layout, values)]
  const inputs = start.map(([name, { data, shape }]) => [name, { data, shape, dtype: 'float32' }] as const)
  const feeds = { ...(await objective.feeds(0, 0)), ...Object.fromEntries(inputs) }
  const fetch = start.map(([name]) => `grad:${name}`)
  const [result] = await device.run([{ session, feeds, into: {}, fetch }])
  await device.close(session)
  const gradients = start.map(
    ([name]) => [name, (result?.outputs[`grad:${name}`]?.data ?? []) as Float32Array] as const,
  )
  return worstError(golden, 'grad', gradients)
}

export interface RowTrajectory {
  /** Largest relative difference of a loss. */
  readonly loss: number
  /** Largest difference of the word's rows at the start and at the end, as a share of the largest value. */
  readonly start: number
  readonly end: number
}

/** Fifty steps of the engine's own loop. */
export async function rowTrajectory(device: Device, kind: TextKind): Promise<RowTrajectory> {
  const { golden, objective, start } = await openRecorded(kind)
  const losses = await golden.readFloat32('losses')
  const { rate, weight_decay: weightDecay } = golden.metadata
  let loss = 0
  const flat = await train(device, objective, {
    steps: STEPS,
    learningRate: Number(rate),
    schedule: 'constant',
    warmup: 0,
    adamw: { ...ADAMW_DEFAULTS, weightDecay: Number(weightDecay) },
    // The scripts clip nothing.
    clip: 1e9,
    accumulate: 1,
    profile: 'fast',
    identity: 'textual inversion',
    onStep: event => {
      const reference = losses[event.step - 1] ?? Number.NaN
      loss = Math.max(loss, Math.abs(event.loss - reference) / reference)
    },
  })
  const rowsOf = (values: Float32Array) =>
    [...tensorsOf(objective.layout, values)].map(([name, { data }]) => [name, data] as const)
  return {
    loss,
    start: await worstError(golden, 'start', rowsOf(start)),
    end: await worstError(golden, 'end', rowsOf(flat)),
  }
}

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
