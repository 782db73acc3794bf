/** Textual Inversion against recorded runs of the diffusers scripts' mathematics: the rows' gradients, and fifty steps. */
import { join } from 'node:path'
import { type Base, openBase } from '../../engine/base.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import { tensorsOf } from '../../engine/layout.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { type AdapterObjective, adapterObjective } from '../../engine/objectives/adapter.ts'
import { ADAMW_DEFAULTS } from '../../engine/optim/adamw.ts'
import { buildStep } from '../../engine/program.ts'
import { promptFeeds, readPrompt } from '../../engine/prompt-feeds.ts'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { addNoise, trainingTarget } from '../../engine/schedulers/index.ts'
import { train } from '../../engine/train.ts'
import { type BenchContext, type Claim, type Figure, type FigureSource, measured } from '../figure.ts'
import { openGoldenModel, readIntegers } from './golden-model.ts'
import { textLoraGradientError } from './gradients.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')
const ROWS = 2
const STEPS = 50
const WORD = { placeholder: '<me>', count: 2 }

export type TextKind = 'sd2' | 'sdxl'

interface Recorded {
  readonly golden: SafetensorsFile
  /** The product's own graph and start values, fed with the recorded draws. */
  readonly objective: AdapterObjective
}

async function openRecorded(kind: TextKind): Promise<Recorded> {
  const base = await openBase(join(TINY, kind))
  const golden = await openSafetensors(join(TINY, kind, 'golden-textual-inversion.safetensors'))
  const method = findMethod('textual-inversion')
  const options = method.options.parse({ vectors: WORD.count }) as Record<string, unknown>
  const settings = { steps: STEPS, batch: ROWS, learningRate: 1, weightDecay: 0, seed: 0, accumulate: 1 }
  const subjects = [`${WORD.placeholder} dog`]
  const plan = method.plan(base, options)
  const objective = await adapterObjective({ base, method, options, settings, plan, subjects, examples: [[]] })
  return { golden, objective: { ...objective, feeds: await recordedFeeds(base, golden) } }
}

async function recordedFeeds(base: Base, golden: SafetensorsFile): Promise<(step: number) => Record<string, Inline>> {
  const [latents, noise] = [await golden.readFloat32('latents'), await golden.readFloat32('noise')]
  const [timesteps, chosen] = [await readIntegers(golden, 'timestep'), await readIntegers(golden, 'text_index')]
  const texts = JSON.parse(golden.metadata.texts ?? '') as string[]
  const sizes = JSON.parse(golden.metadata.time_ids ?? '') as number[]
  const shape = [ROWS, ...(golden.tensors.get('latents')?.shape.slice(2) ?? [])]
  const count = shape.slice(1).reduce((a, b) => a * b, 1)
  const feed = (data: Float32Array, of: readonly number[]): Inline => ({ data, dtype: 'float32', shape: of })
  return step => {
    const [sample, target] = [new Float32Array(ROWS * count), new Float32Array(ROWS * count)]
    const rows = Array.from({ length: ROWS }, (_, row) => step * ROWS + row)
    const times = rows.map(at => Number(timesteps[at]))
    times.forEach((t, row) => {
      const from = (step * ROWS + row) * count
      const [clean, own] = [latents.subarray(from, from + count), noise.subarray(from, from + count)]
      sample.set(addNoise(base.schedule, t, clean, own), row * count)
      target.set(trainingTarget(base.schedule, t, clean, own), row * count)
    })
    const prompts = rows.map(at => readPrompt(base, [{ text: texts[Number(chosen[at])] ?? '', weight: 1 }], WORD))
    return {
      sample: feed(sample, shape),
      target: feed(target, shape),
      timesteps: feed(Float32Array.from(times), [ROWS]),
      weights: feed(new Float32Array(ROWS).fill(1), [ROWS]),
      time_ids: feed(Float32Array.from([...sizes, ...sizes]), [ROWS, sizes.length]),
      ...promptFeeds(base, prompts),
    }
  }
}

/** Largest |difference| over all tensors divided by the largest |reference|. */
async function worstError(
  golden: SafetensorsFile,
  part: string,
  tensors: Iterable<readonly [name: string, values: ArrayLike<number>]>,
): Promise<number> {
  let [error, largest] = [0, 0]
  for (const [name, values] of tensors) {
    const reference = await golden.readFloat32(`${part}.${name.replace('.token_rows', '')}`)
    reference.forEach((value, i) => {
      error = Math.max(error, Math.abs(value - (values[i] ?? Number.NaN)))
      largest = Math.max(largest, Math.abs(value))
    })
  }
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / largest
}

/** The gradients of a word's rows through all text encoders. */
export async function rowGradientError(device: Device, kind: TextKind): Promise<number> {
  const { golden, objective } = await openRecorded(kind)
  const session = await device.open(buildStep(objective), 'inference')
  const start = [...tensorsOf(objective.layout, await objective.initialize())]
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
  const { golden, objective } = await openRecorded(kind)
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
    start: await worstError(golden, 'start', rowsOf(await objective.initialize())),
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
