/**
 * Training checkpoints: the flat buffers and the step in one safetensors file, replaced atomically. The buffers go from the
 * device to the file in chunks and are loaded by the device itself: the caller never holds one whole.
 */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { openSafetensors, type SafetensorsFile, writeSafetensors } from '../io/safetensors/file.ts'
import type { Layout } from '../runtime/layout.ts'
import type { FileRange } from '../runtime/protocol.ts'
import type { StopState } from './stop.ts'

/** What a training goes on with, in the order of the file's writer; `ema` only where one is kept. */
export const STATE = ['params', 'm', 'v', 'ema'] as const
export type StateBuffer = (typeof STATE)[number]

/** Values of a flat buffer, or where they lie in files. */
export type Content = Float32Array | readonly FileRange[]

/** Everything a training needs to begin or go on: random numbers come from counters, so the step is their state. */
export interface TrainState {
  /** Finished optimizer steps. */
  readonly step: number
  /** What the buffers hold; those not named are zero. */
  readonly buffers: Readonly<Partial<Record<StateBuffer, Content>>>
  /** Of trainings with a stop rule: what it has seen. */
  readonly stop?: StopState | undefined
}

/** The state after `step`, chunk by chunk. */
export interface StateStream {
  readonly step: number
  readonly buffers: ReadonlyMap<StateBuffer, AsyncIterable<Float32Array>>
}

const FORMAT = 'semblance-checkpoint-1'

const layoutHash = (layout: Layout): string =>
  createHash('sha256').update(JSON.stringify(layout)).digest('hex').slice(0, 16)

export async function writeCheckpoint(
  path: string,
  { step, buffers }: StateStream,
  {
    layout,
    identity,
    stop,
  }: { readonly layout: Layout; readonly identity: string; readonly stop?: StopState | undefined },
): Promise<void> {
  const tensors = new Map(
    [...buffers].map(([name, data]) => [name, { dtype: 'F32' as const, shape: [layout.total], data }] as const),
  )
  const known = { format: FORMAT, step: String(step), layout: layoutHash(layout), identity }
  // Numbers of JSON are read back to the same bits.
  const metadata = { ...known, ...(stop ? { stop: JSON.stringify(stop) } : {}) }
  await writeSafetensors(path, tensors, metadata)
}

/**
 * The state to continue from, or undefined where there is none yet.
 * @throws AppError CHECKPOINT_FOREIGN when the file belongs to a training with other settings or is damaged.
 */
export async function readCheckpoint(path: string, layout: Layout, identity: string): Promise<TrainState | undefined> {
  if (!existsSync(path)) return undefined
  const file = await openSafetensors(path).catch(error => {
    throw damaged(path, error)
  })
  const { format, layout: hash, identity: found } = file.metadata
  if (format !== FORMAT || hash !== layoutHash(layout) || found !== identity)
    throw new AppError(
      'CHECKPOINT_FOREIGN',
      `${path} is the checkpoint of a training with other settings, photos, base or engine version`,
      'Repeat the settings it was started with, or remove it to start anew.',
    )
  return readState(file, layout)
}

function readState(file: SafetensorsFile, { total }: Layout): TrainState {
  const whole = (name: StateBuffer): FileRange[] => {
    const info = file.tensors.get(name)
    if (info?.dtype !== 'F32' || info.shape.join() !== String(total)) throw damaged(file.path)
    return [{ path: resolve(file.path), offset: info.offset, bytes: info.bytes, dtype: info.dtype, at: 0 }]
  }
  const step = Number(file.metadata.step)
  if (!Number.isSafeInteger(step) || step < 1) throw damaged(file.path)
  const names = STATE.filter(name => name !== 'ema' || file.tensors.has(name))
  const { stop } = file.metadata
  return {
    step,
    buffers: Object.fromEntries(names.map(name => [name, whole(name)])),
    ...(stop ? { stop: readStop(stop, file.path) } : {}),
  }
}

const stopSchema = z.object({
  history: z.array(z.array(z.number())),
  stopped: z.object({ reason: z.enum(['flat', 'rising']), step: z.int() }).optional(),
})

function readStop(text: string, path: string): StopState {
  try {
    return stopSchema.parse(JSON.parse(text))
  } catch (error) {
    throw damaged(path, error)
  }
}

const damaged = (path: string, cause?: unknown): AppError =>
  new AppError(
    'CHECKPOINT_FOREIGN',
    `the checkpoint ${path} is damaged`,
    'Remove it to start the training anew.',
    cause,
  )
