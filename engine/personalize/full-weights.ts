/** Training all weights of a base: checks that it fits into memory, and makes an adapter of the result. */
import { AppError } from '../../errors.ts'
import type { Adapter, Manifest } from '../adapters/adapter.ts'
import { deltaHash } from '../adapters/delta.ts'
import { distil } from '../adapters/distil.ts'
import { lowRankTensors } from '../adapters/pairs.ts'
import { elements } from '../graph/graph.ts'
import type { TrainedWeight } from '../methods/index.ts'
import type { Pipeline } from '../pipeline/generate.ts'
import { fileRanges, layoutOf } from '../runtime/layout.ts'
import { machineMemory } from '../runtime/memory.ts'
import { measureLosses } from '../training/measure-loss.ts'
import type { Objective } from '../training/objective.ts'
import { type AdapterTraining, adapterObjective } from './objective.ts'

const BYTES = 4
/** Values, gradients, the copy of these that the runtime hands over, and the optimizer's two moments. */
const BUFFERS = 5

/** What the buffers of the training take, activations not counted. */
const trainingBytes = (weights: readonly TrainedWeight[], accumulate: number): number =>
  weights.reduce((sum, { shape }) => sum + elements(shape), 0) * BYTES * (BUFFERS + (accumulate > 1 ? 1 : 0))

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`

/** @throws AppError MEMORY_EXCEEDED with the computed bytes. */
export function assertFits(
  method: string,
  weights: readonly TrainedWeight[],
  { accumulate, memory = machineMemory() }: { readonly accumulate: number; readonly memory?: number | undefined },
): void {
  const bytes = trainingBytes(weights, accumulate)
  if (bytes <= memory) return
  const values = weights.reduce((sum, { shape }) => sum + elements(shape), 0)
  throw new AppError(
    'MEMORY_EXCEEDED',
    `${method} trains ${values} values of this base: ${gigabytes(bytes)} for them, their gradients and moments, before any activation; ${gigabytes(memory)} are available`,
    'Use the method dreambooth-lora or lora, which train a small share, or a machine with more memory.',
  )
}

/** Batches that the losses of base, full weights and pairs are measured on: ones that follow those of the training. */
const MEASURED_BATCHES = 8

interface Trained {
  readonly objective: Objective
  readonly flat: Float32Array
  readonly manifest: Manifest
  /** Whether the training is over: its losses are measured then. */
  readonly finished: boolean
}

/** The pairs that serve, with the whole change beside them. */
export async function distilledAdapter(
  pipeline: Pipeline,
  training: AdapterTraining,
  trained: Trained,
): Promise<Adapter> {
  const { objective, flat, manifest, finished } = trained
  const { rank = 1 } = training.plan.distil ?? {}
  const { modules, tensors, delta, energy } = await distil(pipeline, { layout: objective.layout, flat }, rank)
  const adapter = { manifest, modules, scale: 1, tensors, delta }
  const loss = finished ? { loss: await losses(pipeline, training, trained, adapter) } : {}
  const distilled = { rank, energy, ...loss }
  return { ...adapter, manifest: { ...manifest, parents: [deltaHash(delta)], distilled } }
}

/** Mean losses on the same batches: of the base, of the trained weights, of the base with the pairs. */
async function losses(
  { device }: Pipeline,
  training: AdapterTraining,
  { objective, flat }: Trained,
  { modules, tensors, scale }: Adapter,
) {
  const batches = { from: training.settings.steps, count: MEASURED_BATCHES }
  const start = fileRanges(objective.layout, training.base.locate)
  const [base = 0, full = 0] = await measureLosses(device, objective, [start, flat], batches)
  const pairs = await adapterObjective({ ...training, plan: { modules, scale } })
  const values = new Float32Array(pairs.layout.total)
  for (const { name, offset } of layoutOf(lowRankTensors(modules, 1), 1).slots)
    values.set(tensors.get(name) ?? [], offset)
  const [distilled = 0] = await measureLosses(device, pairs, [values], batches)
  return { base, full, distilled }
}
