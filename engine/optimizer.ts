/** The optimizer of one training on a device: clipping, AdamW, gradient accumulation and EMA as lists of runs. */
import { type Layout, viewsOf } from './layout.ts'
import type { Model } from './onnx.ts'
import { adamWScalars, buildAdamW, buildBlend } from './optim/adamw.ts'
import { buildClip } from './optim/clip.ts'
import { ranges } from './runtime/pieces.ts'
import type { Inline, Profile, Run, View } from './runtime/protocol.ts'
import type { TrainOptions } from './training.ts'

/** Elements that one optimizer call works on: bounds its temporaries at large parameter counts. */
const CHUNK = 1 << 24

/** Opens a session that its owner closes. */
export type OpenSession = (model: Model, profile: Profile) => Promise<number>

const scalarFeed = (value: number): Inline => ({ data: Float32Array.of(value), dtype: 'float32', shape: [] })

/** A session for every distinct chunk size, and the views of each chunk. */
async function openChunks(total: number, open: (count: number) => Promise<number>) {
  const chunks: { session: number; view(buffer: string): View }[] = []
  const sessions = new Map<number, number>()
  for (const { from, count } of ranges(total, CHUNK)) {
    const session = sessions.get(count) ?? (await open(count))
    sessions.set(count, session)
    chunks.push({ session, view: buffer => ({ buffer, offset: from, shape: [count] }) })
  }
  return chunks
}

/** The runs after each micro-batch and after each step, on the buffers `params`, `grads`, `m`, `v` and as asked `total`, `ema`. */
export async function openOptimizer(open: OpenSession, layout: Layout, options: TrainOptions, ema: boolean) {
  const clip = await open(buildClip(layout), 'inPlace')
  const adamw = await openChunks(layout.total, count => open(buildAdamW(count, options.adamw), 'inPlace'))
  const blends = options.accumulate > 1 || ema
  const blend = blends ? await openChunks(layout.total, count => open(buildBlend(count), 'inPlace')) : []
  const blendRuns = (into: string, from: string, keep: number, share: number): Run[] =>
    blend.map(({ session, view }) => ({
      session,
      feeds: { total: view(into), part: view(from), keep: scalarFeed(keep), share: scalarFeed(share) },
      into: { total_next: view(into) },
      fetch: [],
    }))
  const summed = options.accumulate > 1 ? 'total' : 'grads'
  const clipRun: Run = {
    session: clip,
    feeds: { ...viewsOf(layout, summed), limit: scalarFeed(options.clip) },
    into: Object.fromEntries(Object.entries(viewsOf(layout, summed)).map(([name, view]) => [`${name}_clipped`, view])),
    fetch: ['norm'],
  }
  const adamwRuns = (step: number, rate: number): Run[] => {
    const scalars = Object.entries(adamWScalars(options.adamw, step, rate))
    const fixed = Object.fromEntries(scalars.map(([name, value]) => [name, scalarFeed(value)]))
    return adamw.map(({ session, view }) => ({
      session,
      feeds: { ...fixed, p: view('params'), g: view(summed), m: view('m'), v: view('v') },
      into: { p_next: view('params'), m_next: view('m'), v_next: view('v') },
      fetch: [],
    }))
  }
  const emaRuns = (step: number): Run[] => {
    if (!ema) return []
    const decay = Math.min(options.ema ?? 0, (1 + step) / (10 + step))
    return blendRuns('ema', 'params', decay, 1 - decay)
  }
  return {
    /** Adds this micro-batch's share to the total; the first one overwrites it. */
    accumulate: (micro: number): Run[] =>
      options.accumulate > 1 ? blendRuns('total', 'grads', micro === 0 ? 0 : 1, 1 / options.accumulate) : [],
    /** `step` counts from 1. */
    update: (step: number, rate: number, settle: readonly Run[]): Run[] => [
      clipRun,
      ...adamwRuns(step, rate),
      ...settle,
      ...emaRuns(step),
    ],
  }
}
