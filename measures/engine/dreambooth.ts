/** DreamBooth with class images against a recorded run of the diffusers script's mathematics: fifty steps of all weights. */
import { join } from 'node:path'
import { openBase } from '../../engine/base/base.ts'
import { openSafetensors } from '../../engine/io/index.ts'
import { findMethod } from '../../engine/methods/index.ts'
import { adapterObjective } from '../../engine/personalize/objective.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { tensorsOf } from '../../engine/runtime/layout.ts'
import { ADAMW_DEFAULTS } from '../../engine/training/optim/adamw.ts'
import { train } from '../../engine/training/train.ts'
import { recordedFeeds, worstError } from './recorded-run.ts'

const FOLDER = join(import.meta.dirname, '../../test/fixtures/tiny/sd2')
export const STEPS = 50

export interface WeightTrajectory {
  /** Largest relative difference of a loss, and of a gradient norm. */
  readonly loss: number
  readonly norm: number
  /** Largest difference of a weight at the end, as a share of the largest value. */
  readonly end: number
}

/** The engine's own loop over UNet and text encoder, one photo and one class image in each batch. */
export async function weightTrajectory(device: Device): Promise<WeightTrajectory> {
  const base = await openBase(FOLDER)
  const golden = await openSafetensors(join(FOLDER, 'golden-dreambooth.safetensors'))
  const recorded = golden.metadata
  const prior = Number(recorded.prior)
  const method = findMethod('dreambooth')
  const options = method.options.parse({ textEncoder: true, priorWeight: prior }) as Record<string, unknown>
  const settings = { steps: STEPS, batch: 1, learningRate: 1, weightDecay: 0, seed: 0, accumulate: 1 }
  const plan = method.plan(base, options)
  const priors = [{ examples: [], weight: prior }]
  const training = { base, method, options, settings, plan, subjects: ['x dog'], examples: [[]], priors }
  // The loss is the mean over both rows: each half counts double.
  const feeds = await recordedFeeds(base, golden, [2, 2 * prior])
  const objective = { ...(await adapterObjective(training)), feeds }
  const [losses, norms] = [await golden.readFloat32('losses'), await golden.readFloat32('norms')]
  let [loss, norm] = [0, 0]
  const relative = (value: number, reference = Number.NaN) => Math.abs(value - reference) / reference
  const flat = await train(device, objective, {
    steps: STEPS,
    learningRate: Number(recorded.rate),
    schedule: 'constant',
    warmup: 0,
    adamw: { ...ADAMW_DEFAULTS, weightDecay: Number(recorded.weight_decay) },
    clip: Number(recorded.clip),
    accumulate: 1,
    profile: 'fast',
    identity: 'dreambooth',
    onStep: event => {
      loss = Math.max(loss, relative(event.loss, losses[event.step - 1]))
      norm = Math.max(norm, relative(event.gradientNorm, norms[event.step - 1]))
    },
  })
  const stored = [...tensorsOf(objective.layout, flat)].flatMap(([name, { data }]) =>
    golden.tensors.has(`end.${name}`) ? [[name, data] as const] : [],
  )
  return { loss, norm, end: await worstError(golden, 'end', stored) }
}
