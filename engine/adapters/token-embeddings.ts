/**
 * Learned embeddings of a placeholder token (Textual Inversion): graph inputs with a row axis, inserted where a
 * prompt has the placeholder. Neither the tokenizer nor the text encoder's own table changes, so two adapters may use
 * the same placeholder.
 */
import { constant, type Graph, input, type Shape } from '../graph/graph.ts'
import * as op from '../graph/ops/index.ts'
import type { NetOptions } from '../nets/blocks.ts'

/** The vectors of one text encoder: `count` rows of `width`. */
export interface TokenEmbeddings {
  readonly component: string
  readonly count: number
  readonly width: number
}

/** A word of an adapter and the number of vectors that stand in its place. */
export interface PlaceholderToken {
  readonly placeholder: string
  readonly count: number
}

export const embeddingsName = (component: string): string => `${component}.token_rows`

/** The graph input that says which vector stands at each token, `[B, L]` int64: 0 for none, else 1 + row * count + vector. */
export const placesName = (component: string): string => `${component}.places`

/** The tensors of all encoders' vectors, with their row axis. */
export const embeddingTensors = (
  embeddings: readonly TokenEmbeddings[],
  rows: number,
): { name: string; shape: Shape }[] =>
  embeddings.map(({ component, count, width }) => ({ name: embeddingsName(component), shape: [rows, count, width] }))

/** The hook that puts the vectors of `rows` adapters where `placesName` says; every other token stays as it is, bit for bit. */
export function embeddingHook(
  graph: Graph,
  embeddings: readonly TokenEmbeddings[],
  rows: number,
): NonNullable<NetOptions['embed']> {
  const known = new Map(embeddings.map(table => [table.component, table]))
  return (component, embedded) => {
    const table = known.get(component)
    if (!table) return embedded
    const { count, width } = table
    const vectors = input(graph, embeddingsName(component), 'float32', [rows, count, width])
    const none = constant(graph, [1, width], new Float32Array(width))
    const [batch, length] = embedded.shape as [number, number]
    const places = input(graph, placesName(component), 'int64', [batch, length])
    const stays = op.cast(op.equal(places, constant(graph, [], BigInt64Array.of(0n))), 'float32')
    const placed = op.gather(op.concat([none, op.reshape(vectors, [rows * count, width])], 0), places)
    return op.add(op.mul(embedded, op.reshape(stays, [batch, length, 1])), placed)
  }
}
