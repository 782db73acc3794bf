/** The delta file: by how much each weight of a base changed, in half precision. */
/// <reference lib="es2025.float16" />
import { createHash } from 'node:crypto'
import { AppError, invariant } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import { assertFinite, openSafetensors, type SafetensorsFile, writeSafetensors } from '../io/index.ts'
import { type Adapter, type Delta, type Manifest, parseManifest } from './adapter.ts'

const FORMAT = 'semblance-delta-1'

/** SHA-256 over names and values, in order: names the delta in the manifests of what was made from it. */
export function deltaHash(delta: Delta): string {
  const hash = createHash('sha256')
  for (const [name, { data }] of delta)
    hash.update(`${name}\0`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return hash.digest('hex')
}

/** Writes the change of all weights that an adapter was distilled from, whole or not at all. */
export async function saveDelta(path: string, { delta, manifest }: Adapter): Promise<void> {
  invariant(delta, 'the adapter has no delta')
  const tensors = [...delta].map(([name, { shape, data }]) => [name, { dtype: 'F16' as const, shape, data }] as const)
  const values = tensors.map(([name, { data }]) => [name, data] as const)
  assertFinite('the delta', values, 'Train it again with a lower learning rate.')
  const metadata = { semblance: JSON.stringify({ ...manifest, format: FORMAT }), format: 'pt' }
  await writeSafetensors(path, new Map(tensors), metadata)
}

/** Whether the file's metadata says that it is a delta. */
export const isDelta = ({ metadata }: SafetensorsFile): boolean =>
  metadata.semblance?.includes(`"format":"${FORMAT}"`) ?? false

export interface DeltaFile {
  readonly manifest: Manifest
  /** Names of the weights that changed. */
  readonly names: readonly string[]
  /** The change of one of them in single precision. */
  read(name: string): Promise<Float32Array>
}

/**
 * @throws AppError ADAPTER_INVALID for another file or one that changes weights the base does not have, ADAPTER_MISMATCH when it
 *   belongs to another base.
 */
export async function openDelta(path: string, base: Base): Promise<DeltaFile> {
  const file = await openSafetensors(path)
  if (!isDelta(file))
    throw new AppError('ADAPTER_INVALID', `${path} is not a delta`, 'Give a file that a training of all weights wrote.')
  const manifest = await parseManifest(file, base)
  const wrong = [...file.tensors].filter(([name, { shape }]) => String(base.shapes.get(name)) !== String(shape))
  if (wrong.length > 0)
    throw new AppError(
      'ADAPTER_INVALID',
      `${path} changes ${wrong.length} weights that the base does not have in this shape: ${wrong
        .slice(0, 10)
        .map(([name]) => name)
        .join(', ')}`,
      'Fetch the file again.',
    )
  return { manifest, names: [...file.tensors.keys()], read: name => file.readFloat32(name) }
}
