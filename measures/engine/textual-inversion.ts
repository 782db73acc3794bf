/** Textual Inversion against recorded runs of the diffusers scripts' mathematics: the rows' gradients, and fifty steps. */
import { join } from 'node:path'
import { openBase } from '../../engine/base/base.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { adapterObjective, initialValues } from '../../engine/personalize/objective.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { tensorsOf } from '../../engine/runtime/layout.ts'
import { runOutputs } from '../../engine/runtime/run.ts'
import { ADAMW_DEFAULTS } from '../../engine/training/optim/adamw.ts'
import { buildStep } from '../../engine/training/program.ts'
import { type Objective, train } from '../../engine/training/train.ts'
import { recordedFeeds, worstError } from './recorded-run.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')
const ROWS = 2
export const STEPS = 50
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
  const gradients = await runOutputs(device, session, feeds, fetch)
  await device.close(session)
  return worstError(
    golden,
    'grad',
    start.map(([name]) => [name, gradients[`grad:${name}`] ?? new Float32Array()] as const),
  )
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
