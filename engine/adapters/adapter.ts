/** A trained adapter: its low-rank pairs in memory, and the safetensors file it is kept in. */
/// <reference lib="es2025.float16" />
import { z } from 'zod'
import { AppError, invariant } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import { elements, type Shape, sameShape } from '../graph/graph.ts'
import { assertFinite, openSafetensors, parseSafetensors, type SafetensorsFile, writeSafetensors } from '../io/index.ts'
import { AUXILIARIES } from './auxiliaries.ts'
import { type LidbRecord, lidbCount, recordedModules, unpackLidb } from './lidb.ts'
import { downName, downShape, type LowRankModule, lowRankTensors, upName, upShape } from './pairs.ts'
import { embeddingTensors, type PlaceholderToken, type TokenEmbeddings } from './token-embeddings.ts'

/**
 * The halves of classifier-free guidance in which an adapter works. `both`: as in diffusers and the web UIs. `conditional`:
 * the unconditional half is the base's own, so that guidance does not take away again what the adapter shows unasked.
 */
export const ADAPTER_HALVES = ['both', 'conditional'] as const
export type AdapterHalves = (typeof ADAPTER_HALVES)[number]

/** What was done, in the file's metadata: enough to run it again. */
const manifestSchema = z.object({
  /** A delta says what its adapter's file says, under a format of its own. */
  format: z.enum(['semblance-adapter-1', 'semblance-delta-1']),
  engine: z.string(),
  method: z.string(),
  /** Fingerprint of the base the adapter belongs to. */
  base: z.string(),
  /** The word that names the subject in prompts, with its class: "sks person". */
  subject: z.string(),
  scale: z.number(),
  /** Where its pairs work best, default both. */
  adapterIn: z.enum(ADAPTER_HALVES).optional(),
  /** By `component.key`, where a layer's own scale differs: files of other programs may have an alpha for each layer. */
  scales: z.record(z.string(), z.number()).optional(),
  /** Of LiDB: the sizes, the layers, and what its fixed sides are. */
  lidb: z
    .object({
      ...{ auxiliaries: z.string(), seed: z.int().min(0), a: z.int().min(1), b: z.int().min(1), rank: z.int().min(1) },
      ...{ layers: z.string().regex(/^[0-9a-f]+$/), sha256: z.string() },
    })
    .optional(),
  /** Of Textual Inversion: the placeholder token, and the number of its embeddings. */
  word: z.object({ placeholder: z.string().min(1), count: z.number().int().min(1).max(75) }).optional(),
  options: z.record(z.string(), z.unknown()),
  training: z.record(z.string(), z.unknown()),
  /** SHA-256 of what it was made from, where that was not photos alone. */
  parents: z.array(z.string()).optional(),
  /** Of methods that train all weights: the rank of the pairs, the share of the change they carry, and mean losses on the same batches. */
  distilled: z
    .object({
      rank: z.number(),
      energy: z.number(),
      loss: z.object({ base: z.number(), full: z.number(), distilled: z.number() }).optional(),
    })
    .optional(),
})

export type Manifest = z.output<typeof manifestSchema>

/** A placeholder token, and the embeddings that stand for it in each text encoder. */
export interface AdapterTokens {
  readonly placeholder: string
  readonly embeddings: readonly TokenEmbeddings[]
}

export const placeholderTokenOf = ({ placeholder, embeddings }: AdapterTokens): PlaceholderToken => ({
  placeholder,
  count: embeddings[0]?.count ?? 0,
})

/** The change of each trained weight, `component.key`. */
export type Delta = ReadonlyMap<string, { readonly shape: Shape; readonly data: Float16Array<ArrayBuffer> }>

export interface Adapter {
  readonly manifest: Manifest
  readonly modules: readonly LowRankModule[]
  /** Multiplies every pair's product: alpha / rank. `manifest.scales` names the layers that have their own. */
  readonly scale: number
  /** A placeholder token with embeddings of its own. */
  readonly tokens?: AdapterTokens
  /** By `downName` and `upName`, of their `downShape` and `upShape`; by `embeddingsName`: `[count, width]`. */
  readonly tensors: ReadonlyMap<string, Float32Array>
  /** Of LiDB: all that is kept of its pairs, layer after layer. */
  readonly packed?: Float32Array
  /** Of a training of all weights: their whole change, which the pairs approximate. Kept in a file of its own, see `saveDelta`. */
  readonly delta?: Delta
}

const AGAIN = 'Train it again with a lower learning rate.'

/** The tensor of a file that keeps pairs in a smaller form. */
const PACKED = 'lidb'

/** Written to a temporary file first and renamed, so that a reader never sees half of it. */
export async function saveAdapter(path: string, adapter: Adapter): Promise<void> {
  const { packed } = adapter
  const pairs = packed ? [{ name: PACKED, shape: [1, packed.length] }] : lowRankTensors(adapter.modules, 1)
  const expected = [...pairs, ...embeddingTensors(adapter.tokens?.embeddings ?? [], 1)]
  const tensors = expected.map(({ name, shape }) => {
    const data = name === PACKED ? packed : adapter.tensors.get(name)
    invariant(data?.length === elements(shape), `adapter tensor ${name} is missing or misshapen`)
    return [name, { dtype: 'F32' as const, shape: shape.slice(1), data }] as const
  })
  assertFinite('the adapter', adapter.tensors, AGAIN)
  await writeSafetensors(path, new Map(tensors), { semblance: JSON.stringify(adapter.manifest), format: 'pt' })
}

const BROKEN = 'Train it again, or fetch the file again if it was copied.'

