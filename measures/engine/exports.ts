/**
 * Adapters in every dialect that is written, and the images that they mean: what other programs must draw with the files.
 * Contents are what trainings make, and what conversions bring: several ranks and alphas, text encoders, convolutions, rows of tokens.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeRecord } from '../../adapters-store/formats/index.ts'
import { pathOf } from '../../adapters-store/formats/pairs/pairs.ts'
import { toAdapter } from '../../adapters-store/formats/serve.ts'
import { baseTarget, type Target, type TargetLayer } from '../../adapters-store/formats/target.ts'
import {
  FORMATS,
  type Format,
  type LowRankRecord,
  type PairRecord,
  type TokenRows,
} from '../../adapters-store/index.ts'
import { openSafetensors, type TensorData, writeSafetensors } from '../../engine/descriptors.ts'
import { type Base, openBase, openPipeline } from '../../engine/index.ts'
import { normals } from '../../engine/noise.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { writeTinyBase } from '../stage/tiny-base.ts'

/** Images that the peers drew, and digests of the files that they drew them with (bench/record-exports.ts). */
export const EXPORT_GOLDEN = join(import.meta.dirname, '../../test/fixtures/exports/golden.safetensors')

const BASES = ['sd1', 'sd2', 'sdxl'] as const
export const EXPORT_WORD = '<zwx>'
/** Of every image; its sides are the base's own. */
export const EXPORT_REQUEST = { seed: 11, steps: 5, guidance: 4, scheduler: 'ddim' } as const

interface Content {
  readonly layers: RegExp
  /** Rank and alpha of the i-th layer. */
  readonly rank: (i: number) => number
  readonly alpha: (i: number) => number
}

const ATTENTION = /^unet\..*\.attn[12]\./
const TEXTS = /^unet\..*\.attn2\.|^text_encoder.*\.(self_attn|mlp)\./
const LOCON = /^unet\..*\.(conv1|conv2|conv_shortcut|(?:down|up)samplers\.0\.conv|attn2\.to_k)$/
const PLAIN = { rank: () => 2, alpha: () => 2 }
const MIXED = { rank: (i: number) => 1 + (i % 3), alpha: (i: number) => [1, 2.5, 0.7, 3][i % 4] ?? 1 }

/** What an adapter may hold; dialects without names for a layer get the others. */
const CONTENTS: Readonly<Record<string, Content>> = {
  unet: { layers: ATTENTION, ...PLAIN },
  scaled: { layers: ATTENTION, rank: () => 2, alpha: () => 5 },
  mixed: { layers: /^unet\..*\.(attn[12]|ff|proj_in|proj_out)/, ...MIXED },
  texts: { layers: TEXTS, ...PLAIN },
  'texts-scaled': { layers: TEXTS, rank: () => 2, alpha: () => 1 },
  'texts-mixed': { layers: TEXTS, ...MIXED },
  'texts-alone': { layers: /^text_encoder.*\.self_attn\./, ...PLAIN },
  convolutions: { layers: LOCON, ...PLAIN },
  'convolutions-mixed': { layers: LOCON, ...MIXED },
  everything: { layers: /./, ...PLAIN },
}

const filled = (shape: readonly number[], width: number, seed: number): TensorData => {
  const count = shape.reduce((a, b) => a * b, 1)
  return { dtype: 'F32', shape, data: normals(seed, 0, count).map(value => value * width) }
}

function drawPair(layer: TargetLayer, rank: number, alpha: number, seed: number): PairRecord {
  const { component, key, in: columns, out, kernel } = layer
  const inner = kernel.reduce((a, b) => a * b, columns)
  const down = filled([rank, columns, ...kernel], inner ** -0.5, seed)
  const up = filled([out, rank, ...kernel.map(() => 1)], 0.05, seed + 1)
  return { component, key, rank, alpha, down, up }
}

function drawPairs({ layers }: Target, { layers: chosen, rank, alpha }: Content): LowRankRecord {
  const found = [...layers].filter(([path]) => chosen.test(path))
  const pairs = found.map(([, layer], i) => drawPair(layer, rank(i), alpha(i), 100 + 2 * i))
  return { kind: 'pairs', pairs, subject: 'sks dog' }
}

function drawTokens({ widths }: Target, count: number): TokenRows {
  const vectors = [...widths].map(([component, width], i) => [component, filled([count, width], 0.5, 900 + i)] as const)
  return { kind: 'tokens', placeholder: EXPORT_WORD, vectors: new Map(vectors) }
}

/** Files of pairs. */
const PAIRS = /^(lora|pytorch_lora_weights|adapter_model)\.safetensors$|\.json$/

type Held = LowRankRecord | TokenRows

/** What a dialect can say of a content to all its readers: `convert` warns of what its format's readers pass over. */
function heldPart(format: Format, record: Held, target: Target): Held | undefined {
  if (format.kind !== record.kind) return undefined
  if (format.kind === 'tokens' || record.kind === 'tokens') return fitsTokens(format.name, record) ? record : undefined
  if (format.fits?.(target) === false) return undefined
  const isRead = (pair: PairRecord) => (format.holds?.(pair) ?? true) && !format.missed?.layers.test(pathOf(pair))
  const pairs = record.pairs.filter(isRead)
  return pairs.length > 0 ? { ...record, pairs } : undefined
}

