/**
 * Finds the model in the folder that a user names: the folder itself, or a snapshot in a folder of Hugging Face's
 * cache.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../errors.ts'
import { readTextIfPresent } from '../../../files/json.ts'

const NAMES = /\.(safetensors|ckpt|bin|pt|pth|gguf)$/i

/**
 * The folder itself, or `snapshots/REVISION` below it, where `refs/main` names the revision or there is only one. Its files are
 * links into `blobs/`, which are read through.
 * @throws AppError MODEL_NOT_FOUND where there are several revisions and none is the main one.
 */
export async function findSnapshot(path: string): Promise<string> {
  const names = await listOf(path)
  if (names.includes('model_index.json') || !names.includes('snapshots')) return path
  const revisions = await listOf(join(path, 'snapshots'))
  const main = (await readTextIfPresent(join(path, 'refs', 'main')))?.trim()
  const chosen = revisions.length === 1 ? revisions[0] : revisions.find(name => name === main)
  if (chosen !== undefined) return join(path, 'snapshots', chosen)
  const what = revisions.length === 0 ? 'no downloaded revision' : `the revisions ${revisions.join(', ')}`
  throw new AppError(
    'MODEL_NOT_FOUND',
    `${path} is a folder of a download cache with ${what}`,
    revisions.length === 0 ? 'Download the model again.' : 'Name one of its folders under snapshots/.',
  )
}

/** What a folder without model_index.json holds instead, for the message. */
export async function describeOther(path: string): Promise<string> {
  const file = (await listOf(path)).find(name => NAMES.test(name))
  if (file === undefined) return ''
  return `; it holds ${file}, ${/\.safetensors$/i.test(file) ? 'a checkpoint in one file' : 'which is not read'}`
}

const listOf = async (path: string): Promise<string[]> => (await readdir(path).catch(() => [])).sort()
