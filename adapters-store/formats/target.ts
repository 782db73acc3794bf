/** The target of a file: the layers of a base, or of a published model, that its tensors are matched with. */
import type { Base } from '../../engine/descriptors.ts'

export interface TargetLayer {
  readonly component: string
  readonly key: string
  readonly in: number
  readonly out: number
  /** Sides of a convolution's kernel; empty for a linear layer. */
  readonly kernel: readonly number[]
}

export interface Target {
  /** `sd1`, `sd2`, `sdxl`, or another name for other sizes. */
  readonly family: string
  /** By `component.key`, in the checkpoint's order. */
  readonly layers: ReadonlyMap<string, TargetLayer>
  /** Widths of the token tables by text encoder. */
  readonly widths: ReadonlyMap<string, number>
  /** Only of a base that is here. */
  fingerprint?(): Promise<string>
  /** Only then too: what our own files name by number. */
  readonly base?: Base
}

/** Shapes of weights by `component.key.weight`. */
type Shapes = ReadonlyMap<string, readonly number[]>

const PARTS = /^(unet|text_encoder(?:_\d)?)\.(.+)\.weight$/
const TABLE = /(^|\.)(token|position)_embedding$/

export function targetOf(shapes: Shapes, fingerprint?: () => Promise<string>): Target {
  const layers = new Map<string, TargetLayer>()
  const widths = new Map<string, number>()
  for (const [name, [out, columns, ...kernel]] of shapes) {
    const [, component, key] = PARTS.exec(name) ?? []
    if (component === undefined || key === undefined || out === undefined || columns === undefined) continue
    if (key.endsWith('token_embedding')) widths.set(component, columns)
    if (!TABLE.test(key)) layers.set(`${component}.${key}`, { component, key, in: columns, out, kernel })
  }
  return { family: familyOf(widths), layers, widths, ...(fingerprint ? { fingerprint } : {}) }
}

export const baseTarget = (base: Base): Target => ({
  ...targetOf(base.shapes, base.fingerprint),
  base,
})

/** Families by the widths of their text encoders' tables. */
const FAMILIES: Readonly<Record<string, string>> = { '768': 'sd1', '1024': 'sd2', '768,1280': 'sdxl' }

function familyOf(widths: ReadonlyMap<string, number>): string {
  const known = FAMILIES[[...widths.values()].join(',')]
  return known ?? (widths.size > 1 ? 'a model with two text encoders' : 'a model of its own size')
}
