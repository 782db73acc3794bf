/**
 * What every step of drawing shares: an opened base on a device with its sessions, and the values passed between
 * steps.
 */
import { invariant } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import type { ConditioningShapes } from '../families/index.ts'
import { elements, type Shape } from '../graph/graph.ts'
import type { PictureSize } from '../io/index.ts'
import type { Device } from '../runtime/device.ts'
import type { Inline } from '../runtime/protocol.ts'
import type { Sessions } from '../runtime/sessions.ts'

/** A base on a device with its open sessions. */
export interface PipelineContext {
  readonly base: Base
  readonly device: Device
  readonly session: Sessions
}

/** An image as `[3, height, width]` in -1..1. */
export interface GeneratedImage extends PictureSize {
  readonly pixels: Float32Array
}

/** What conditions one image, by the family's names: its text states `context` `[L, D]` and what else the UNet asks for. */
export type Conditioning = Readonly<Record<string, Float32Array>>

export const floats = (data: Float32Array, shape: Shape): Inline => ({ data, dtype: 'float32', shape })

/** The conditioning of a whole batch as feeds, row after row. */
export function conditioningFeeds(shapes: ConditioningShapes, rows: readonly Conditioning[]): Record<string, Inline> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const data = new Float32Array(rows.length * elements(shape))
      rows.forEach((row, i) => {
        const values = row[name]
        invariant(values?.length === elements(shape), `row ${i} has no ${name} of [${shape}]`)
        data.set(values, i * values.length)
      })
      return [name, floats(data, [rows.length, ...shape])]
    }),
  )
}
