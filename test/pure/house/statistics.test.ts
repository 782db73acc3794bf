import { describe, expect, test } from 'vitest'
import { normals } from '../../../engine/noise.ts'
import { type Figure, failed, measured, notMeasured, verdict } from '../../../measures/figure.ts'
import { toJson, toTable } from '../../../measures/report.ts'
import { interleavedPairs, median, medianInterval, standardError } from '../../../measures/statistics.ts'

const claim = { name: 'speed', unit: '', better: 'lower', floor: 0.9, goal: 0.7 } as const
const ratio = (value: number, ci: readonly [number, number], control?: readonly [number, number]): Figure => ({
  ...claim,
  value,
  ci,
  n: 60,
  note: 'A/A',
  ...(control ? { control } : {}),
})

test('the standard error of a mean is the sample deviation over the root of the count', () => {
  expect(standardError([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12)
  expect(standardError([3, 3, 3])).toBe(0)
})

describe('the median and its interval', () => {
  test('the median of an even count is the mean of the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([5, 1, 9])).toBe(5)
    expect(median([])).toBeNaN()
  })
  test('the interval is the same for the same values and covers the median', () => {
    const values = Array.from(normals(3, 0, 61), value => 1 + 0.1 * value)
    const [low, high] = medianInterval(values)
    expect(medianInterval(values)).toEqual([low, high])
    expect(low).toBeLessThanOrEqual(median(values))
    expect(high).toBeGreaterThanOrEqual(median(values))
  })
  test('the interval covers the true median about as often as it says', () => {
    const covered = Array.from({ length: 200 }, (_, run) => {
      const [low, high] = medianInterval(Array.from(normals(run, 1, 41)), run, 400)
      return low <= 0 && high >= 0
    }).filter(Boolean).length
    expect(covered / 200).toBeGreaterThan(0.88)
  })
})

describe('interleaved pairs', () => {
  test('a drifting machine cancels out of the ratio', async () => {
    let speed = 1
    const at = (cost: number) => async () => {
      speed *= 1.01
      return cost * speed
    }
    const pairs = await interleavedPairs(at(2), at(4), { pairs: 60, maxSeconds: 60 })
    expect(median(pairs.ratios)).toBeCloseTo(0.5, 2)
    expect(median(pairs.control)).toBeCloseTo(1, 2)
    expect(pairs.shortfall).toBe('')
  })
  test('each side is measured equally often in the first place of a round', async () => {
    const calls: string[] = []
    const note = (name: string) => async () => calls.push(name)
    await interleavedPairs(note('a'), note('b'), { pairs: 6, maxSeconds: 60, warmup: 0 })
    const firsts = calls.filter((_, i) => i % 3 === 0)
    expect(firsts.filter(name => name === 'b')).toHaveLength(2)
  })
  test('the time cap leaves fewer pairs and says so', async () => {
    const slow = () => new Promise<number>(resolve => setTimeout(() => resolve(1), 15))
    const pairs = await interleavedPairs(slow, slow, { pairs: 1000, maxSeconds: 0.1 })
    expect(pairs.ratios.length).toBeLessThan(20)
    expect(pairs.shortfall).toMatch(/^\d+ of 1000 pairs in 0.1 s$/)
  })
})

describe('verdicts', () => {
  test('the whole interval must reach the floor', () => {
    expect(verdict(ratio(0.8, [0.75, 0.85]))).toBe('pass')
    expect(verdict(ratio(0.88, [0.8, 0.95]))).toBe('inconclusive')
    expect(verdict(ratio(1, [0.95, 1.05]))).toBe('fail')
    expect(verdict({ ...ratio(1, [0.95, 1.05]), better: 'higher' })).toBe('pass')
  })
  test('an A/A interval wider than the margin is inconclusive, never a pass', () => {
    expect(verdict(ratio(0.8, [0.75, 0.85], [0.97, 1.03]))).toBe('pass')
    expect(verdict(ratio(0.8, [0.75, 0.85], [0.9, 1.1]))).toBe('inconclusive')
  })
  test('times measured beside other work, or a handful of times, are inconclusive', () => {
    const quiet = ratio(0.8, [0.75, 0.85], [0.99, 1.01])
    expect(verdict({ ...quiet, foreignLoad: 0.05 })).toBe('pass')
    expect(verdict({ ...quiet, foreignLoad: 0.3 })).toBe('inconclusive')
    expect(verdict({ ...quiet, n: 3 })).toBe('inconclusive')
    expect(verdict({ ...quiet, floor: 0.9, n: 59 })).toBe('inconclusive')
  })
  test('a measurement that broke fails', () => {
    expect(verdict(failed('speed', new Error('no such file')))).toBe('fail')
  })
  test('what has no value or no floor is neither pass nor fail', () => {
    expect(verdict(notMeasured(claim, 'no GPU'))).toBe('not measured')
    expect(verdict(measured({ ...claim, floor: null }, 3, 1))).toBe('reported')
  })
})

describe('the report', () => {
  const report = { name: 'engine', machine: 'here', figures: [ratio(0.8, [0.75, 0.85], [0.9, 1.1])] }
  test('the JSON has the keys of a figure and no others', () => {
    const parsed = JSON.parse(toJson(report))
    expect(Object.keys(parsed)).toEqual(['name', 'machine', 'figures'])
    expect(Object.keys(parsed.figures[0]).sort()).toEqual(
      ['name', 'value', 'unit', 'better', 'floor', 'goal', 'ci', 'n', 'note'].sort(),
    )
    expect(parsed.figures[0].note).toMatch(/^inconclusive; /)
  })
  test('the table shows the status', () => {
    expect(toTable(report)).toMatch(/speed\s+0\.8\s+0\.75\.\.0\.85\s+<= 0\.9\s+<= 0\.7\s+60\s+INCONCLUSIVE/)
  })
})
