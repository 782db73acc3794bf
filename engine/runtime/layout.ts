/** The layout of one flat buffer for everything that trains: where each tensor lies in it. */
import { invariant } from '../../errors.ts'
import { elements, type Shape } from '../graph/graph.ts'
import type { TensorLocation } from '../graph/onnx.ts'
import { DTYPES, STORED } from '../io/safetensors/dtypes.ts'
import type { FileRange, View } from './protocol.ts'

export interface Slot {
  /** The name of the graph input and, in files, of the tensor. */
  readonly name: string
  readonly shape: Shape
  /** First element in the flat buffer. */
  readonly offset: number
}

export interface Layout {
  readonly slots: readonly Slot[]
  /** Elements of the whole buffer. */
  readonly total: number
  /**
   * Leading sides that separate independent rows: 1 when each tensor is `[rows, ...]` (adapters of `rows` jobs that
   * train in one batch, each clipped by its own norm), 0 for ordinary tensors.
   */
  readonly rowAxes: 0 | 1
}

/** Packs tensors one after the other. */
export function layoutOf(tensors: readonly { name: string; shape: Shape }[], rowAxes: 0 | 1 = 0): Layout {
  const slots: Slot[] = []
  let total = 0
  for (const { name, shape } of tensors) {
    slots.push({ name, shape, offset: total })
    total += elements(shape)
  }
  return { slots, total, rowAxes }
}

/** Rows that are independent of each other. */
export const rowCount = ({ rowAxes, slots }: Layout): number => (rowAxes === 1 ? (slots[0]?.shape[0] ?? 1) : 1)

/** The views of a buffer with this layout, by tensor name. */
export const viewsOf = (layout: Layout, buffer: string, prefix = ''): Record<string, View> =>
  Object.fromEntries(layout.slots.map(({ name, shape, offset }) => [prefix + name, { buffer, offset, shape }]))

/** Where the values of a buffer with this layout lie in weight files, to be loaded by the device. */
export const fileRanges = (layout: Layout, locate: (key: string) => TensorLocation): FileRange[] =>
  layout.slots.map(({ name, shape, offset: at }) => {
    const { path, offset, bytes, dtype: stored } = locate(name)
    const dtype = STORED[stored as keyof typeof STORED]
    invariant(dtype && bytes === elements(shape) * DTYPES[dtype].bytes, `${name} is ${bytes} bytes of ${stored}`)
    return { path, offset, bytes, dtype, at }
  })

/** The tensors in a copy of the flat buffer's contents. */
export const tensorsOf = (layout: Layout, flat: Float32Array): Map<string, { shape: Shape; data: Float32Array }> =>
  new Map(
    layout.slots.map(({ name, shape, offset }) => [
      name,
      { shape, data: flat.subarray(offset, offset + elements(shape)) },
    ]),
  )
