/** Names a model by its content: the same weights in another folder, file layout or order give the same fingerprint. */

import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { AppError } from '../../../errors.ts'
import type { ModelFolder } from './model-folder.ts'
import type { WeightInfo } from './weights.ts'

/** Hex digests by the files' path, size and time: hashing gigabytes again would cost seconds per start of a job. */
const known = new Map<string, string>()

/**
 * sha256 (hex) over (component, tensor name, dtype, shape, bytes) in sorted order, streamed. Kept in memory until a weight file's path,
 * size or time changes. Configs and tokenizers do not count. Throws FILE_INVALID when a file shrinks meanwhile.
 */
export async function fingerprint(model: Pick<ModelFolder, 'components'>): Promise<string> {
  const key = await identify(model)
  const found = known.get(key)
  if (found) return found
  const hash = createHash('sha256')
  for (const [component, { weights }] of [...model.components].sort(([a], [b]) => compare(a, b))) {
    await hashTensors(hash, component, weights.tensors)
  }
  const digest = hash.digest('hex')
  known.set(key, digest)
  return digest
}

async function identify(model: Pick<ModelFolder, 'components'>): Promise<string> {
  const parts: string[] = []
  for (const [component, { weights }] of model.components) {
    for (const { path } of weights.files) {
      const { size, mtimeMs, ino } = await stat(path)
      parts.push(JSON.stringify([component, path, size, mtimeMs, ino]))
    }
  }
  return parts.sort(compare).join('\n')
}

async function hashTensors(hash: Hash, component: string, tensors: ReadonlyMap<string, WeightInfo>): Promise<void> {
  const files = new Map<string, FileHandle>()
  try {
    for (const [name, info] of [...tensors].sort(([a], [b]) => compare(a, b))) {
      const file = files.get(info.path) ?? (await open(info.path, 'r'))
      files.set(info.path, file)
      hash.update(`${JSON.stringify([component, name, info.dtype, info.shape])}\n`)
      await hashBytes(hash, file, info)
    }
  } finally {
    for (const file of files.values()) await file.close()
  }
}

const CHUNK_BYTES = 4 * 2 ** 20

async function hashBytes(hash: Hash, file: FileHandle, info: WeightInfo): Promise<void> {
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, info.bytes))
  for (let at = 0; at < info.bytes; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, info.bytes - at), info.offset + at)
    if (bytesRead === 0) {
      throw new AppError('FILE_INVALID', `${info.path} ended early: it changed while it was read`, 'Download it again.')
    }
    hash.update(chunk.subarray(0, bytesRead))
    at += bytesRead
  }
}

/** By code unit, independent of the machine's locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
