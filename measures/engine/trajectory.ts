/** Training runs of the engine's own loop against recorded runs of torch + diffusers + peft from the same state and draws. */

import type { SafetensorsFile } from '../../engine/io/index.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { type Layout, tensorsOf } from '../../engine/runtime/layout.ts'
import type { Inline } from '../../engine/runtime/protocol.ts'
import { addNoise, noiseSchedule } from '../../engine/schedulers/index.ts'
import { ADAMW_DEFAULTS } from '../../engine/training/optim/adamw.ts'
import { type Objective, train } from '../../engine/training/train.ts'
import { invariant } from '../../errors.ts'
import {
  denoisingLoss,
  fullTraining,
  type GoldenModel,
  goldenModules,
  lowRankTraining,
  readIntegers,
} from './golden-model.ts'

export interface TrajectoryResult {
  /** Largest |loss - reference| / reference over the steps. */
  readonly loss: number
  /** Largest relative difference of the gradient norms. */
  readonly norm: number
  /** Largest difference of a trained tensor at the end, as a share of the largest value; LoRA only. */
  readonly parameters: number
}

const ROWS = 2
const SCHEDULE = { beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012, num_train_timesteps: 1000 }

/** The recorded draws of a step as feeds. */
async function recordedFeeds(
  golden: SafetensorsFile,
  model: GoldenModel,
): Promise<(step: number) => Record<string, Inline>> {
  const [latents, contexts, noise] = [
    await golden.readFloat32('latents'),
    await golden.readFloat32('contexts'),
    await golden.readFloat32('noise'),
  ]
  const [timesteps, latentIndex, contextIndex] = [
    await readIntegers(golden, 'timestep'),
    await readIntegers(golden, 'latent_index'),
    await readIntegers(golden, 'context_index'),
  ]
  const shape = [ROWS, model.unet.inChannels, 8, 8]
  const size = model.unet.inChannels * 64
  const text = [ROWS, model.text.max_position_embeddings, model.unet.contextWidth]
  const textSize = (text[1] ?? 0) * (text[2] ?? 0)
  const schedule = noiseSchedule(SCHEDULE)
  const block = (data: Float32Array, index: bigint | number, length: number) =>
    data.subarray(Number(index) * length, (Number(index) + 1) * length)
  return step => {
    const [sample, context] = [new Float32Array(ROWS * size), new Float32Array(ROWS * textSize)]
    const target = block(noise, step, ROWS * size)
    const times = Array.from({ length: ROWS }, (_, row) => Number(timesteps[step * ROWS + row]))
    times.forEach((t, row) => {
      const clean = block(latents, latentIndex[step * ROWS + row] ?? 0, size)
      sample.set(addNoise(schedule, t, clean, target.subarray(row * size, (row + 1) * size)), row * size)
      context.set(block(contexts, contextIndex[step * ROWS + row] ?? 0, textSize), row * textSize)
    })
    return {
      sample: { data: sample, dtype: 'float32', shape },
      target: { data: target.slice(), dtype: 'float32', shape },
      timesteps: { data: Float32Array.from(times), dtype: 'float32', shape: [ROWS] },
      context: { data: context, dtype: 'float32', shape: text },
    }
  }
}

interface Run {
  readonly part: 'lora' | 'full'
  readonly steps: number
  readonly layout: Layout
  readonly objective: Objective
}

async function compare(device: Device, golden: SafetensorsFile, run: Run): Promise<TrajectoryResult> {
  const [losses, norms] = [
    await golden.readFloat32(`${run.part}.losses`),
    await golden.readFloat32(`${run.part}.norms`),
  ]
  let [loss, norm] = [0, 0]
  const relative = (value: number, reference = Number.NaN) => Math.abs(value - reference) / Math.abs(reference)
  const stopped = new AbortController()
  const options = {
    learningRate: 1e-3,
    schedule: 'cosine',
    warmup: 5,
    adamw: ADAMW_DEFAULTS,
    clip: 1,
    accumulate: 1,
    profile: 'fast',
  } as const
  const trained = train(device, run.objective, {
    ...options,
    // The recorded schedule falls over 50 steps; a shorter recording is the beginning of it.
    steps: 50,
    identity: 'trajectory',
    signal: stopped.signal,
    onStep: event => {
      loss = Math.max(loss, relative(event.loss, losses[event.step - 1]))
      norm = Math.max(norm, relative(event.gradientNorm, norms[event.step - 1]))
      if (event.step === run.steps) stopped.abort()
    },
  })
  const flat = await trained.catch(error => {
    if (run.steps < 50 && stopped.signal.aborted) return undefined
    throw error
  })
  return { loss, norm, parameters: flat ? await endError(golden, run, flat) : 0 }
}

async function endError(golden: SafetensorsFile, { layout, part }: Run, flat: Float32Array): Promise<number> {
  let [error, largest] = [0, 0]
  for (const [name, { data }] of tensorsOf(layout, flat)) {
    const end = await golden.readFloat32(`${part}.end.${name}`)
    end.forEach((value, i) => {
      error = Math.max(error, Math.abs(value - (data[i] ?? Number.NaN)))
      largest = Math.max(largest, Math.abs(value))
    })
  }
  return error / largest
}

type Training = ReturnType<typeof lowRankTraining> | ReturnType<typeof fullTraining>

/** The recorded run as an objective of the loop; `initial` reads a tensor's value at step 0. */
async function objectiveOf(
  model: GoldenModel,
  golden: SafetensorsFile,
  { graph, layout, options, trainables }: Training,
  initial: (name: string) => Promise<Float32Array>,
): Promise<Objective> {
  const losses = denoisingLoss(graph, model, ROWS, options)
  return {
    losses,
    layout,
    trainables: trainables(),
    locate: model.locate,
    initialize: async () => {
      const flat = new Float32Array(layout.total)
      for (const { name, offset } of layout.slots) flat.set(await initial(name), offset)
      return flat
    },
    feeds: await recordedFeeds(golden, model),
  }
}

/** `train.trajectory`: 50 AdamW steps of LoRA. */
export async function loraTrajectory(device: Device, model: GoldenModel): Promise<TrajectoryResult> {
  const golden = await model.golden('trajectory')
  const training = lowRankTraining(goldenModules(golden, 'lora.start.'), 1)
  const objective = await objectiveOf(model, golden, training, name => golden.readFloat32(`lora.start.${name}`))
  return compare(device, golden, { part: 'lora', steps: 50, layout: training.layout, objective })
}

/** The first 20 steps of every UNet parameter. */
export async function fullTrajectory(device: Device, model: GoldenModel): Promise<TrajectoryResult> {
  const golden = await model.golden('trajectory')
  const training = fullTraining(model, ['unet'])
  const weights = model.files.get('unet')
  invariant(weights, 'the golden model has no UNet')
  const objective = await objectiveOf(model, golden, training, name => weights.readFloat32(name.slice('unet.'.length)))
  return compare(device, golden, { part: 'full', steps: 20, layout: training.layout, objective })
}
