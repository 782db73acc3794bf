/** Finds the weights of one component: a single safetensors file, a half-precision variant, or shards with an index. */

import { readdir } from 'node:fs/promises'
import { isAbsolute, join, normalize } from 'node:path'
import { AppError } from '../../../errors.ts'
import { isObject, readJsonIfPresent, systemCode } from '../../../files/json.ts'
import { openSafetensors, type SafetensorsFile } from '../safetensors/file.ts'
import type { TensorInfo } from '../safetensors/header.ts'

/** A tensor and the file that holds it: `path` (symbolic links unresolved) and `offset` are what a mapping needs. */
export type WeightInfo = TensorInfo & { readonly path: string }

/** One component's tensors, from one file or several. */
export type Weights = {
  readonly files: readonly SafetensorsFile[]
  readonly tensors: ReadonlyMap<string, WeightInfo>
  /** The tensor's bytes as stored. Throws FILE_INVALID for an unknown name. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>
  /** The tensor's values from any float dtype. Throws FILE_INVALID for other dtypes. */
  readFloat32(name: string): Promise<Float32Array>
}

/** In order of preference: full precision first. */
const CANDIDATES = [
  { suffix: '.safetensors', sharded: false },
  { suffix: '.safetensors.index.json', sharded: true },
  { suffix: '.fp16.safetensors', sharded: false },
  { suffix: '.safetensors.index.fp16.json', sharded: true },
  { suffix: '.fp16.safetensors.index.json', sharded: true },
  { suffix: '.bf16.safetensors', sharded: false },
  { suffix: '.safetensors.index.bf16.json', sharded: true },
  { suffix: '.bf16.safetensors.index.json', sharded: true },
]
const PICKLED = /\.(bin|ckpt|pt|pth|pkl)$/i

/**
 * Opens the weights called `baseName` (`model`, `diffusion_pytorch_model`) in `folder`. Throws MODEL_NOT_FOUND when there
 * are none, MODEL_UNSUPPORTED when there are only pickled ones, MODEL_INVALID for a broken index, FILE_INVALID for a broken file.
 */
export async function openWeights(folder: string, baseName: string): Promise<Weights> {
  const present = await listFolder(folder)
  const found = CANDIDATES.find(({ suffix }) => present.includes(baseName + suffix))
  if (!found) throw noWeights(folder, baseName, present)
  const path = join(folder, baseName + found.suffix)
  if (found.sharded) return openShards(folder, path)
  const file = await openSafetensors(path)
  return toWeights([file], new Map([...file.tensors.keys()].map(name => [name, file])))
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    const code = systemCode(error)
    const what =
      code === 'ENOENT' ? 'does not exist' : code === 'ENOTDIR' ? 'is not a folder' : `cannot be read (${code})`
    throw new AppError('MODEL_NOT_FOUND', `${folder} ${what}`, 'Download the missing part of the model.', error)
  }
}

function noWeights(folder: string, baseName: string, present: readonly string[]): AppError {
  const pickled = present.find(name => PICKLED.test(name))
  if (!pickled) {
    const listed = present.length > 0 ? `it holds ${present.slice(0, 8).join(', ')}` : 'it is empty'
    const message = `${folder} has no weights: ${baseName}.safetensors is missing; ${listed}`
    return new AppError('MODEL_NOT_FOUND', message, 'Download the missing file of the model.')
  }
  const convert = `python -c "import torch, safetensors.torch as s; d = torch.load('${pickled}', weights_only=True); s.save_file({k: v.contiguous().clone() for k, v in d.get('state_dict', d).items() if torch.is_tensor(v)}, '${baseName}.safetensors')"`
  return new AppError(
    'MODEL_UNSUPPORTED',
    `${folder} has its weights only as ${pickled}, a pickle, which can run code when it is opened; it is not read`,
    `Get the safetensors version of the model, or convert a file that you trust, in that folder: ${convert}`,
  )
}

async function openShards(folder: string, indexPath: string): Promise<Weights> {
  const next = 'Download the index file and every shard again.'
  const index = await readJsonIfPresent(indexPath, 'MODEL_INVALID')
  if (!isObject(index?.weight_map)) throw new AppError('MODEL_INVALID', `${indexPath} has no weight_map`, next)
  const entries = Object.entries(index.weight_map).map(([name, shard]) => [name, shardPath(shard, indexPath)] as const)
  const shards = new Map<string, SafetensorsFile>()
  for (const shard of [...new Set(entries.map(([, shard]) => shard))].sort()) {
    shards.set(shard, await openSafetensors(join(folder, shard)))
  }
  const absent = entries.filter(([name, shard]) => !shards.get(shard)!.tensors.has(name))
  if (absent.length > 0) {
    const [name, shard] = absent[0]!
    const message = `${indexPath} names ${absent.length} tensors that its shards lack, such as ${name} in ${shard}`
    throw new AppError('MODEL_INVALID', message, next)
  }
  return toWeights([...shards.values()], new Map(entries.map(([name, shard]) => [name, shards.get(shard)!])))
}

/** The index is a stranger's text: a shard must be a safetensors file below the index's own folder. */
function shardPath(shard: unknown, indexPath: string): string {
  const path = typeof shard === 'string' ? normalize(shard) : ''
  const leaves = isAbsolute(path) || path.split(/[\\/]/).includes('..') || path.includes('\0')
  if (!path.endsWith('.safetensors') || leaves) {
    const message = `${indexPath} names the shard ${JSON.stringify(shard)}, which is not a safetensors file in its folder`
    throw new AppError('MODEL_INVALID', message, 'Do not use this model: its index points outside of it.')
  }
  return path
}

function toWeights(files: readonly SafetensorsFile[], homes: ReadonlyMap<string, SafetensorsFile>): Weights {
  const tensors = new Map(
    [...homes].map(([name, file]) => [name, { ...file.tensors.get(name)!, path: file.path }] as const),
  )
  const homeOf = (name: string): SafetensorsFile => homes.get(name) ?? files[0]!
  return { files, tensors, read: name => homeOf(name).read(name), readFloat32: name => homeOf(name).readFloat32(name) }
}
