/**
 * Lightweight DreamBooth (LiDB, arXiv 2307.06949, section 4.1): a pair `B A` of rank r whose sides lie in fixed small spaces,
 * `B = A_aux A_train` and `A = B_train B_aux` (the paper's letters: A is the output side). Only `A_train [a, r]` and
 * `B_train [r, b]` are learned and kept; the auxiliaries are the same for every subject of a base and are made again from a seed.
 *
 * The auxiliaries are semi-orthogonal, so that what is learned keeps its length; see auxiliaries.ts.
 */
import { createHash, type Hash } from 'node:crypto'
import { invariant } from '../../errors.ts'
import type { AdaptableLayer } from '../base/networks.ts'
import { type Graph, input, type Value } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import { normals } from '../noise.ts'
import { AUXILIARIES, semiOrthogonal } from './auxiliaries.ts'
import type { FixedTensor, LearnedTensor, PairForm } from './forms.ts'
import { downName, downShape, type LowRankModule, moduleName, upName, upShape } from './pairs.ts'
import { product, productTransposed } from './small-matrix.ts'

/** The sizes of the learned sides and the seed of the fixed ones. */
export interface LidbForm {
  readonly auxiliaries: string
  readonly seed: number
  /** Values of the output side for each rank, at most the layer's outputs. */
  readonly a: number
  /** Values of the input side for each rank, at most the layer's inputs. */
  readonly b: number
}

const sizeOf = (shape: readonly number[]): number => shape.slice(1).reduce((x, y) => x * y, 1)

/** The sides of one layer: those of the form, cut to the layer's own. */
const lidbSides = (module: LowRankModule, form: Pick<LidbForm, 'a' | 'b'>) => ({
  a: Math.min(form.a, module.out),
  b: Math.min(form.b, sizeOf(downShape(module))),
})

/** The fixed sides of one layer: `[a, out]`, the columns of A_aux one after the other, and B_aux `[b, in]`. */
export function auxiliariesOf(module: LowRankModule, form: LidbForm) {
  invariant(form.auxiliaries === AUXILIARIES, `auxiliaries of ${form.auxiliaries}`)
  const { a, b } = lidbSides(module, form)
  const name = moduleName(module)
  return {
    up: semiOrthogonal(form.seed, `${name} up`, a, module.out),
    down: semiOrthogonal(form.seed, `${name} down`, b, sizeOf(downShape(module))),
  }
}

type Auxiliaries = ReturnType<typeof auxiliariesOf>

const openHash = () => createHash('sha256').update(AUXILIARIES)

function hashSides(hash: Hash, { up, down }: Auxiliaries): void {
  for (const { buffer, byteOffset, byteLength } of [up, down])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
}

/** SHA-256 over the fixed sides of all layers: an adapter keeps it, so that others are never taken for its own. */
export function auxiliariesHash(modules: readonly LowRankModule[], form: LidbForm): string {
  const hash = openHash()
  for (const module of modules) hashSides(hash, auxiliariesOf(module, form))
  return hash.digest('hex')
}

/** Values that are kept of one layer: A_train, then B_train. */
export const lidbCount = (module: LowRankModule, form: Pick<LidbForm, 'a' | 'b'>): number => {
  const { a, b } = lidbSides(module, form)
  return module.rank * (a + b)
}

/**
 * The pair of one layer.
 * @param learned A_train `[a, r]`, then B_train `[r, b]`
 * @returns `up` and `down` of the shapes of a low-rank pair
 */
export function expandLidb(
  module: LowRankModule,
  form: LidbForm,
  learned: Float32Array,
  fixed: Auxiliaries = auxiliariesOf(module, form),
) {
  const { a, b } = lidbSides(module, form)
  const { rank } = module
  invariant(learned.length === rank * (a + b), `${learned.length} values for ${moduleName(module)}`)
  const [outs, ins] = [upShape(module)[0] as number, sizeOf(downShape(module))]
  return {
    up: productTransposed(
      { rows: a, columns: outs, values: fixed.up },
      { rows: a, columns: rank, values: learned.subarray(0, a * rank) },
    ),
    down: product(
      { rows: rank, columns: b, values: learned.subarray(a * rank) },
      { rows: b, columns: ins, values: fixed.down },
    ),
  }
}

/** What a layer starts with: B_train normal with the length of a LoRA's start (N(0, 1/r^2) on all inputs), A_train zero. */
export function startLidb(module: LowRankModule, form: LidbForm, seed: number, index: number): Float32Array {
  const { a, b } = lidbSides(module, form)
  const { rank } = module
  const scale = Math.sqrt(sizeOf(downShape(module)) / b) / rank
  const start = new Float32Array(rank * (a + b))
  start.set(
    normals(seed, index, rank * b).map(value => value * scale),
    a * rank,
  )
  return start
}

