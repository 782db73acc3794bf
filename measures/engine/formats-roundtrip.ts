/** Adapters of random values over the layers of every family, taken from every dialect to every other and compared. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterSource } from '../../adapters-store/formats/format.ts'
import { type ModelSizes, modelShapes } from '../../adapters-store/formats/published.ts'
import { openSource } from '../../adapters-store/formats/source.ts'
import { type Target, targetOf } from '../../adapters-store/formats/target.ts'
import {
  type AdapterRecord,
  FORMATS,
  type Format,
  type LowRankRecord,
  type PairRecord,
  type TokenRows,
} from '../../adapters-store/index.ts'
import type { Dtype, TensorData } from '../../engine/descriptors.ts'
import { parseSafetensors } from '../../engine/io/index.ts'
import { uniforms } from '../../engine/noise.ts'

/** The published models' layers, all of them, at widths that take little room; every part has its own width. */
const SMALL: Readonly<Record<string, ModelSizes>> = {
  sd1: {
    unet: { channels: [4, 8, 12, 12], depths: [1, 1, 1, 0], midDepth: 1, context: 5, linear: false },
    text: [{ width: 5, layers: 12, inner: 7 }],
  },
  sd2: {
    unet: { channels: [4, 8, 12, 12], depths: [1, 1, 1, 0], midDepth: 1, context: 6, linear: true },
    text: [{ width: 6, layers: 23, inner: 9 }],
  },
  sdxl: {
    unet: { channels: [4, 8, 12], depths: [0, 2, 10], midDepth: 10, context: 16, linear: true, added: 10 },
    text: [
      { width: 5, layers: 12, inner: 7 },
      { width: 11, layers: 32, inner: 13, projection: 11 },
    ],
  },
}

const FINGERPRINT = '0'.repeat(64)

export const SMALL_TARGETS: ReadonlyMap<string, Target> = new Map(
  Object.entries(SMALL).map(([family, sizes]) => [family, targetOf(modelShapes(sizes), async () => FINGERPRINT)]),
)

/** Which layers an adapter may have; each is what some program trains. */
export const LAYERS: Readonly<Record<string, RegExp>> = {
  'attention of the UNet': /^unet\..*\.attn[12]\./,
  'UNet and text encoders': /^unet\..*\.(attentions|transformer_blocks)\.|^text_encoder.*\.(self_attn|mlp)\./,
  'everything, convolutions too': /./,
}

const DTYPES: readonly Dtype[] = ['F32', 'F16', 'BF16']
const ALPHAS = [1, 4, 0.5, 0.1, 2.7, 16, Math.fround(0.3), 1e-3]

/** Bytes of any value there is. */
function randomTensor(dtype: Dtype, shape: readonly number[], seed: number): TensorData {
  const count = shape.reduce((a, b) => a * b, 1) * (dtype === 'F32' ? 4 : 2)
  return { dtype, shape, data: Uint8Array.from(uniforms(seed, 0, count), value => value * 256) }
}

/** Half of the pairs have their rank as alpha. @param share of the layers that get a pair; each its own rank, alpha and type. */
export function drawPairs(target: Target, layers: RegExp, seed: number, share = 1): LowRankRecord {
  const chosen = [...target.layers].filter(([path]) => layers.test(path))
  const dice = uniforms(seed, 1, 4 * chosen.length)
  const pairs = chosen.flatMap(([, { component, key, in: columns, out, kernel }], i): PairRecord[] => {
    const [kept = 0, a = 0, b = 0, c = 0] = dice.subarray(4 * i, 4 * i + 4)
    if (kept >= share && i > 0) return []
    const dtype = DTYPES[Math.floor(3 * c)] ?? 'F32'
    const rank = 1 + Math.floor(3 * a)
    const down = randomTensor(dtype, [rank, columns, ...kernel], seed + 2 * i)
    const up = randomTensor(dtype, [out, rank, ...kernel.map(() => 1)], seed + 2 * i + 1)
    return [{ component, key, rank, alpha: ALPHAS[Math.floor(2 * b * ALPHAS.length)] ?? rank, down, up }]
  })
  return { kind: 'pairs', pairs, subject: 'sks dog' }
}

