/**
 * What a personalization method is to the rest of the engine: which layers it changes, how it starts, and its defaults.
 * A method is a value in its own file; the loops know none of its names.
 */
import type { z } from 'zod'
import type { PairForm } from '../adapters/forms.ts'
import type { LidbForm } from '../adapters/lidb.ts'
import type { LowRankModule } from '../adapters/pairs.ts'
import type { TokenEmbeddings } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import type { Shape, Value } from '../graph/graph.ts'
import type { Prior } from './prior.ts'

/** Training settings a method proposes; the caller may override each. */
export interface MethodDefaults {
  readonly steps: number
  readonly learningRate: number
  readonly batch: number
  readonly weightDecay: number
}

/** A weight of the base that trains itself, by its full name. */
export interface TrainedWeight {
  readonly name: string
  readonly shape: Shape
}

/**
 * What trains: low-rank pairs with one scale and embeddings of a placeholder token, the forms in which every method serves; or
 * weights of the base, whose change is distilled to pairs.
 */
export interface AdapterPlan {
  readonly modules: readonly LowRankModule[]
  readonly scale: number
  /** How the pairs are learned, default both sides whole. */
  readonly form?: PairForm | undefined
  /** Of plans whose form is LiDB: its sizes, which the adapter keeps. */
  readonly lidb?: LidbForm | undefined
  /** Share of the pairs' inner channels that training leaves out. */
  readonly dropout?: number | undefined
  /** One for each text encoder, all of the same count; only of methods with `token`. */
  readonly embeddings?: readonly TokenEmbeddings[] | undefined
  readonly weights?: readonly TrainedWeight[] | undefined
  /** Of plans with `weights`: rank of the pairs their change becomes. */
  readonly distil?: { readonly rank: number } | undefined
}

/** The part of a method that learns a placeholder token. */
export interface TokenLearning<S extends z.ZodType = z.ZodType> {
  /** The token in prompts. @throws AppError INPUT_INVALID when it cannot be one. */
  placeholder(base: Base, subject: string, options: z.output<S>): string
  /** What a photo may be described with while training. @throws AppError INPUT_INVALID when it does not name the token. */
  prompts(
    photo: { readonly placeholder: string; readonly subject: string; readonly caption: string },
    options: z.output<S>,
  ): readonly string[]
  /** Where the embeddings go at another pace than the method's pairs: multiples of its learning rate and weight decay. */
  pace?(base: Base): { readonly rate: number; readonly decay: number }
  /** Initial embeddings `[count, width]` of one text encoder; `seed` and `index` (its place) are the only randomness. */
  start(
    base: Base,
    embeddings: TokenEmbeddings,
    given: { readonly subject: string; readonly options: z.output<S>; readonly seed: number; readonly index: number },
  ): Promise<Float32Array>
  /** What happens to the embeddings `[rows, count, width]` after each step; undefined for nothing. */
  projection(
    base: Base,
    embeddings: TokenEmbeddings,
    options: z.output<S>,
  ): Promise<((learned: Value, rate: Value) => Value) | undefined>
}

export interface Method<S extends z.ZodType = z.ZodType> {
  readonly name: string
  /** Options with their defaults; also what the command line and the manifest list. */
  readonly options: S
  /** Defaults for this base: they depend on its size. */
  defaults(base: Base): MethodDefaults
  /** The layers of this base that train. */
  plan(base: Base, options: z.output<S>): AdapterPlan
  /** Initial values of one tensor of the plan, `seed` and `index` (the tensor's place) being all they depend on. */
  initialize(
    tensor: { name: string; count: number; module: LowRankModule; side: 'down' | 'up' | 'both' },
    seed: number,
    index: number,
    given: { readonly base: Base; readonly options: z.output<S> },
  ): Float32Array
  readonly token?: TokenLearning<S>
  /** Class images beside the photos: the options that say which, and what they say. */
  readonly prior?: {
    readonly options: z.ZodType
    of(subject: string, options: z.output<S>): Prior | undefined
  }
  /** @throws AppError INPUT_INVALID for words that cannot name a subject of this method. */
  assertSubject?(base: Base, subject: string): void
}

const FULL_SIZE = 100e6

/** Whether the UNet has the size of a published base: such train gently. */
export const isFullSize = ({ layers }: Pick<Base, 'layers'>): boolean => layers.parameters > FULL_SIZE
