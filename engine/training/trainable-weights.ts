/** Makes the weights that train inputs of the graph, and lists them. */
import { type Graph, input, type Value } from '../graph/graph.ts'
import type { NetOptions } from '../nets/blocks.ts'

export interface TrainableWeights {
  readonly trainable: NonNullable<NetOptions['trainable']>
  /** In the order in which the networks asked for them. */
  values(): Value[]
}

/** @param isWanted by full name `component.key`, default all: the others stay frozen */
export function trainableWeights(graph: Graph, isWanted: (name: string) => boolean = () => true): TrainableWeights {
  const known = new Map<string, Value>()
  return {
    trainable: (name, shape) => {
      if (!isWanted(name)) return undefined
      const value = known.get(name) ?? input(graph, name, 'float32', shape)
      known.set(name, value)
      return value
    },
    values: () => [...known.values()],
  }
}
