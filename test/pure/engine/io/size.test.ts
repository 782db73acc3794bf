import { describe, expect, test } from 'vitest'
import {
  areaOf,
  cropWarnings,
  nearestSize,
  type SizeRule,
  sizeFault,
  sizeWarnings,
  square,
} from '../../../../engine/io/index.ts'
import { integers } from '../../../../engine/noise.ts'

const SD15: SizeRule = { step: 8, area: 512 ** 2, limit: 1024 ** 2 }

describe('a size that cannot be drawn is refused with the limit and the nearest right one', () => {
  test.each([
    [{ width: 100, height: 150 }, 'multiples of 8, 16 or more', '104 x 152'],
    [{ width: 512, height: 513 }, 'multiples of 8, 16 or more', '512 x 512'],
    [{ width: 8, height: 512 }, 'multiples of 8, 16 or more', '16 x 512'],
    [{ width: 2048, height: 2048 }, '4194304 pixels; at most 1048576', '1024 x 1024'],
    [{ width: 1024, height: 2048 }, '2097152 pixels; at most 1048576', '720 x 1448'],
    [{ width: -8, height: 64 }, 'multiples of 8', '16 x 64'],
    [{ width: Number.NaN, height: 64 }, 'multiples of 8', 'x'],
  ])('%o', (size, message, nearest) => {
    const fault = sizeFault(size, SD15)
    expect(fault?.message).toContain(message)
    expect(fault?.next).toContain(nearest)
  })

  test.each([square(512), { width: 384, height: 640 }, { width: 16, height: 65536 }, square(1024)])('not %o', size => {
    expect(sizeFault(size, SD15)).toBeUndefined()
  })
})

test('the nearest size is always right, is itself for a right one, and keeps the shape to a step', () => {
  for (let i = 0; i < 500; i++) {
    const [width = 0, height = 0, step = 0, side = 0] = [4000, 4000, 32, 1000].map(
      (most, place) => 1 + (integers(i, place, 1, most)[0] ?? 0),
    )
    const rule = { step, area: side ** 2, limit: Math.max((2 * step) ** 2, 2 * side ** 2) }
    const nearest = nearestSize({ width, height }, rule)
    expect(sizeFault(nearest, rule), JSON.stringify({ width, height, rule, nearest })).toBeUndefined()
    expect(nearestSize(nearest, rule)).toEqual(nearest)
    const shrink = Math.min(1, Math.sqrt(rule.limit / (width * height)))
    if (Math.min(width, height) * shrink < 2 * step) continue
    expect(Math.abs(nearest.width - width * shrink)).toBeLessThanOrEqual(step)
    expect(Math.abs(nearest.height - height * shrink)).toBeLessThanOrEqual(step)
  }
})

test('more pixels than the base was trained on are a warning with a size within, whatever the shape', () => {
  expect(sizeWarnings({ width: 384, height: 680 }, SD15)).toEqual([])
  const [warning] = sizeWarnings({ width: 384, height: 768 }, SD15)
  expect(warning).toMatchObject({ code: 'SIZE_LARGE', message: expect.stringContaining('384 x 768 is 1.1 times') })
  const within = /(\d+) x (\d+) is within/.exec(warning?.message ?? '')
  expect(areaOf({ width: Number(within?.[1]), height: Number(within?.[2]) })).toBeLessThanOrEqual(SD15.area)
})

test('a picture that loses more than a tenth to another shape is named with what it loses', () => {
  const photo = { width: 3000, height: 4000 }
  expect(cropWarnings('me.jpg', photo, { width: 96, height: 128 })).toEqual([])
  expect(cropWarnings('me.jpg', photo, square(128))[0]?.message).toMatch(
    /^25 % of me\.jpg \(3000 x 4000\) is cut off at top and bottom/,
  )
  expect(cropWarnings('me.jpg', { width: 4000, height: 1000 }, square(128))[0]?.message).toMatch(/75 %.*left and right/)
})
