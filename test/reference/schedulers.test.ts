/** Noise schedules, timesteps, whole sampling runs, training targets and guidance against diffusers 0.42. */

import { describe, expect, test } from 'vitest'
import { guide } from '../../engine/schedulers/guidance.ts'
import { findScheduler } from '../../engine/schedulers/index.ts'
import {
  addNoise,
  minSnrWeight,
  noiseSchedule,
  signalToNoise,
  trainingTarget,
} from '../../engine/schedulers/noise-schedule.ts'
import type { Plan, Vector } from '../../engine/schedulers/scheduler.ts'
import { advance } from '../../engine/schedulers/step.ts'
import goldens from '../fixtures/schedulers.json' with { type: 'json' }

const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }

/** Largest difference over the range of the expected values. */
function relativeError(actual: ArrayLike<number>, expected: readonly number[], scale = expected): number {
  const range = Math.max(...scale) - Math.min(...scale)
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value))) / range
}

function fixed(count: number, shift: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => 1.5 * Math.sin(1.7 * i + shift))
}

/** The states of a run with the goldens' model, 0.5 sin x + t / 1000. */
function sample(plan: Plan, count: number): Float32Array[] {
  const x = fixed(count, 0.3).map(value => value * plan.initialScale)
  let history: readonly Vector[] = []
  return plan.steps.map((step, i) => {
    const output = x.map(value => 0.5 * Math.sin(value * step.inputScale) + step.timestep / 1000)
    history = advance(step, x, output, history, fixed(count, i))
    return x.slice()
  })
}

/** Whole ones are equal; those between two timesteps are single precision there. */
function expectTimesteps(plan: Plan, expected: readonly number[]): void {
  const actual = plan.steps.map(step => step.timestep)
  expect(actual.length).toBe(expected.length)
  expected.forEach((t, i) => {
    if (Number.isInteger(t)) expect(actual[i]).toBeCloseTo(t, 2)
    else expect(Math.abs(actual[i]! - t)).toBeLessThan(2e-3)
  })
}

describe('noise schedule', () => {
  test.each(goldens.schedules)('$config has the products of diffusers', ({ config, values }) => {
    const { alphasCumprod } = noiseSchedule(config)
    for (const [t, expected] of Object.entries(values)) {
      expect(Math.abs(alphasCumprod[Number(t)]! - expected!)).toBeLessThan(1e-6 * Math.max(expected!, 1e-3))
    }
  })

  test('Stable Diffusion starts at sigma 0.0291672 and ends at 14.614641', () => {
    const schedule = noiseSchedule(SD)
    expect(schedule.alphasCumprod[0]).toBeCloseTo(0.99915, 7)
    expect(schedule.alphasCumprod[999]).toBeCloseTo(0.0046601, 7)
    expect(1 / Math.sqrt(signalToNoise(schedule, 0))).toBeCloseTo(0.0291672, 6)
    expect(1 / Math.sqrt(signalToNoise(schedule, 999))).toBeCloseTo(14.614641, 4)
  })
})

describe('training', () => {
  test.each(goldens.training)('$prediction at $timestep: noisy row, target and Min-SNR weight', golden => {
    const schedule = noiseSchedule({ ...SD, prediction_type: golden.prediction })
    const [signal, noise] = [Float32Array.from(golden.signal), Float32Array.from(golden.noise)]
    expect(relativeError(addNoise(schedule, golden.timestep, signal, noise), golden.noisy)).toBeLessThan(1e-6)
    expect(relativeError(trainingTarget(schedule, golden.timestep, signal, noise), golden.target)).toBeLessThan(1e-6)
    expect(signalToNoise(schedule, golden.timestep) / golden.snr).toBeCloseTo(1, 5)
    expect(minSnrWeight(schedule, golden.timestep, 5)).toBeCloseTo(golden.weight, 5)
  })
})

describe('sampling', () => {
  test.each(goldens.timesteps)('$scheduler, $spacing, offset $offset: timesteps of $steps steps', golden => {
    const config = { ...SD, timestep_spacing: golden.spacing, steps_offset: golden.offset }
    const plan = findScheduler(golden.scheduler).plan(config, golden.steps)
    expectTimesteps(plan, golden.timesteps)
  })

  test.each(goldens.trajectories)('$scheduler, $steps steps, eta $eta, $config: every state', golden => {
    const options = golden.eta > 0 ? { eta: golden.eta } : {}
    const plan = findScheduler(golden.scheduler).plan(golden.config, golden.steps, options)
    expectTimesteps(plan, golden.timesteps)
    expect(plan.initialScale / golden.initialScale).toBeCloseTo(1, 6)
    // Over the range of the whole run: clamped states lie so close together that single precision alone costs diffusers
    // 3e-6 of their own range.
    const scale = [...fixed(golden.states[0]!.length, 0.3), ...golden.states.flat()]
    const errors = sample(plan, golden.states[0]!.length).map((x, i) => relativeError(x, golden.states[i]!, scale))
    // At a zero-terminal-SNR start of sigma 4096 the single-precision states of diffusers are that much coarser.
    expect(Math.max(...errors)).toBeLessThan(golden.initialScale > 1000 ? 1e-5 : 1e-6)
  })
})

describe('guidance', () => {
  test.each(goldens.guidance)('scale $scale, rescale $rescale', golden => {
    const out = guide(golden, Float32Array.from(golden.conditional), Float32Array.from(golden.unconditional))
    expect(relativeError(out, golden.out)).toBeLessThan(1e-6)
  })
})
