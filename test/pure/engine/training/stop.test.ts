import { describe, expect, test } from 'vitest'
import {
  leastSteps,
  type StopRule,
  type StopState,
  varianceRatio,
  watchLoss,
} from '../../../../engine/training/stop.ts'

const rule: StopRule = { every: 2, window: 4, threshold: 0.1, decay: 0.1 }
const limits = { steps: 200, warmup: 5 }

/** Runs the rule over a loss of the finished steps; gives every factor and the state after each step. */
function run(loss: (finished: number) => readonly number[], saved?: StopState, from = 0) {
  const watch = watchLoss(rule, limits, saved)
  const factors: number[] = []
  const states: StopState[] = []
  for (let step = from; step < watch.end(); step++) {
    factors.push(watch.factor(step))
    if (watch.isDue(step + 1)) watch.record(step + 1, loss(step + 1))
    states.push(JSON.parse(JSON.stringify(watch.state())))
  }
  return { watch, factors, states }
}
const flattens = (finished: number): number[] => [1 + Math.exp(-finished / 10)]

describe('the variance ratio', () => {
  test('is 1 while the window holds everything, and of values that never change', () => {
    expect(varianceRatio([3, 1, 2], 3)).toBe(1)
    expect(varianceRatio([2, 2, 2, 2, 2], 3)).toBe(1)
  })
  test('is that of the published rule: population variances of the last values and of all', () => {
    // var([1, 2]) / var([9, 5, 1, 2]) = 0.25 / 9.6875
    expect(varianceRatio([9, 5, 1, 2], 2)).toBeCloseTo(0.25 / 9.6875, 15)
  })
})

test('a loss that flattens ends the training early, after a short fall of the rate', () => {
  const { watch, factors } = run(flattens)
  const decayFrom = watch.state().stopped?.step ?? 0
  expect(watch.reason()).toBe('flat')
  expect(watch.end()).toBe(decayFrom + Math.ceil(0.1 * decayFrom))
  expect(watch.end()).toBeLessThan(limits.steps / 2)
  expect(factors.slice(0, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8])
  expect(new Set(factors.slice(5, decayFrom + 1))).toEqual(new Set([1]))
  const fall = factors.slice(decayFrom)
  for (const [i, factor] of fall.entries()) if (i > 0) expect(factor).toBeLessThan(fall[i - 1] as number)
  expect(fall.at(-1)).toBeGreaterThan(0)
})

test('a loss that falls ever faster takes all steps, and the rate falls within them', () => {
  const { watch, factors } = run(finished => [-(1.05 ** finished)])
  expect([watch.reason(), watch.end(), factors.length]).toEqual(['budget', 200, 200])
  expect(factors[181]).toBe(1)
  expect(factors[183]).toBeLessThan(1)
})

test('a loss that falls evenly ends it after window / sqrt(threshold) measurements, as the published rule does', () => {
  const { watch } = run(finished => [-finished])
  const { history } = watch.state()
  expect(watch.reason()).toBe('flat')
  expect(history.length).toBe(Math.ceil(rule.window / Math.sqrt(rule.threshold)))
})

test('a loss that turns ends it one window after its lowest measurement', () => {
  const { watch } = run(finished => [Math.abs(finished - 14)])
  const { stopped } = watch.state()
  expect(stopped).toEqual({ reason: 'rising', step: 14 + rule.window * rule.every })
})

test('of several rows all must be flat', () => {
  const both = run(finished => [...flattens(finished), ...flattens(finished / 3)])
  const slow = run(finished => flattens(finished / 3))
  expect(both.watch.end()).toBe(slow.watch.end())
  expect(both.watch.end()).toBeGreaterThan(run(flattens).watch.end())
})

test('a training cut after any step stops at the same step with the same rates', () => {
  const whole = run(flattens)
  for (const [i, state] of whole.states.entries()) {
    const rest = run(flattens, state, i + 1)
    expect(rest.watch.end(), `cut after ${i + 1}`).toBe(whole.watch.end())
    expect(rest.factors).toEqual(whole.factors.slice(i + 1))
  }
})

test('the least budget is the smallest in which the rule can stop a training', () => {
  const least = leastSteps(rule, limits.warmup)
  const flatFromTheWindow = (steps: number) => {
    const watch = watchLoss(rule, { ...limits, steps })
    let measured = 0
    for (let step = 0; step < watch.end(); step++)
      if (watch.isDue(step + 1)) watch.record(step + 1, [measured++ === 0 ? 100 : 1])
    return watch.reason()
  }
  expect(flatFromTheWindow(least)).toBe('flat')
  expect(flatFromTheWindow(least - 1)).toBe('budget')
})
