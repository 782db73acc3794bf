/** The engine's pre-training of UNet and text encoder against a recorded run of torch. */
import { join } from 'node:path'
import { stableDiffusion } from '../../engine/families/stable-diffusion.ts'
import { openSafetensors, type SafetensorsFile } from '../../engine/io/index.ts'
import { holdThenCosine } from '../../engine/pretrain/part.ts'
import { type DenoisingBatch, denoisingFeeds, unetTraining } from '../../engine/pretrain/unet.ts'
import type { Device } from '../../engine/runtime/device.ts'
import type { Layout } from '../../engine/runtime/layout.ts'
import { noiseSchedule } from '../../engine/schedulers/index.ts'
import { type StepEvent, train } from '../../engine/training/train.ts'
import { type GoldenModel, openGoldenModel, readIntegers } from './golden-model.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures')
const ROWS = 4
const SHAPE = [ROWS, 4, 8, 8]
const SIZE = 4 * 8 * 8
const SCHEDULE = noiseSchedule({
  beta_schedule: 'scaled_linear',
  beta_start: 0.00085,
  beta_end: 0.012,
  num_train_timesteps: 1000,
  prediction_type: 'v_prediction',
})

/** The recorded draws of each step. */
async function recordedBatches(golden: SafetensorsFile, tokens: number): Promise<(step: number) => DenoisingBatch> {
  const [latents, noise] = [await golden.readFloat32('latents'), await golden.readFloat32('noise')]
  const [ids, timesteps] = [await readIntegers(golden, 'ids'), await readIntegers(golden, 'timestep')]
  const [pictures, captions] = [await readIntegers(golden, 'picture'), await readIntegers(golden, 'caption')]
  const rowsOf = (values: BigInt64Array, step: number) =>
    Array.from(values.subarray(step * ROWS, (step + 1) * ROWS), Number)
  return step => ({
    latents: rowsOf(pictures, step).map(row => latents.subarray(row * SIZE, (row + 1) * SIZE)),
    ids: rowsOf(captions, step).map(row => Array.from(ids.subarray(row * tokens, (row + 1) * tokens), Number)),
    timesteps: rowsOf(timesteps, step),
    noise: noise.subarray(step * ROWS * SIZE, (step + 1) * ROWS * SIZE),
  })
}

/** The tiny model's own weights in a flat buffer. */
async function storedWeights({ files }: GoldenModel, layout: Layout): Promise<Float32Array> {
  const flat = new Float32Array(layout.total)
  for (const { name, offset } of layout.slots) {
    const [component = '', ...key] = name.split('.')
    flat.set((await files.get(component)?.readFloat32(key.join('.'))) ?? [], offset)
  }
  return flat
}

export interface PretrainTrajectory {
  readonly steps: number
  /** Largest |loss - reference| / reference over the steps. */
  readonly loss: number
  /** The same of the gradient norms before clipping. */
  readonly norm: number
  /** Largest difference of the learning rates, as a share of the peak. */
  readonly rate: number
}

/** 200 steps from the same state on the same draws, both networks with every weight. */
export async function pretrainTrajectory(device: Device): Promise<PretrainTrajectory> {
  const model = await openGoldenModel(join(FIXTURES, 'tiny/sd2'))
  const golden = await openSafetensors(join(FIXTURES, 'pretrain/trajectory.safetensors'))
  const [losses, norms] = [await golden.readFloat32('losses'), await golden.readFloat32('norms')]
  const rates = await golden.readFloat32('rates')
  const { unet, text, vae } = model
  const tokens = text.max_position_embeddings
  const texts = [{ component: 'text_encoder', tokenizer: 'tokenizer', config: text }] as const
  const training = unetTraining(stableDiffusion, { unet, texts, vae, zeroEmpty: false }, SHAPE, tokens)
  const batchOf = await recordedBatches(golden, tokens)
  const worst = { loss: 0, norm: 0, rate: 0 }
  const relative = (value: number, reference = Number.NaN) => Math.abs(value - reference) / Math.abs(reference)
  const note = ({ step, loss, gradientNorm, learningRate }: StepEvent) => {
    worst.loss = Math.max(worst.loss, relative(loss, losses[step - 1]))
    worst.norm = Math.max(worst.norm, relative(gradientNorm, norms[step - 1]))
    worst.rate = Math.max(worst.rate, Math.abs(learningRate - (rates[step - 1] ?? Number.NaN)) / RATE)
  }
  const objective = {
    ...training,
    locate: model.locate,
    initialize: () => storedWeights(model, training.layout),
    feeds: (step: number) => denoisingFeeds(SCHEDULE, SHAPE, batchOf(step)),
  }
  await train(device, objective, { ...SETTINGS, steps: losses.length, onStep: note })
  return { steps: losses.length, ...worst }
}

const RATE = 1e-3
const SETTINGS = {
  learningRate: RATE,
  schedule: holdThenCosine(0.3),
  warmup: 20,
  adamw: { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 },
  clip: 1,
  accumulate: 1,
  profile: 'fast',
  identity: 'pretrain.trajectory',
} as const
