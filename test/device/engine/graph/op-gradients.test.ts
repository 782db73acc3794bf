import { afterAll, describe, expect, test } from 'vitest'
import { openDevice } from '../../../../engine/runtime/device.ts'
import { directionalError, GRADIENT_CASES, uncoveredOps } from '../../../../measures/engine/op-gradients.ts'

const device = openDevice({ threads: 1 })
afterAll(() => device.kill())

describe('the gradient of every op agrees with finite differences', () => {
  test.each(GRADIENT_CASES.map(one => [`${one.op} ${one.variant ?? ''}`.trim(), one] as const))(
    '%s',
    async (_, one) => {
      const errors = [await directionalError(device, one, 7), await directionalError(device, one, 8)]
      expect(Math.max(...errors)).toBeLessThan(1e-2)
    },
  )
  test('no op with a gradient rule is left out', () => expect(uncoveredOps()).toEqual([]))
})
