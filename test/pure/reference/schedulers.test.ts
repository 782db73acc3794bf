/** Noise schedules, timesteps, whole sampling runs, training targets and guidance against diffusers 0.42. */

import { describe, expect, test } from 'vitest'
import { guide } from '../../../engine/schedulers/guidance.ts'
import { findScheduler } from '../../../engine/schedulers/index.ts'
import {
  addNoise,
  minSnrWeight,
  noiseSchedule,
  signalToNoise,
  trainingTarget,
} from '../../../engine/schedulers/noise-schedule.ts'
import type { Plan } from '../../../engine/schedulers/scheduler.ts'
import { planOf, relativeError, trajectoryError } from '../../../measures/engine/sampler-parity.ts'
import goldens from '../../fixtures/schedulers.json' with { type: 'json' }

const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }

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
    const plan = planOf(golden)
    expectTimesteps(plan, golden.timesteps)
    expect(plan.initialScale / golden.initialScale).toBeCloseTo(1, 6)
    // At a zero-terminal-SNR start of sigma 4096 the single-precision states of diffusers are that much coarser.
    expect(trajectoryError(golden)).toBeLessThan(golden.initialScale > 1000 ? 1e-5 : 1e-6)
  })
})

describe('guidance', () => {
  test.each(goldens.guidance)('scale $scale, rescale $rescale', golden => {
    const out = guide(golden, Float32Array.from(golden.conditional), Float32Array.from(golden.unconditional))
    expect(relativeError(out, golden.out)).toBeLessThan(1e-6)
  })
})