/** The web UI's files have one text encoder. */
const fitsTokens = (format: string, record: Held): boolean =>
  record.kind !== 'tokens' || format !== 'embedding-webui' || record.vectors.size === 1

export interface Exported {
  /** Base, content and format. */
  readonly name: string
  /** Folder of the base. */
  readonly base: string
  readonly format: string
  readonly prompt: string
  readonly folder: string
  readonly files: readonly string[]
  /** Those of token rows. */
  readonly words: readonly string[]
  /** SHA-256 of all files, in the order of `files`. */
  readonly digest: string
  /** Ours, `[3, size, size]`, -1 to 1. */
  readonly pixels: Float32Array
}

/** Writes bases and files into `work`. Semblance's own dialects are left out: no other program reads them. */
export async function writeExports(device: Device, work: string): Promise<Exported[]> {
  const all: Exported[] = []
  for (const kind of BASES) {
    const base = await openBase(await writeBase(join(work, 'bases', kind), kind))
    const target = baseTarget(base)
    const records: [string, Held][] = Object.entries(CONTENTS).map(([name, own]) => [name, drawPairs(target, own)])
    for (const count of [1, 3]) records.push([`word-${count}`, drawTokens(target, count)])
    const { texts } = CONTENTS
    if (texts) records.push(['bundle', { ...drawPairs(target, texts), words: [drawTokens(target, 2)] }])
    const drawn = new Map<string, Float32Array>()
    for (const [content, record] of records)
      for (const format of Object.values(FORMATS)) {
        const held = heldPart(format, record, target)
        if (!held || format.name.endsWith('semblance')) continue
        if (format.name === 'embedding-sdxl' && kind === 'sd2') continue
        const name = `${kind}-${content}-${format.name}`
        all.push(await exportOne({ device, base, drawn }, { name, held, format, folder: join(work, 'files', name) }))
      }
  }
  return all
}

/** The tiny tokenizers leave ids out, where diffusers would put new words; older transformers want `text_model.` in weights. */
async function writeBase(folder: string, kind: (typeof BASES)[number]): Promise<string> {
  await writeTinyBase(folder, kind)
  for (const name of (await readdir(folder)).filter(one => one.startsWith('tokenizer'))) {
    const path = join(folder, name, 'vocab.json')
    const vocab = JSON.parse(await readFile(path, 'utf8')) as Record<string, number>
    const used = new Set(Object.values(vocab))
    for (let id = 0; id < Math.max(...used); id++) if (!used.has(id)) vocab[`unused${id}</w>`] = id
    await writeFile(path, JSON.stringify(vocab))
  }
  const path = join(folder, 'text_encoder/model.safetensors')
  const file = await openSafetensors(path)
  const tensors = new Map<string, TensorData>()
  for (const [name, { dtype, shape }] of file.tensors)
    tensors.set(name.replace(/^(?!text_model\.)/, 'text_model.'), {
      dtype,
      shape,
      data: (await file.read(name)).slice(),
    })
  await writeSafetensors(path, tensors, { format: 'pt' })
  return folder
}

interface Stage {
  readonly device: Device
  readonly base: Base
  /** Images by what they are drawn with. */
  readonly drawn: Map<string, Float32Array>
}

async function exportOne(
  { device, base, drawn }: Stage,
  { name, held, format, folder }: { name: string; held: Held; format: Format; folder: string },
): Promise<Exported> {
  await mkdir(folder, { recursive: true })
  // diffusers does not read bundles in one file.
  const files = await writeRecord(held, format.name, baseTarget(base), folder, { split: true })
  const words = files.filter(file => format.kind === 'tokens' || !PAIRS.test(basename(file)))
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(join(folder, file)))
  const prompt = words.length > 0 ? `a ${EXPORT_WORD} dog` : 'a sks dog'
  const key = `${words.length > 0} ${name.slice(0, -format.name.length)} ${held.kind === 'pairs' && held.pairs.map(pathOf)}`
  const pixels = drawn.get(key) ?? (await drawWith(device, base, { held, prompt }))
  drawn.set(key, pixels)
  return {
    name,
    base: base.folder,
    format: format.name,
    prompt,
    folder,
    files,
    words,
    digest: hash.digest('hex'),
    pixels,
  }
}

/** From the record, not from the files: their readers must come to the same. */
async function drawWith(
  device: Device,
  base: Base,
  { held, prompt }: { held: Held; prompt: string },
): Promise<Float32Array> {
  const adapter = await toAdapter(held, base, { subject: 'sks dog', format: 'drawn' })
  const pipeline = openPipeline(device, base)
  try {
    const [image] = await pipeline.generate([{ ...EXPORT_REQUEST, prompt, adapter }])
    return image?.pixels ?? new Float32Array()
  } finally {
    await pipeline.close()
  }
}