/** @throws AppError ADAPTER_INVALID for files this engine did not write. */
export function readManifest(file: SafetensorsFile): Manifest {
  const text = file.metadata.semblance
  if (text === undefined)
    throw new AppError(
      'ADAPTER_INVALID',
      `${file.path} is not an adapter of this engine`,
      'Give a file that `semblance train` wrote.',
    )
  const parsed = manifestSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new AppError(
    'ADAPTER_INVALID',
    `the manifest in ${file.path} is damaged: ${parsed.error.issues[0]?.message}`,
    BROKEN,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * @throws AppError ADAPTER_MISMATCH when it was trained on another base; ADAPTER_INVALID when a tensor does not belong
 * to a layer of the base, is missing its other half, or has the wrong shape, with the list.
 */
export async function loadAdapter(path: string, base: Base): Promise<Adapter> {
  return readAdapter(await openSafetensors(path), base)
}

/** The same for the file's bytes in memory, which `name` stands for in messages. */
export async function parseAdapter(name: string, data: Uint8Array, base: Base): Promise<Adapter> {
  return readAdapter(await parseSafetensors(name, data), base)
}

/** The same for an opened file. */
export async function readAdapter(file: SafetensorsFile, base: Base): Promise<Adapter> {
  const { path } = file
  const manifest = await parseManifest(file, base)
  if (manifest.format !== 'semblance-adapter-1')
    throw new AppError(
      'ADAPTER_INVALID',
      `${path} holds the change of all weights, which no request can carry`,
      'Give the adapter that was written beside it, or write a base with it: semblance merge.',
    )
  if (manifest.lidb) return readPacked(file, base, manifest)
  const { modules, tokens } = matchAdapter(file, base, manifest)
  const tensors = new Map<string, Float32Array>()
  for (const name of file.tensors.keys()) tensors.set(name, await file.readFloat32(name))
  return { manifest, modules, scale: manifest.scale, ...(tokens && { tokens }), tensors }
}

/** @throws AppError ADAPTER_INVALID for auxiliaries that this engine does not make, and for damage */
async function readPacked(file: SafetensorsFile, base: Base, manifest: Manifest): Promise<Adapter> {
  const { path } = file
  const record = manifest.lidb as LidbRecord
  const again = 'Use the engine version that wrote it, or train it again.'
  if (record.auxiliaries !== AUXILIARIES)
    throw new AppError(
      'ADAPTER_INVALID',
      `${path} was learned with auxiliaries "${record.auxiliaries}"; this engine makes "${AUXILIARIES}"`,
      again,
    )
  const modules = recordedModules(base.layers.adaptable, record)
  const count = modules.reduce((sum, module) => sum + lidbCount(module, record), 0)
  const found = file.tensors.get(PACKED)
  if (modules.length === 0 || String(found?.shape) !== String([count]) || file.tensors.size !== 1)
    throw new AppError('ADAPTER_INVALID', `${path} is damaged: it must hold ${count} values as ${PACKED}`, BROKEN)
  const packed = await file.readFloat32(PACKED)
  const { tensors, sha256 } = unpackLidb(modules, record, packed)
  if (sha256 !== record.sha256)
    throw new AppError('ADAPTER_INVALID', `${path} was learned with other auxiliaries than this engine makes`, again)
  return { manifest, modules, scale: manifest.scale, packed, tensors }
}

/** The manifest of a file for this base. @throws AppError ADAPTER_INVALID, ADAPTER_MISMATCH. */
export async function parseManifest(file: SafetensorsFile, base: Base): Promise<Manifest> {
  const manifest = readManifest(file)
  const fingerprint = await base.fingerprint()
  if (manifest.base === fingerprint) return manifest
  throw new AppError(
    'ADAPTER_MISMATCH',
    `${file.path} was trained on base ${manifest.base.slice(0, 12)}, this one is ${fingerprint.slice(0, 12)}`,
    `Name the base it was trained on with --base FOLDER (semblance inspect FOLDER shows its fingerprint), or train it again on ${base.folder}.`,
  )
}

function matchAdapter(file: SafetensorsFile, base: Base, { word }: Manifest) {
  const unmatched = new Set(file.tensors.keys())
  const modules: LowRankModule[] = []
  for (const layer of base.layers.adaptable) {
    const [down, up] = [file.tensors.get(downName(layer)), file.tensors.get(upName(layer))]
    const rank = down?.shape[0]
    if (!down || !up || !rank) continue
    const module = { ...layer, rank }
    if (!sameShape(down.shape, downShape(module)) || !sameShape(up.shape, upShape(module))) continue
    modules.push(module)
    unmatched.delete(downName(layer))
    unmatched.delete(upName(layer))
  }
  const embeddings = word ? tokenEmbeddings(base, word.count) : []
  const whole = embeddingTensors(embeddings, 1).every(({ name, shape }) => {
    unmatched.delete(name)
    return String(file.tensors.get(name)?.shape) === String(shape.slice(1))
  })
  if (unmatched.size === 0 && whole && (modules.length > 0 || word))
    return { modules, ...(word && { tokens: { placeholder: word.placeholder, embeddings } }) }
  throw new AppError('ADAPTER_INVALID', `${file.path} is damaged: ${faultOf(file, unmatched, whole)}`, BROKEN)
}

function faultOf({ tensors }: SafetensorsFile, unmatched: ReadonlySet<string>, whole: boolean): string {
  if (tensors.size === 0) return 'it is empty'
  if (!whole) return 'the vectors of its word are missing or have other shapes'
  return `${unmatched.size} tensors fit no layer of the base: ${[...unmatched].slice(0, 10).join(', ')}`
}

/** One for each text encoder of the base. */
export const tokenEmbeddings = ({ configs }: Base, count: number): TokenEmbeddings[] =>
  configs.texts.map(({ component, config }) => ({ component, count, width: config.hidden_size }))
