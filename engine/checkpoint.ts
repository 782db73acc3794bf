/** Training checkpoints: the flat buffers and the step in one safetensors file, replaced atomically. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { AppError } from '../errors.ts'
import { openSafetensors, type SafetensorsFile, writeSafetensors } from './io/safetensors.ts'
import type { Layout } from './layout.ts'

/** Everything a training needs to go on: random numbers come from counters, so the step is their state. */
export interface TrainState {
  /** Finished optimizer steps. */
  readonly step: number
  readonly params: Float32Array
  readonly m: Float32Array
  readonly v: Float32Array
  readonly ema?: Float32Array
}

const FORMAT = 'semblance-checkpoint-1'
const BUFFERS = ['params', 'm', 'v', 'ema'] as const

const layoutHash = (layout: Layout): string =>
  createHash('sha256').update(JSON.stringify(layout)).digest('hex').slice(0, 16)

export async function writeCheckpoint(
  path: string,
  state: TrainState,
  layout: Layout,
  identity: string,
): Promise<void> {
  const tensors = new Map(
    BUFFERS.flatMap(name => {
      const data = state[name]
      return data ? [[name, { dtype: 'F32' as const, shape: [data.length], data }] as const] : []
    }),
  )
  const metadata = { format: FORMAT, step: String(state.step), layout: layoutHash(layout), identity }
  await writeSafetensors(path, tensors, metadata)
}

/**
 * The state to continue from, or undefined where there is none yet.
 * @throws AppError INPUT_INVALID when the file belongs to a training with other settings, FILE_INVALID when it is damaged.
 */
export async function readCheckpoint(path: string, layout: Layout, identity: string): Promise<TrainState | undefined> {
  if (!existsSync(path)) return undefined
  const file = await openSafetensors(path).catch(error => {
    throw damaged(path, error)
  })
  const { format, layout: hash, identity: found } = file.metadata
  if (format !== FORMAT || hash !== layoutHash(layout) || found !== identity)
    throw new AppError(
      'INPUT_INVALID',
      `${path} is the checkpoint of a training with other settings, photos or base`,
      'Repeat the settings it was started with, or remove it to start anew.',
    )
  return readState(file, layout)
}

async function readState(file: SafetensorsFile, { total }: Layout): Promise<TrainState> {
  const read = async (name: string) => {
    if (file.tensors.get(name)?.shape.join() !== String(total)) throw damaged(file.path)
    return file.readFloat32(name)
  }
  const step = Number(file.metadata.step)
  if (!Number.isSafeInteger(step) || step < 1) throw damaged(file.path)
  const state = { step, params: await read('params'), m: await read('m'), v: await read('v') }
  return file.tensors.has('ema') ? { ...state, ema: await read('ema') } : state
}

const damaged = (path: string, cause?: unknown): AppError =>
  new AppError('FILE_INVALID', `the checkpoint ${path} is damaged`, 'Remove it to start the training anew.', cause)
