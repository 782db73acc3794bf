/** Low-rank pairs between files and records: names are matched with the target's layers, values are taken as they are. */
import type { Dtype, SafetensorsFile, TensorData, TensorInfo } from '../../../engine/descriptors.ts'
import { invalid, listed, notRepresentable, type PairFormat } from '../format.ts'
import type { LowRankRecord, PairRecord } from '../record.ts'
import { toSingle } from '../storage-types.ts'
import type { Target, TargetLayer } from '../target.ts'

/** Where a tensor belongs: the layer as `component.key`, and which of its tensors it is. */
export interface Place {
  readonly path: string
  readonly side: 'down' | 'up' | 'alpha'
}

interface Match {
  readonly path: string
  readonly layer: TargetLayer
  readonly rank: number
  readonly down: string
  readonly up: string
  readonly alpha?: string | undefined
}

const FIT = 'Check that it was made for this base, and that the file is whole.'
const OTHER = 'Check that the file is whole; if it is for another model, name that with --base FOLDER.'
const NAMES = "Check the program that wrote it: kohya's, diffusers', PEFT's and OneTrainer's names are read."

type Sides = Partial<Record<Place['side'], string>>

/** @throws AppError ADAPTER_INVALID naming what is no layer's name, lacks its other half, or has another shape than its layer. */
function matchPairs(file: SafetensorsFile, target: Target, placeOf: (name: string) => Place | undefined): Match[] {
  const named = new Map<string, Sides>()
  const foreign: string[] = []
  for (const name of file.tensors.keys()) {
    const place = placeOf(name)
    const known = place && (named.get(place.path) ?? {})
    if (place && known && target.layers.has(place.path) && !known[place.side])
      named.set(place.path, { ...known, [place.side]: name })
    else foreign.push(name)
  }
  assertPaired(file, target, { named, foreign })
  return [...target.layers].flatMap(([path, layer]) => {
    const { down, up, alpha } = named.get(path) ?? {}
    if (!down || !up) return []
    return [{ path, layer, rank: rankOf(layer, file.tensors.get(down), file.tensors.get(up)), down, up, alpha }]
  })
}

interface Found {
  readonly named: ReadonlyMap<string, Sides>
  readonly foreign: readonly string[]
}

function assertPaired({ tensors }: SafetensorsFile, target: Target, { named, foreign }: Found): void {
  const next = target.fingerprint ? FIT : OTHER
  if (foreign.length > 0)
    throw invalid(
      `has ${foreign.length} tensors whose names are those of no layer of ${target.family}: ${listed(foreign)}`,
      foreign.length === tensors.size ? NAMES : next,
    )
  const half = [...named.values()].flatMap(own => (own.down && own.up ? [] : Object.values(own)))
  if (half.length > 0) throw invalid(`has ${half.length} tensors without their other half: ${listed(half)}`, FIT)
  const misshapen = [...named].flatMap(([path, { down = '', up = '' }]) => {
    const [layer, a, b] = [target.layers.get(path), tensors.get(down), tensors.get(up)]
    return layer && rankOf(layer, a, b) === 0 ? [`${down} [${a?.shape}] and ${up} [${b?.shape}]`] : []
  })
  if (misshapen.length > 0)
    throw invalid(
      `has ${misshapen.length} pairs whose shapes fit no layer of ${target.family}: ${listed(misshapen)}`,
      next,
    )
}

/** Zero when the shapes are not `[rank, in, k, k]` and `[out, rank, 1, 1]`; a 1x1 kernel may be left out, or be too much. */
function rankOf(layer: TargetLayer, down: TensorInfo | undefined, up: TensorInfo | undefined): number {
  const [a, b] = [flat(down, layer.kernel), flat(up, [])]
  const rank = a?.[0] ?? 0
  return a?.[1] === layer.in && b?.[0] === layer.out && b[1] === rank ? rank : 0
}

const isOne = (side: number): boolean => side === 1

function flat(info: TensorInfo | undefined, kernel: readonly number[]): readonly number[] | undefined {
  const [rows, columns, ...found] = info?.shape ?? []
  const fits =
    String(found) === String(kernel) ||
    (kernel.every(isOne) && found.every(isOne) && (found.length === 0 || found.length === 2))
  return fits && rows !== undefined && columns !== undefined ? [rows, columns] : undefined
}

/** Types whose every value is a float32. */
const EXACT: ReadonlySet<Dtype> = new Set(['F32', 'F16', 'BF16'])

