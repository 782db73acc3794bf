/** The optimizer of one training on a device: clipping, AdamW, gradient accumulation and EMA as lists of runs. */

import type { Model } from '../../graph/onnx.ts'
import { chunksOf } from '../../runtime/chunks.ts'
import { type Layout, rowCount, viewsOf } from '../../runtime/layout.ts'
import type { Feed, Inline, Profile, Run, View } from '../../runtime/protocol.ts'
import type { Objective, Pace, TrainOptions } from '../objective.ts'
import { adamWScalars, buildAdamW, buildBlend } from './adamw.ts'
import { buildNorm, buildScale } from './clip.ts'

/** Elements that one optimizer call works on: its temporaries stay small, and what the runtime copies stays in the cache. */
const CHUNK_ELEMENTS = 1 << 20
/** The buffer between norm and AdamW, an element for each row. */
export const FACTOR = 'factor'

/** Opens a session that its owner closes. */
export type OpenSession = (model: Model, profile: Profile) => Promise<number>

const scalarFeed = (value: number): Inline => ({ data: Float32Array.of(value), dtype: 'float32', shape: [] })

/** A part of the flat buffer whose slots share a pace. */
interface Stretch {
  readonly from: number
  readonly count: number
  readonly pace: Pace
}

const PLAIN: Pace = { rate: 1, decay: 1 }

/** In the buffer's order; a single one where all slots go alike. */
function stretchesOf({ slots, total }: Layout, paces: Objective['paces']): Stretch[] {
  const starts = slots.map(({ name, offset }) => ({ from: offset, pace: paces?.get(name) ?? PLAIN }))
  const changes = starts.filter(({ pace }, i) => i === 0 || pace !== starts[i - 1]?.pace)
  return changes.map(({ from, pace }, i) => ({ from, count: (changes[i + 1]?.from ?? total) - from, pace }))
}

/** A session for every distinct chunk size, and the views of each chunk. */
async function openChunks(stretches: readonly Stretch[], open: (count: number) => Promise<number>) {
  const chunks: { session: number; pace: Pace; view(buffer: string): View }[] = []
  const sessions = new Map<number, number>()
  for (const { from: start, count: length, pace } of stretches)
    for (const { from, count } of chunksOf(length, CHUNK_ELEMENTS)) {
      const session = sessions.get(count) ?? (await open(count))
      sessions.set(count, session)
      chunks.push({ session, pace, view: buffer => ({ buffer, offset: start + from, shape: [count] }) })
    }
  return chunks
}

/** Clipping of `buffer`: by the factor that it gives, or where rows have norms of their own in place and a factor of 1. */
async function openClip(open: OpenSession, layout: Layout, buffer: string, limit: number) {
  const rows = rowCount(layout)
  const gradients = viewsOf(layout, buffer)
  const factor: View = { buffer: FACTOR, offset: 0, shape: [rows] }
  const norm: Run = {
    session: await open(buildNorm(layout), 'inPlace'),
    feeds: { ...gradients, limit: scalarFeed(limit) },
    into: { factor },
    fetch: ['norm'],
  }
  if (rows === 1) return { runs: [norm], factor: { ...factor, shape: [] } }
  const scale: Run = {
    session: await open(buildScale(layout), 'inPlace'),
    feeds: { ...gradients, factor },
    into: Object.fromEntries(Object.entries(gradients).map(([name, view]) => [`${name}_clipped`, view])),
    fetch: [],
  }
  return { runs: [norm, scale], factor: scalarFeed(1) }
}

/** `average`: whether the state has one, which a resumed training may lack. */
type OptimizerOptions = Pick<TrainOptions, 'accumulate' | 'clip' | 'adamw' | 'ema'> & {
  readonly average: boolean
  readonly paces: Objective['paces']
}

/** The runs after each micro-batch and after each step, on the buffers `params`, `grads`, `m`, `v`, `factor` and as asked `total`, `ema`. */
export async function openOptimizer(open: OpenSession, layout: Layout, options: OptimizerOptions) {
  const summed = options.accumulate > 1 ? 'total' : 'grads'
  const clip = await openClip(open, layout, summed, options.clip)
  const adamw = await openChunks(stretchesOf(layout, options.paces), count =>
    open(buildAdamW(count, options.adamw), 'inPlace'),
  )
  const blends = options.accumulate > 1 || options.average
  const blend = blends
    ? await openChunks(stretchesOf(layout, undefined), count => open(buildBlend(count), 'inPlace'))
    : []
  const blendRuns = (into: string, from: string, keep: number, share: number): Run[] =>
    blend.map(({ session, view }) => ({
      session,
      feeds: { total: view(into), part: view(from), keep: scalarFeed(keep), share: scalarFeed(share) },
      into: { total_next: view(into) },
      fetch: [],
    }))
  const adamwRuns = (step: number, rate: number): Run[] =>
    adamw.map(({ session, pace, view }) => {
      const own = { ...options.adamw, weightDecay: options.adamw.weightDecay * pace.decay }
      const scalars = Object.entries(adamWScalars(own, step, rate * pace.rate))
      const fixed = scalars.map(([name, value]): [string, Feed] => [name, scalarFeed(value)])
      const buffers = { p: view('params'), g: view(summed), m: view('m'), v: view('v') }
      return {
        session,
        feeds: { ...Object.fromEntries(fixed), factor: clip.factor, ...buffers },
        into: { p_next: view('params'), m_next: view('m'), v_next: view('v') },
        fetch: [],
      }
    })
  const emaRuns = (step: number): Run[] => {
    if (!options.average) return []
    const decay = Math.min(options.ema ?? 0, (1 + step) / (10 + step))
    return blendRuns('ema', 'params', decay, 1 - decay)
  }
  return {
    /** Adds this micro-batch's share to the total; the first one overwrites it. */
    accumulate: (micro: number): Run[] =>
      options.accumulate > 1 ? blendRuns('total', 'grads', micro === 0 ? 0 : 1, 1 / options.accumulate) : [],
    /** `step` counts from 1. */
    update: (step: number, rate: number, projections: readonly Run[]): Run[] => [
      ...clip.runs,
      ...adamwRuns(step, rate),
      ...projections,
      ...emaRuns(step),
    ],
  }
}
