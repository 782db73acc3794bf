/** Describes an adapter for people and programs: family, dialect, method, ranks, alphas, layers, words. */
import { type Base, readManifest, type SafetensorsFile } from '../../engine/descriptors.ts'
import { AppError } from '../../errors.ts'
import type { AdapterSource } from './format.ts'
import { detectFormat, NO_DIALECT, readRecord } from './index.ts'
import type { LowRankRecord, TokenRows } from './record.ts'
import { openSource } from './source.ts'
import { triggerWords } from './trigger-words.ts'

type Facts = Readonly<Record<string, unknown>>

/**
 * @param base what it is for; absent: a published model.
 * @returns undefined if it is not an adapter; for an unsupported one, the reason.
 */
export async function describeAdapter(path: string, base?: Base): Promise<Facts | undefined> {
  const source = await openSource(path)
  try {
    const { record, format, families } = await readRecord(source, base)
    const facts = record.kind === 'tokens' ? describeTokens(record) : describePairs(record, source)
    return { kind: 'adapter', family: families.join(' or '), format, ...facts }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return describeUnread(source, error)
  }
}

/** A file in no known dialect is not an adapter; our own says what it is even without its base. */
function describeUnread(source: AdapterSource, { message, next }: AppError): Facts | undefined {
  const [part] = source.parts
  if (part?.weights.metadata.semblance !== undefined) return describeOwn(part.weights)
  try {
    const { name } = detectFormat(source)
    return { kind: 'adapter', format: name, unread: message, next }
  } catch {
    return message.includes(NO_DIALECT) ? undefined : { kind: 'adapter', unread: message, next }
  }
}

function describeOwn(weights: SafetensorsFile): Facts {
  const manifest = readManifest(weights)
  const ranks = [...weights.tensors].filter(([name]) => name.includes('.lora_A.')).map(([, { shape }]) => shape[0] ?? 0)
  return {
    kind: 'adapter',
    family: `that of its base ${manifest.base.slice(0, 12)}; name that with --base FOLDER to hold the layers against it`,
    format: 'semblance',
    method: manifest.method,
    rank: occurring(ranks),
    layers: ranks.length,
    'trigger words': [manifest.subject],
    ...describeManifest(manifest),
  }
}

/** The numbers that occur, the smallest first: one number, or a list. */
function occurring(numbers: readonly number[]): number | number[] {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b)
  return sorted.length === 1 ? (sorted[0] ?? 0) : sorted
}

/** Kinds of layers by the last part of their key. */
const KINDS: readonly (readonly [name: string, key: RegExp])[] = [
  ['attention', /\.attn[12]\.|\.self_attn\./],
  ['feed-forward', /\.ff\.|\.mlp\./],
  ['projections', /\.proj_(in|out)$/],
  ['convolutions', /\.(resnets|downsamplers|upsamplers)\.|^conv_(in|out)$/],
]

/** Counts by part of the model and kind of layer. */
function targetsOf({ pairs }: LowRankRecord): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { component, key } of pairs) {
    const kind = KINDS.find(([, pattern]) => pattern.test(key))?.[0] ?? 'embeddings'
    const name = `${component} ${kind}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}

function describePairs(record: LowRankRecord, { parts }: AdapterSource): Facts {
  const { pairs, manifest, subject } = record
  const placeholders = (record.words ?? []).map(({ placeholder }) => placeholder)
  const said = subject ? [subject] : parts.flatMap(({ weights }) => triggerWords(weights.metadata))
  const convolved = pairs.some(({ down }) => down.shape.slice(2).some(side => side > 1))
  return {
    method: manifest?.method ?? (convolved ? 'lora (LoCon)' : 'lora'),
    rank: occurring(pairs.map(({ rank }) => rank)),
    alpha: occurring(pairs.map(({ alpha }) => alpha)),
    layers: pairs.length,
    targets: targetsOf(record),
    'trigger words': [...new Set([...placeholders, ...said])],
    ...(record.words && { rows: Object.fromEntries(record.words.map(word => [word.placeholder, rowsOf(word)])) }),
    ...(manifest ? describeManifest(manifest) : {}),
  }
}

function describeManifest(manifest: NonNullable<LowRankRecord['manifest']>): Facts {
  const { subject, base, scale, options, training, engine, parents, distilled } = manifest
  const origin = { ...(parents && { parents }), ...(distilled && { distilled }) }
  return { subject, base, scale, options, training, ...origin, engine }
}

const rowsOf = ({ vectors }: TokenRows): number => [...vectors.values()][0]?.shape[0] ?? 0

/** Several rows are several tokens: diffusers' way of writing them is the one that prompts need nowhere else. */
function describeTokens({ placeholder, vectors }: TokenRows): Facts {
  const widths = [...vectors].map(([component, { shape }]) => [component, shape[1]])
  return {
    method: 'textual-inversion',
    rows: [...vectors.values()][0]?.shape[0],
    targets: Object.fromEntries(widths),
    'trigger words': [placeholder],
  }
}
