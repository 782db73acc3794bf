/** Converts between records and the adapters that the engine draws with. */
import {
  type Adapter,
  type AdapterTokens,
  type Base,
  DTYPES,
  downName,
  ENGINE_VERSION,
  embeddingsName,
  type LowRankModule,
  moduleName,
  type TensorData,
  upName,
} from '../../engine/descriptors.ts'
import { AppError, invariant } from '../../errors.ts'
import { assertOneWord } from './bundle.ts'
import { type Imported, invalid, listed } from './format.ts'
import { exactAlpha } from './pairs/lora-config.ts'
import { mostCommon, pathOf } from './pairs/pairs.ts'
import type { AdapterRecord, LowRankRecord, PairRecord, TokenRows } from './record.ts'

/** @throws AppError ADAPTER_INVALID for values that are not numbers; ADAPTER_MISMATCH when it was made for another base. */
export async function toAdapter(
  record: AdapterRecord,
  base: Base,
  { subject, format }: Imported & { format: string },
): Promise<Adapter> {
  const fingerprint = await base.fingerprint()
  if (record.kind === 'tokens') return wordAdapter(record, fingerprint, format)
  if (record.manifest && record.manifest.base !== fingerprint) throw mismatch(record.manifest.base, fingerprint, base)
  const modules = servedModules(record, base)
  const tensors = new Map<string, Float32Array>()
  const pairs = new Map(record.pairs.map(pair => [pathOf(pair), pair]))
  for (const module of modules) {
    const { down, up } = pairs.get(moduleName(module))!
    tensors.set(downName(module), numbers(down)).set(upName(module), numbers(up))
  }
  assertOneWord(record.words ?? [])
  const [word] = record.words ?? []
  for (const [component, rows] of word?.vectors ?? []) tensors.set(embeddingsName(component), numbers(rows))
  assertNumbers(tensors)
  const manifest = record.manifest ?? makeManifest(record, fingerprint, subject, format)
  return { manifest, modules, scale: manifest.scale, ...(word && { tokens: tokensOf(word) }), tensors }
}

/** The same for what a file holds, before anything is made of it. @throws AppError ADAPTER_INVALID */
export function assertRecordNumbers(record: AdapterRecord): void {
  const named: (readonly [string, TensorData])[] =
    record.kind === 'tokens'
      ? [...record.vectors]
      : record.pairs.flatMap(pair => [
          [`${pathOf(pair)} (down)`, pair.down] as const,
          [`${pathOf(pair)} (up)`, pair.up] as const,
        ])
  if (record.kind === 'pairs') for (const { vectors } of record.words ?? []) named.push(...vectors)
  assertNumbers(new Map(named.map(([name, data]) => [name, numbers(data)])))
}

export function assertNumbers(tensors: ReadonlyMap<string, Float32Array>): void {
  const broken = [...tensors].filter(([, values]) => !values.every(Number.isFinite)).map(([name]) => name)
  if (broken.length > 0) throw invalid(`has values that are not numbers in ${listed(broken)}`, 'Train it again.')
}

function tokensOf({ placeholder, vectors }: TokenRows): AdapterTokens {
  const embeddings = [...vectors].map(([component, { shape }]) => {
    const [count = 0, width = 0] = shape
    return { component, count, width }
  })
  return { placeholder, embeddings }
}

const wordOf = ({ placeholder, vectors }: TokenRows) => ({
  placeholder,
  count: [...vectors.values()][0]?.shape[0] ?? 0,
})

function wordAdapter(rows: TokenRows, base: string, format: string): Adapter {
  const { placeholder, vectors } = rows
  const tensors = new Map([...vectors].map(([component, data]) => [embeddingsName(component), numbers(data)]))
  assertNumbers(tensors)
  const known = { format: 'semblance-adapter-1' as const, engine: ENGINE_VERSION, method: 'textual-inversion', base }
  const training = { imported: format }
  const manifest = { ...known, subject: placeholder, scale: 1, word: wordOf(rows), options: {}, training }
  return { manifest, modules: [], scale: 1, tokens: tokensOf(rows), tensors }
}

const mismatch = (own: string, fingerprint: string, { folder }: Base): AppError =>
  new AppError(
    'ADAPTER_MISMATCH',
    `the adapter was made for base ${own.slice(0, 12)}, this one is ${fingerprint.slice(0, 12)}`,
    `Name the base it was trained on with --base FOLDER (semblance inspect FOLDER shows its fingerprint), or train it again on ${folder}.`,
  )

/** In the order of the base's layers. */
function servedModules({ pairs }: LowRankRecord, base: Base): LowRankModule[] {
  const ranks = new Map(pairs.map(pair => [pathOf(pair), pair.rank]))
  const modules = base.layers.adaptable.flatMap(layer => {
    const rank = ranks.get(moduleName(layer))
    return rank === undefined ? [] : [{ ...layer, rank }]
  })
  invariant(modules.length === pairs.length, `${pairs.length} pairs of a record fit ${modules.length} layers`)
  return modules
}

const numbers = ({ dtype, data }: TensorData): Float32Array =>
  DTYPES[dtype].toFloat32?.(Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))) ??
  new Float32Array()

/** The manifest of a record that has none: what is known of an adapter that another program made. */
export function makeManifest(
  { pairs, words = [] }: LowRankRecord,
  base: string,
  subject: string,
  format: string,
): Adapter['manifest'] {
  const scales = pairs.map(pair => [pathOf(pair), pair.alpha / pair.rank] as const)
  const scale = mostCommon(scales.map(([, own]) => own))
  const others = scales.filter(([, own]) => own !== scale)
  const [word] = words
  return {
    format: 'semblance-adapter-1',
    engine: ENGINE_VERSION,
    method: 'lora',
    base,
    subject: subject || (word?.placeholder ?? ''),
    scale,
    ...(word && { word: wordOf(word) }),
    ...(others.length > 0 ? { scales: Object.fromEntries(others) } : {}),
    options: { rank: Math.max(...pairs.map(({ rank }) => rank)) },
    training: { imported: format },
  }
}

const single = (data: Float32Array | undefined, shape: number[]): TensorData => ({
  dtype: 'F32',
  shape,
  data: data ?? new Float32Array(),
})

export function fromAdapter(adapter: Adapter, base: Base): AdapterRecord {
  const { tokens, modules } = adapter
  if (!tokens) return pairsOf(adapter, base)
  const rows = rowsOf(tokens, adapter)
  return modules.length === 0 ? rows : { ...pairsOf(adapter, base), words: [rows] }
}

function rowsOf({ placeholder, embeddings }: AdapterTokens, { tensors }: Adapter): TokenRows {
  const rows = embeddings.map(
    ({ component, count, width }) =>
      [component, single(tensors.get(embeddingsName(component)), [count, width])] as const,
  )
  return { kind: 'tokens', placeholder, vectors: new Map(rows) }
}

function pairsOf({ manifest, modules, scale, tensors }: Adapter, base: Base): LowRankRecord {
  const pairs = modules.map((module): PairRecord => {
    const { component, key, rank, in: columns, out } = module
    const kernel = (base.shapes.get(`${moduleName(module)}.weight`) ?? []).slice(2)
    return {
      component,
      key,
      rank,
      alpha: exactAlpha(manifest.scales?.[moduleName(module)] ?? scale, rank),
      down: single(tensors.get(downName(module)), [rank, columns, ...kernel]),
      up: single(tensors.get(upName(module)), [out, rank, ...kernel.map(() => 1)]),
    }
  })
  return { kind: 'pairs', pairs, subject: manifest.subject, manifest }
}