export function drawTokens(target: Target, placeholder: string, n: number, seed: number): TokenRows {
  const rows = [...target.widths].map(
    ([component, width], i) => [component, randomTensor('F32', [n, width], seed + i)] as const,
  )
  return { kind: 'tokens', placeholder, vectors: new Map(rows) }
}

/** What a dialect keeps of a record: undefined where it can say nothing of it. */
function heldPart(format: Format, record: AdapterRecord, target: Target): AdapterRecord | undefined {
  if (record.kind === 'tokens') {
    const [first, ...others] = record.vectors.values()
    const fits = { 'embedding-webui': others.length === 0, 'embedding-sdxl': first?.shape[1] !== 1024 }[format.name]
    return format.kind === 'tokens' && fits !== false ? record : undefined
  }
  if (format.kind !== 'pairs' || format.fits?.(target) === false) return undefined
  const pairs = record.pairs.filter(
    pair => (format.holds?.(pair) ?? true) && (format.alphas !== false || pair.alpha === pair.rank),
  )
  return pairs.length > 0 ? { ...record, pairs } : undefined
}

const bytesOf = ({ data }: TensorData): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength)
const sameTensor = (a: TensorData | undefined, b: TensorData | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.dtype === b.dtype &&
  `${a.shape}` === `${b.shape}` &&
  bytesOf(a).equals(bytesOf(b))

const samePair = (a: PairRecord | undefined, b: PairRecord | undefined): boolean =>
  a !== undefined && a.rank === b?.rank && a.alpha === b.alpha && sameTensor(a.down, b.down) && sameTensor(a.up, b.up)

/** The names of what is not the same in both: pairs and their alphas, rows and their word. */
function differences(a: AdapterRecord, b: AdapterRecord): string[] {
  if (a.kind === 'tokens' && b.kind === 'tokens') {
    const parts = [...new Set([...a.vectors.keys(), ...b.vectors.keys()])]
    const rows = parts.filter(part => !sameTensor(a.vectors.get(part), b.vectors.get(part)))
    return a.placeholder === b.placeholder ? rows : [`${a.placeholder} is ${b.placeholder}`, ...rows]
  }
  if (a.kind !== 'pairs' || b.kind !== 'pairs') return ['kind']
  const named = ({ pairs }: LowRankRecord) => new Map(pairs.map(pair => [`${pair.component}.${pair.key}`, pair]))
  const [left, right] = [named(a), named(b)]
  return [...new Set([...left.keys(), ...right.keys()])].filter(path => !samePair(left.get(path), right.get(path)))
}

/** Files of thousands of tensors are read at once here. */
async function inMemory({ parts }: AdapterSource): Promise<AdapterSource> {
  const loaded = parts.map(async ({ weights: { path }, config }) => ({
    weights: await parseSafetensors(path, await readFile(path)),
    config,
  }))
  return { parts: await Promise.all(loaded) }
}

/** What a dialect's files give back of a record. @throws AppError when they are not told, or not read. */
async function through(format: Format, record: AdapterRecord, target: Target, work: string): Promise<AdapterRecord> {
  const folder = await mkdtemp(join(work, 'format-'))
  try {
    if (format.kind === 'pairs' && record.kind === 'pairs') await format.write(record, target, folder)
    if (format.kind === 'tokens' && record.kind === 'tokens') await format.write(record, target, folder)
    const source = await inMemory(await openSource(folder))
    const found = Object.values(FORMATS).find(one => one.matches(source))
    if (found?.name !== format.name) throw new Error(`files of ${format.name} are told as ${found?.name}`)
    return await format.read(source, target)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export interface Roundtrip {
  readonly from: string
  readonly to: string
  readonly mismatches: readonly string[]
}

/** From every dialect that holds something of the record to every other: each is compared with the record itself. */
export async function roundtrips(record: AdapterRecord, target: Target, work: string): Promise<Roundtrip[]> {
  const results: Roundtrip[] = []
  for (const from of Object.values(FORMATS)) {
    const held = heldPart(from, record, target)
    if (!held) continue
    const first = await through(from, held, target, work)
    for (const to of Object.values(FORMATS)) {
      const [wanted, given] = [heldPart(to, held, target), heldPart(to, first, target)]
      if (!wanted || !given) continue
      const last = await through(to, given, target, work)
      results.push({ from: from.name, to: to.name, mismatches: differences(wanted, last) })
    }
  }
  return results
}
