/** Every op by name, for the tests that walk over all of them, and the functions that networks are written with. */
import type { Attrs, Op } from '../graph.ts'
import * as attentionOps from './attention.ts'
import * as convOps from './conv.ts'
import * as elementwiseOps from './elementwise.ts'
import * as linearOps from './linear.ts'
import * as normOps from './norm.ts'
import * as orderOps from './order.ts'
import * as reduceOps from './reduce.ts'
import * as shapeOps from './shape.ts'

export * from './attention.ts'
export * from './conv.ts'
export * from './elementwise.ts'
export * from './linear.ts'
export * from './norm.ts'
export * from './order.ts'
export * from './reduce.ts'
export * from './shape.ts'

const files = [attentionOps, convOps, elementwiseOps, linearOps, normOps, orderOps, reduceOps, shapeOps]

/** All op records. */
export const OPS: ReadonlyMap<string, Op<Attrs>> = new Map(
  files.flatMap(file =>
    Object.values(file)
      .filter(value => typeof value === 'object')
      .map(value => [value.name, value as unknown as Op<Attrs>] as const),
  ),
)
