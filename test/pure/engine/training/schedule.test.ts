/** Learning-rate schedules against diffusers `optimization.py` (tools/goldens/schedulers.py). */

import { describe, expect, test } from 'vitest'
import { findLearningRate, LEARNING_RATES } from '../../../../engine/training/optim/schedule.ts'
import goldens from '../../../fixtures/schedulers.json' with { type: 'json' }

describe('learning-rate schedules', () => {
  test.each(goldens.learning_rates)(
    '$name with warm-up $warmup, $cycles cycles, power $power is that of diffusers',
    golden => {
      const factor = findLearningRate(golden.name)
      golden.factors.forEach((expected, step) => {
        expect(Math.abs(factor(step, golden) - expected)).toBeLessThan(1e-12)
      })
    },
  )

  test('every schedule of the table has goldens', () => {
    expect(new Set(goldens.learning_rates.map(golden => golden.name))).toEqual(new Set(Object.keys(LEARNING_RATES)))
  })

  test('cosine stays at 0 past the end', () => {
    expect(findLearningRate('cosine')(150, { total: 100 })).toBe(0)
  })

  test('a warm-up as long as the training divides by nothing', () => {
    for (const name of Object.keys(LEARNING_RATES)) {
      expect(findLearningRate(name)(10, { warmup: 10, total: 10 })).toBe(1)
    }
  })

  test('an unknown name is refused with the known ones', () => {
    expect(() => findLearningRate('exponential')).toThrow('unknown learning-rate schedule "exponential"')
    expect(() => findLearningRate('toString')).toThrow('unknown')
  })
})
