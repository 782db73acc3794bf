/**
 * Order of execution as data flow: a value that waits until another one has been computed. Neither op has a gradient.
 */
import { apply1, type Value } from '../graph.ts'
import { at, defineOp } from './types.ts'

type None = Record<never, never>

/** A one-element sign that its input has been computed. It reads the input's data: what depends on its shape alone is folded away. */
export const SIGNAL = defineOp<None>({
  name: 'signal',
  infer: () => [{ dtype: 'bool', shape: [1] }],
  build: (node, emit) => {
    const [flat, first] = [emit.temp(node, 'flat'), emit.temp(node, 'first')]
    const [zero, one] = [emit.ints([0]), emit.ints([1])]
    emit.node({ type: 'Reshape', inputs: [at(node, 0).name, emit.ints([-1])], outputs: [flat] })
    emit.node({ type: 'Slice', inputs: [flat, zero, one, zero], outputs: [first] })
    emit.node({ type: 'IsNaN', inputs: [first], outputs: [at({ inputs: node.outputs }, 0).name] })
  },
})

/** The first input, bit for bit and in the same memory (a Reshape is an alias), once the signal is given. */
export const AFTER = defineOp<None>({
  name: 'after',
  infer: inputs => [at({ inputs }, 0)],
  build: (node, emit) => {
    const [x, signal] = [at(node, 0), at(node, 1)]
    const [shape, chosen] = [emit.ints(x.shape), emit.temp(node, 'shape')]
    emit.node({ type: 'Where', inputs: [signal.name, shape, shape], outputs: [chosen] })
    emit.node({ type: 'Reshape', inputs: [x.name, chosen], outputs: [at({ inputs: node.outputs }, 0).name] })
  },
})

/** `value` float32. */
export const signal = (value: Value): Value => apply1(SIGNAL, [value], {})
export const after = (x: Value, given: Value): Value => apply1(AFTER, [x, given], {})
