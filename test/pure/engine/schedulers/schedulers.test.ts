/** What every scheduler keeps to, and what each one does on problems with a known answer. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normals } from '../../../../engine/noise.ts'
import { findScheduler, SCHEDULERS } from '../../../../engine/schedulers/index.ts'
import { minSnrWeight, mixture, noiseSchedule } from '../../../../engine/schedulers/noise-schedule.ts'
import { isDone, type Row, startRow, stepRow, writeInput } from '../../../../engine/schedulers/rows.ts'
import type { Plan, Vector } from '../../../../engine/schedulers/scheduler.ts'
import { mixtureOf, sigmaAt, sigmaTable } from '../../../../engine/schedulers/sigmas.ts'
import { advance } from '../../../../engine/schedulers/step.ts'

const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear', steps_offset: 1, clip_sample: false }
const KINDS = ['epsilon', 'v_prediction'] as const
const SIGNAL = normals(1, 0, 16)
const NOISE = normals(2, 0, 16)
const FIRST_ORDER = { solver_order: 1, timestep_spacing: 'leading' }
const NETWORK_SIZE = 6

type Network = (x: number, timestep: number, i: number) => number

/** Runs a whole plan on doubles. */
function run(plan: Plan, x: Float64Array, network: Network): Float64Array {
  let history: readonly Vector[] = []
  for (const step of plan.steps) {
    const output = x.map((value, i) => network(value * step.inputScale, step.timestep, i))
    history = advance(step, x, output, history)
  }
  return x
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))
}

/** Ends of a run whose network knows the true noise of a known clean signal. */
function runWithOracle(name: string, config: Record<string, unknown>, steps: number) {
  const schedule = noiseSchedule(config)
  const plan = findScheduler(name).plan(config, steps)
  const start = mixture(schedule, plan.steps[0]!.timestep)
  const x = Float64Array.from(SIGNAL, (value, i) => start.signal * value + start.noise * NOISE[i]!)
  const oracle: Network = (_, t, i) => {
    const at = mixture(schedule, t)
    return config.prediction_type === 'epsilon' ? NOISE[i]! : at.signal * NOISE[i]! - at.noise * SIGNAL[i]!
  }
  return { end: run(plan, x, oracle), schedule }
}

describe('with an oracle for the noise', () => {
  test.each(KINDS)('dpm++ returns the clean signal (%s)', kind => {
    for (const timestep_spacing of ['leading', 'trailing', 'linspace']) {
      const { end } = runWithOracle('dpm++', { ...SD, prediction_type: kind, timestep_spacing }, 20)
      expect(distance(end, Float64Array.from(SIGNAL))).toBeLessThan(1e-13)
    }
  })

  test.each(KINDS)('ddim returns the clean signal with set_alpha_to_one (%s)', kind => {
    const { end } = runWithOracle('ddim', { ...SD, prediction_type: kind, set_alpha_to_one: true }, 20)
    expect(distance(end, Float64Array.from(SIGNAL))).toBeLessThan(1e-13)
  })

  test.each(KINDS)('ddim without it ends at the first training timestep (%s)', kind => {
    const { end, schedule } = runWithOracle('ddim', { ...SD, prediction_type: kind, set_alpha_to_one: false }, 20)
    const first = mixture(schedule, 0)
    const expected = Float64Array.from(SIGNAL, (value, i) => first.signal * value + first.noise * NOISE[i]!)
    expect(distance(end, expected)).toBeLessThan(1e-13)
  })
})

describe('on Gaussian data, where the exact path is known', () => {
  const DEVIATION = 0.8
  const schedule = noiseSchedule(SD)

  function errorOf(name: string, config: Record<string, unknown>, steps: number): number {
    const plan = findScheduler(name).plan({ ...SD, ...config }, steps)
    const first = plan.steps[0]!
    const table = sigmaTable(schedule.alphasCumprod)
    const spreadAt = ({ a, s }: ReturnType<typeof mixtureOf>) => Math.hypot(a * DEVIATION, s)
    const network: Network = (x, t) => {
      const at = mixtureOf(sigmaAt(table, t))
      return (at.s * x) / spreadAt(at) ** 2
    }
    const start = mixtureOf(sigmaAt(table, first.timestep))
    const end = run(plan, Float64Array.of(1 / first.inputScale), network)
    return Math.abs(end[0]! - DEVIATION / spreadAt(start))
  }

  test('the second-order error of 40 steps is about a third of the first-order one', () => {
    expect(errorOf('dpm++', {}, 40) / errorOf('dpm++', { solver_order: 1 }, 40)).toBeCloseTo(1 / 3, 1)
  })

  test('more steps come closer', () => {
    // Not those with fresh noise, nor dpm++-karras, which tells the network its timesteps rounded.
    const { 'euler-ancestral': _, 'dpm++-karras': __, ...exact } = SCHEDULERS
    for (const name of Object.keys(exact)) {
      const [few, many] = [20, 80].map(steps => errorOf(name, { set_alpha_to_one: true }, steps)) as [number, number]
      // pndm is so close already that its error no longer falls evenly.
      expect(many).toBeLessThan(Math.max(few, 1e-3))
    }
  })

  test('first-order dpm++ and ddim take the same steps', () => {
    // Both visit 751, 501, 251; ddim goes on to 1, dpm++ ends at the clean signal.
    const both = [findScheduler('ddim').plan(SD, 4), findScheduler('dpm++').plan({ ...SD, ...FIRST_ORDER }, 3)]
    const shared = both.map(plan => ({ ...plan, steps: plan.steps.slice(0, 2) }))
    expect(shared.map(plan => plan.steps.map(step => step.timestep))).toEqual([
      [751, 501],
      [751, 501],
    ])
    const [a, b] = shared.map(plan => run(plan, Float64Array.from(NOISE), (x, t) => Math.sin(x) + t / 1000))
    expect(distance(a!, b!)).toBeLessThan(1e-12)
  })
})