/** A tensor's bytes as they are, under a shape of as many values; types that no dialect writes become single precision. */
export async function readValues(file: SafetensorsFile, name: string, shape: readonly number[]): Promise<TensorData> {
  const dtype = file.tensors.get(name)?.dtype
  if (dtype && EXACT.has(dtype)) return { dtype, shape, data: await file.read(name) }
  const single = dtype && toSingle(dtype, shape, await file.read(name))
  if (!single) throw invalid(`stores ${name} as ${dtype}`, 'Convert it to F32, F16 or BF16.')
  return single
}

const shapesOf = ({ in: columns, out, kernel }: TargetLayer, rank: number) => ({
  down: [rank, columns, ...kernel],
  up: [out, rank, ...kernel.map(() => 1)],
})

/** @param alphaOf the alpha of each pair; absent: what the file says, else the rank. */
export async function readPairs(
  file: SafetensorsFile,
  target: Target,
  placeOf: (name: string) => Place | undefined,
  alphaOf?: (place: TargetLayer, rank: number) => number,
): Promise<PairRecord[]> {
  const pairs: PairRecord[] = []
  for (const { layer, rank, down, up, alpha } of matchPairs(file, target, placeOf)) {
    const shapes = shapesOf(layer, rank)
    pairs.push({
      component: layer.component,
      key: layer.key,
      rank,
      alpha: alphaOf?.(layer, rank) ?? (alpha ? await readAlpha(file, alpha, rank) : rank),
      down: await readValues(file, down, shapes.down),
      up: await readValues(file, up, shapes.up),
    })
  }
  return pairs
}

const SCALARS: Partial<Record<Dtype, (view: DataView) => number>> = {
  F64: view => view.getFloat64(0, true),
  I64: view => Number(view.getBigInt64(0, true)),
  I32: view => view.getInt32(0, true),
}

/** kohya and all who read its files take an alpha of zero for the rank. */
async function readAlpha(file: SafetensorsFile, name: string, rank: number): Promise<number> {
  const info = file.tensors.get(name)
  if (!info || info.shape.some(side => side !== 1))
    throw invalid(`has an alpha that is not a single number: ${name}`, FIT)
  const bytes = await file.read(name)
  const own = SCALARS[info.dtype]
  const alpha = own ? own(new DataView(bytes.buffer, bytes.byteOffset)) : (await file.readFloat32(name))[0]
  if (alpha === undefined || !Number.isFinite(alpha)) throw invalid(`has an alpha that is not a number: ${name}`, FIT)
  return alpha || rank
}

/** A scalar that holds the number exactly: of single precision where that does. */
export const alphaTensor = (alpha: number): TensorData =>
  Math.fround(alpha) === alpha
    ? { dtype: 'F32', shape: [], data: Float32Array.of(alpha) }
    : { dtype: 'F64', shape: [], data: Float64Array.of(alpha) }

/** @throws AppError ADAPTER_INVALID when there is none, or two files have the same. */
export function toRecord(pairs: readonly PairRecord[], more: Partial<LowRankRecord> = {}): LowRankRecord {
  if (pairs.length === 0) throw invalid('is empty', 'Check that the file is the one you meant.')
  const seen = new Set<string>()
  for (const pair of pairs) {
    if (seen.has(pathOf(pair))) throw invalid(`has ${pathOf(pair)} twice`, 'Take the files from one save.')
    seen.add(pathOf(pair))
  }
  return { kind: 'pairs', pairs, ...more }
}

export const pathOf = ({ component, key }: { component: string; key: string }): string => `${component}.${key}`

/** @throws AppError INPUT_INVALID with the layers that the dialect has no names for, or whose alphas it would lose. */
export function assertHeld({ name, holds, alphas }: PairFormat, { pairs }: LowRankRecord): void {
  const scaled = alphas === false ? pairs.filter(({ alpha, rank }) => alpha !== rank).map(pathOf) : []
  if (scaled.length > 0)
    throw notRepresentable(
      name,
      `has no alphas; ${listed(scaled)} have others than their rank`,
      'Choose another format.',
    )
  const left = pairs.filter(pair => holds?.(pair) === false).map(pathOf)
  if (left.length > 0)
    throw notRepresentable(
      name,
      `has no names for ${left.length} layers of the adapter: ${listed(left)}`,
      'Choose another format.',
    )
}

/** The pairs under a dialect's names. */
export function writePairs(
  pairs: readonly PairRecord[],
  nameOf: (pair: PairRecord, side: 'down' | 'up') => string,
): Map<string, TensorData> {
  const sides = ['down', 'up'] as const
  return new Map(pairs.flatMap(pair => sides.map(side => [nameOf(pair, side), pair[side]] as const)))
}

export function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of numbers) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0]
}