/** What is learned of a layer: A_train, then B_train. */
const lidbName = (module: LowRankModule): string => `${moduleName(module)}.lidb`
const fixedName = (module: LowRankModule, side: 'down' | 'up'): string => `${moduleName(module)}.auxiliary.${side}`

/** All that is kept, layer after layer: the one tensor of a file. */
export function packLidb(modules: readonly LowRankModule[], learned: (name: string) => Float32Array): Float32Array {
  const parts = modules.map(module => learned(lidbName(module)))
  const packed = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    packed.set(part, at)
    at += part.length
  }
  return packed
}

/** What a file keeps of the form, beside what is learned: which layers, and the hash of the auxiliaries it was learned with. */
export interface LidbRecord extends LidbForm {
  readonly rank: number
  /** The base's adaptable layers in order, four to a digit of hexadecimals, the first one lowest. */
  readonly layers: string
  readonly sha256: string
}

export function recordLidb(
  all: readonly AdaptableLayer[],
  modules: readonly LowRankModule[],
  form: LidbForm,
): LidbRecord {
  const names = new Set(modules.map(moduleName))
  const digits: string[] = []
  for (let from = 0; from < all.length; from += 4) {
    const four = all.slice(from, from + 4)
    digits.push(four.reduce((sum, layer, i) => sum + (names.has(moduleName(layer)) ? 1 << i : 0), 0).toString(16))
  }
  return { ...form, rank: modules[0]?.rank ?? 1, layers: digits.join(''), sha256: auxiliariesHash(modules, form) }
}

/** The layers of a record. */
export const recordedModules = (all: readonly AdaptableLayer[], { layers, rank }: LidbRecord): LowRankModule[] =>
  all.flatMap((layer, i) => ((Number.parseInt(layers[i >> 2] ?? '0', 16) >> (i % 4)) & 1 ? [{ ...layer, rank }] : []))

/** The pairs of what a file keeps, by `downName` and `upName`, and the hash of the auxiliaries that made them. */
export function unpackLidb(modules: readonly LowRankModule[], form: LidbForm, packed: Float32Array) {
  const tensors = new Map<string, Float32Array>()
  const hash = openHash()
  let at = 0
  for (const module of modules) {
    const fixed = auxiliariesOf(module, form)
    hashSides(hash, fixed)
    const count = lidbCount(module, form)
    const { down, up } = expandLidb(module, form, packed.subarray(at, at + count), fixed)
    tensors.set(downName(module), down).set(upName(module), up)
    at += count
  }
  return { tensors, sha256: hash.digest('hex') }
}

/** The form of pairs whose sides lie in the spaces of `form`. */
export const lidbPairs = (form: LidbForm): PairForm => ({
  tensors: (modules, rows): LearnedTensor[] =>
    modules.map(module => ({
      ...{ name: lidbName(module), module, side: 'both' as const },
      shape: [rows, lidbCount(module, form)],
    })),
  fixed: (modules): FixedTensor[] =>
    modules.flatMap(module =>
      (['down', 'up'] as const).map(side => ({
        name: fixedName(module, side),
        shape: fixedShape(module, form, side),
        values: () => auxiliariesOf(module, form)[side],
      })),
    ),
  pair: (graph, module, rows) => pairInGraph(graph, module, form, rows),
  expand: (module, learned) => expandLidb(module, form, learned(lidbName(module))),
})

function fixedShape(module: LowRankModule, form: LidbForm, side: 'down' | 'up'): readonly number[] {
  const { a, b } = lidbSides(module, form)
  return side === 'up' ? [1, a, module.out] : [1, b, sizeOf(downShape(module))]
}

/** `up = A_aux A_train`, `down = B_train B_aux`, one for each row. */
function pairInGraph(graph: Graph, module: LowRankModule, form: LidbForm, rows: number) {
  const { a, b } = lidbSides(module, form)
  const { rank } = module
  const learned = input(graph, lidbName(module), 'float32', [rows, rank * (a + b)])
  const fixed = (side: 'down' | 'up'): Value =>
    input(graph, fixedName(module, side), 'float32', fixedShape(module, form, side))
  // [R, r, a]: the product with the vectors' rows gives up transposed.
  const outputs = op.transpose(op.reshape(op.slice(learned, 1, 0, a * rank), [rows, a, rank]), [0, 2, 1])
  const inputs = op.reshape(op.slice(learned, 1, a * rank, (a + b) * rank), [rows, rank, b])
  const up = op.transpose(op.matmul(outputs, fixed('up')), [0, 2, 1])
  return {
    up: op.reshape(up, [rows, ...upShape(module)]),
    down: op.reshape(op.matmul(inputs, fixed('down')), [rows, ...downShape(module)]),
  }
}
