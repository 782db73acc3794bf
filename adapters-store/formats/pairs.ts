/** Low-rank pairs between files and our form: names are matched with the base's layers, values are taken as they are. */
import {
  type Adapter,
  type Base,
  downName,
  ENGINE_VERSION,
  type LinearLayer,
  type LowRankModule,
  moduleName,
  type SafetensorsFile,
  type TensorData,
  type TensorInfo,
  upName,
} from '../../engine/descriptors.ts'
import { type Imported, invalid, listed } from './format.ts'

/** The part of a model that serving applies adapters to. */
export const SERVED = 'unet'

/** Where a tensor belongs: the layer as `component.key`, and the side of its pair. */
export interface Place {
  readonly path: string
  readonly side: 'down' | 'up'
}

interface Pair {
  readonly layer: LinearLayer
  readonly rank: number
  readonly down: string
  readonly up: string
}

const FIT = 'Check that it was made for this base, and that the file is whole.'

/** @throws AppError ADAPTER_INVALID with all that fits no layer, lacks its other half or has another shape. */
export function matchPairs(file: SafetensorsFile, base: Base, placeOf: (name: string) => Place | undefined): Pair[] {
  const named = new Map<string, Partial<Record<Place['side'], string>>>()
  const unmatched = new Set(file.tensors.keys())
  for (const name of file.tensors.keys()) {
    const place = placeOf(name)
    if (!place) continue
    const pair = named.get(place.path) ?? {}
    if (pair[place.side]) continue
    named.set(place.path, { ...pair, [place.side]: name })
  }
  const pairs = base.layers.linear.flatMap(layer => {
    const { down, up } = named.get(moduleName(layer)) ?? {}
    const rank = down && up ? rankOf(layer, file.tensors.get(down), file.tensors.get(up)) : 0
    if (layer.component !== SERVED || !down || !up || !rank) return []
    unmatched.delete(down)
    unmatched.delete(up)
    return [{ layer, rank, down, up }]
  })
  if (unmatched.size > 0) throw unfit([...unmatched])
  if (pairs.length === 0) throw invalid('is empty', 'Check that the file is the one you meant.')
  return pairs
}

function unfit(names: readonly string[]): Error {
  const text = names.filter(name => /text_encoder|text_model/.test(name))
  if (text.length > 0)
    return invalid(
      `has ${text.length} tensors of the text encoder, to which no adapter is applied: ${listed(text)}`,
      'Export the part of the UNet alone.',
    )
  return invalid(`has ${names.length} tensors that fit no linear layer of the base: ${listed(names)}`, FIT)
}

/** Zero when the shapes are not `[rank, in]` and `[out, rank]`; 1x1 convolutions have two more sides of one. */
function rankOf(layer: LinearLayer, down: TensorInfo | undefined, up: TensorInfo | undefined): number {
  const [a, b] = [flat(down), flat(up)]
  const rank = a?.[0] ?? 0
  return a?.[1] === layer.in && b?.[0] === layer.out && b[1] === rank ? rank : 0
}

function flat(info: TensorInfo | undefined): readonly number[] | undefined {
  const [rows, columns, ...kernel] = info?.shape ?? []
  const is1x1 = kernel.length === 0 || (kernel.length === 2 && kernel.every(side => side === 1))
  return is1x1 && rows !== undefined && columns !== undefined ? [rows, columns] : undefined
}

/** Types whose every value is a float32. */
const EXACT = new Set(['F32', 'F16', 'BF16'])

async function values(file: SafetensorsFile, name: string): Promise<Float32Array> {
  const dtype = file.tensors.get(name)?.dtype
  if (!dtype || !EXACT.has(dtype)) throw invalid(`stores ${name} as ${dtype}`, 'Convert it to F32, F16 or BF16.')
  return file.readFloat32(name)
}

/** @param scaleOf the scale of each pair: alpha / rank in most dialects. */
export async function importPairs(
  file: SafetensorsFile,
  pairs: readonly Pair[],
  base: Base,
  { subject, format, scaleOf }: Imported & { format: string; scaleOf: (path: string, rank: number) => number },
): Promise<Adapter> {
  const modules = pairs.map(({ layer, rank }): LowRankModule => ({ ...layer, rank }))
  const tensors = new Map<string, Float32Array>()
  for (const { layer, down, up } of pairs)
    tensors.set(downName(layer), await values(file, down)).set(upName(layer), await values(file, up))
  const scales = modules.map(module => [moduleName(module), scaleOf(moduleName(module), module.rank)] as const)
  const scale = mostCommon(scales.map(([, own]) => own))
  const others = scales.filter(([, own]) => own !== scale)
  const manifest: Adapter['manifest'] = {
    format: 'semblance-adapter-1',
    engine: ENGINE_VERSION,
    method: 'lora',
    base: await base.fingerprint(),
    subject,
    scale,
    ...(others.length > 0 ? { scales: Object.fromEntries(others) } : {}),
    options: { rank: Math.max(...modules.map(({ rank }) => rank)) },
    training: { imported: format },
  }
  return { manifest, modules, scale, tensors }
}

export function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of numbers) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0]
}

/** The pairs under a dialect's names; a layer that the base stores as 1x1 convolution gets the shape of one. */
export function exportPairs(
  { modules, tensors }: Adapter,
  base: Base,
  nameOf: (module: LowRankModule, side: Place['side']) => string,
): Map<string, TensorData> {
  const written = new Map<string, TensorData>()
  for (const module of modules) {
    const kernel = (base.shapes.get(`${moduleName(module)}.weight`) ?? []).slice(2)
    const shapes = { down: [module.rank, module.in, ...kernel], up: [module.out, module.rank, ...kernel] }
    for (const side of ['down', 'up'] as const) {
      const data = tensors.get((side === 'down' ? downName : upName)(module))
      if (data) written.set(nameOf(module, side), { dtype: 'F32', shape: shapes[side], data })
    }
  }
  return written
}