describe.each(Object.keys(SCHEDULERS))('a run of %s that starts from an image', name => {
  const planFrom = (skip: number) => findScheduler(name).plan(SD, 10, { skip })
  const visited = ({ steps }: Plan) => [...new Set(steps.map(({ timestep }) => timestep))]

  test('leaves out the first timesteps and visits the others', () => {
    for (const skip of [1, 4, 9]) expect(visited(planFrom(skip))).toEqual(visited(planFrom(0)).slice(skip))
  })

  test('shows the network a row of unit variance with the noise of its first timestep', () => {
    const table = sigmaTable(noiseSchedule(SD).alphasCumprod)
    for (const skip of [0, 4, 9]) {
      const { noised, steps } = planFrom(skip)
      const { inputScale, timestep } = steps[0]!
      expect(inputScale * Math.hypot(noised.signal, noised.noise)).toBeCloseTo(1, 12)
      // dpm++-karras tells the network its timesteps rounded.
      expect(Math.abs(Math.log(noised.noise / noised.signal / sigmaAt(table, timestep)))).toBeLessThan(0.1)
    }
  })
})

/** A network that sees whole batches and treats each row alone. */
function runNetwork(batch: Float32Array, timesteps: readonly number[]): Float32Array {
  return batch.map(
    (value, i) => Math.sin(value * (1 + (i % NETWORK_SIZE))) + timesteps[Math.floor(i / NETWORK_SIZE)]! / 999,
  )
}

/** Moves every row one step, all through one call of the network. */
function stepTogether(rows: readonly Row[]): Row[] {
  const batch = new Float32Array(rows.length * NETWORK_SIZE)
  const timesteps = rows.map((row, r) => writeInput(row, batch, r * NETWORK_SIZE))
  const output = runNetwork(batch, timesteps)
  return rows.map((row, r) => {
    const conditional = output.slice(r * NETWORK_SIZE, (r + 1) * NETWORK_SIZE)
    return stepRow(row, conditional, conditional.map(Math.cos))
  })
}

const rowRequest = fc.record({
  name: fc.constantFrom(...Object.keys(SCHEDULERS)),
  steps: fc.integer({ min: 1, max: 12 }),
  kind: fc.constantFrom(...KINDS),
  eta: fc.constantFrom(0, 0.6),
  seed: fc.nat(),
  scale: fc.constantFrom(1, 3, 7.5),
  rescale: fc.constantFrom(0, 0.7),
  joins: fc.nat(15),
})

type RowRequest = typeof rowRequest extends fc.Arbitrary<infer T> ? T : never

function open({ name, steps, kind, eta, seed, scale, rescale }: RowRequest): Row {
  const options = name === 'ddim' ? { eta } : {}
  const plan = findScheduler(name).plan({ ...SD, prediction_type: kind }, steps, options)
  return startRow(plan, seed, { scale, rescale }, NETWORK_SIZE)
}

function runAlone(request: RowRequest): Vector {
  let row = open(request)
  while (!isDone(row)) row = stepTogether([row])[0]!
  return row.x
}

/** Rows join at their time and leave when done. */
function runTogether(requests: readonly RowRequest[]): Vector[] {
  const ends: Vector[] = []
  let live: { id: number; row: Row }[] = []
  for (let time = 0; time <= 15 || live.length > 0; time++) {
    requests.forEach((request, id) => {
      if (request.joins === time) live.push({ id, row: open(request) })
    })
    const stepped = stepTogether(live.map(({ row }) => row))
    live = live.map(({ id }, i) => ({ id, row: stepped[i]! }))
    for (const { id, row } of live) if (isDone(row)) ends[id] = row.x
    live = live.filter(({ row }) => !isDone(row))
  }
  return ends
}

describe('rows', () => {
  test('that join, step and leave together end at the bits they reach alone', () => {
    fc.assert(
      fc.property(fc.array(rowRequest, { minLength: 1, maxLength: 6 }), requests => {
        const together = runTogether(requests)
        requests.forEach((request, id) => {
          expect(together[id]).toEqual(runAlone(request))
        })
      }),
    )
  })

  test('start as the noise of their seed', () => {
    const plan = findScheduler('dpm++').plan(SD, 5)
    expect(startRow(plan, 7, { scale: 1, rescale: 0 }, 8).x).toEqual(normals(7, 0, 8))
  })

  test('a plan is data: it survives JSON but for its infinite clip', () => {
    const { steps } = findScheduler('ddim').plan({ ...SD, clip_sample: true }, 10)
    expect(JSON.parse(JSON.stringify(steps))).toEqual(steps)
  })
})

describe('Min-SNR with gamma 5', () => {
  test.each(KINDS)('lowers only timesteps up to 146 (%s)', kind => {
    const schedule = noiseSchedule({ ...SD, prediction_type: kind })
    const plain = noiseSchedule({ ...SD, prediction_type: 'epsilon' })
    const lowered = Array.from({ length: 1000 }, (_, t) => minSnrWeight(plain, t, 5) < 1)
    expect(lowered.lastIndexOf(true)).toBe(146)
    expect(lowered.indexOf(false)).toBe(147)
    expect(minSnrWeight(schedule, 0, 5)).toBeCloseTo(0.00425, 4)
  })
})
