/** Writes a base's folder with new weights, and checks where such a folder may lie. */
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AppError, invariant } from '../../errors.ts'
import { appendBytes, writeAtomically } from '../../files/atomic.ts'
import { readJsonIfPresent } from '../../files/json.ts'
import { openModelFolder } from '../io/model-folder/model-folder.ts'
import type { Weights } from '../io/model-folder/weights.ts'
import { type TensorData, writeSafetensors } from '../io/safetensors/file.ts'
import { assertFinite } from '../io/safetensors/finite.ts'
import { toHalf } from '../io/safetensors/half.ts'
import type { Base } from './base.ts'

const INDEX = 'model_index.json'
const NOT_FINITE = 'Check the base and the adapter, and lower the scale or the learning rate.'

/** The new values of a weight, `component.key`. */
export type ReadWeight = (name: string) => Promise<Float32Array>

/** A component's weights, and the key in its files of each tensor that the networks know as `component.key`. */
async function storedWeights(base: Base, component: string): Promise<{ weights: Weights; keys: Map<string, string> }> {
  const model = await openModelFolder(base.folder)
  const weights = model.components.get(component)?.weights
  invariant(weights, `${base.folder} has no ${component}`)
  const byPlace = new Map([...weights.tensors].map(([key, { path, offset }]) => [`${path}:${offset}`, key]))
  const names = [...base.shapes.keys()].filter(name => name.startsWith(`${component}.`))
  const keys = names.map(name => {
    const { path, offset } = base.locate(name)
    return [name, byPlace.get(`${path}:${offset}`) ?? ''] as const
  })
  return { weights, keys: new Map(keys) }
}

/** The values in half precision where the file has that, else in single. */
function stored(dtype: string, name: string, shape: readonly number[], data: Float32Array): TensorData {
  if (dtype !== 'F16') return { dtype: 'F32', shape, data }
  const next = 'Lower the learning rate, or start from a base in single precision.'
  return { dtype: 'F16', shape, data: toHalf(name, data, next) }
}

/** One safetensors file in place of the component's, under the keys and in the type of the base's. */
async function writeComponent(base: Base, component: string, out: string, read: ReadWeight) {
  const { weights, keys } = await storedWeights(base, component)
  const [first] = weights.files
  invariant(first, `${component} has no file`)
  const written = new Map<string, TensorData>()
  for (const [name, key] of keys) {
    const info = weights.tensors.get(key)
    invariant(info, `${base.folder} has no tensor ${name}`)
    const values = await read(name)
    assertFinite(`the new ${component}`, [[name, values]], NOT_FINITE)
    written.set(key, stored(info.dtype, name, info.shape, values))
  }
  const file = `${basename(first.path).startsWith('model') ? 'model' : 'diffusion_pytorch_model'}.safetensors`
  await writeSafetensors(join(out, component, file), written, { format: 'pt' })
}

const isWeights = (name: string): boolean => /\.(safetensors|bin|ckpt|pt|pth|msgpack|onnx)(\.index\.json)?$/.test(name)
const isIndex = (name: string): boolean => name.includes('.safetensors.index.')

/**
 * Writes the base to `out` with the weights of some components replaced. The index comes last, so that a half-written folder is
 * no model, and every file is whole or absent.
 */
export async function writeBase(
  base: Base,
  components: readonly string[],
  out: string,
  read: ReadWeight,
): Promise<void> {
  const model = await openModelFolder(base.folder)
  const folders = [...model.components.keys(), 'scheduler', 'tokenizer', 'tokenizer_2', 'feature_extractor']
  for (const name of folders) await copyFolder(join(base.folder, name), join(out, name), components.includes(name))
  for (const component of components) await writeComponent(base, component, out, read)
  await copyFile(join(base.folder, INDEX), join(out, INDEX))
}

/** A folder's files; without the weights of a component that trains. */
async function copyFolder(from: string, to: string, trained: boolean): Promise<void> {
  const names = await readdir(from).catch(() => [] as string[])
  if (names.length === 0) return
  await mkdir(to, { recursive: true })
  for (const name of names) {
    const [source, target] = [join(from, name), join(to, name)]
    if (!(await stat(source)).isFile() || (trained && (isWeights(name) || isIndex(name)))) continue
    await (isWeights(name) ? copyOnce(source, target) : copyFile(source, target))
  }
}

/** Frozen weights may be gigabytes and never change during a run: they are copied once, and whole. */
async function copyOnce(from: string, to: string): Promise<void> {
  const there = await stat(to).catch(() => undefined)
  if (there?.size === (await stat(from)).size) return
  await writeAtomically(to, async file => {
    for await (const chunk of createReadStream(from, { highWaterMark: 1 << 24 }))
      await appendBytes(file, chunk as Buffer)
  })
}

async function copyFile(from: string, to: string): Promise<void> {
  const data = await readFile(from)
  await writeAtomically(to, file => appendBytes(file, data))
}

/** Replaces keys of a component's config.json. */
export async function changeConfig(out: string, component: string, keys: Record<string, unknown>): Promise<void> {
  const path = join(out, component, 'config.json')
  const config = { ...(await readJsonIfPresent(path)), ...keys }
  const data = new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)
  await writeAtomically(path, file => appendBytes(file, data))
}

async function namesIn(out: string): Promise<readonly string[]> {
  return readdir(out).catch(error => {
    if ((error as { code?: string }).code === 'ENOENT') return []
    throw new AppError('INPUT_INVALID', `${out} is not a folder`, 'Name a new or empty folder for --out.', error)
  })
}

/** @throws AppError INPUT_INVALID naming some of what is there; STORAGE_FAILED when the folder cannot be made. */
export async function makeEmptyFolder(out: string): Promise<void> {
  const names = await namesIn(out)
  if (names.length > 0) {
    const message = `${out} is not empty: it holds ${names.slice(0, 5).join(', ')}`
    throw new AppError('INPUT_INVALID', message, 'Name a new or empty folder for --out.')
  }
  await mkdir(out, { recursive: true }).catch(error => {
    throw new AppError('STORAGE_FAILED', `${out} cannot be made`, 'Check the path and its permissions.', error)
  })
}

/** The path with the links of its existing part resolved. */
async function canonical(path: string): Promise<string> {
  const whole = resolve(path)
  const real = await realpath(whole).catch(() => undefined)
  if (real !== undefined || dirname(whole) === whole) return real ?? whole
  return join(await canonical(dirname(whole)), basename(whole))
}

/** `out` must not be, contain or lie in a folder that is read. */
export async function assertApart(out: string, inputs: Readonly<Record<string, string>>): Promise<void> {
  const target = await canonical(out)
  for (const [name, folder] of Object.entries(inputs)) {
    const source = await canonical(folder)
    const inside = (a: string, b: string) => !relative(b, a).startsWith('..') && !relative(b, a).startsWith(sep)
    if (inside(target, source) || inside(source, target)) {
      const message = `--out ${out} and --${name} ${folder} are not apart`
      throw new AppError('INPUT_INVALID', message, 'Name a folder for --out that is neither inside nor around it.')
    }
  }
}
