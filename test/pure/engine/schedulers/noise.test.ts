/** The counter-based generator: published answers, independence of rows, and the shape of what it draws. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { integers, normals, permutation, philox, shuffle, uniforms } from '../../../../engine/noise.ts'
import { AppError } from '../../../../errors.ts'

const seeds = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const streams = fc.integer({ min: 0, max: 2 ** 40 })

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
}

function moment(values: Float32Array, power: number): number {
  return mean(Float64Array.from(values, value => value ** power))
}

function correlation(a: Float32Array, b: Float32Array): number {
  return mean(Float64Array.from(a, (value, i) => value * b[i]!)) / Math.sqrt(moment(a, 2) * moment(b, 2))
}

describe('philox', () => {
  test('gives the known answers published with Random123 (kat_vectors, philox4x32 10)', () => {
    const ones = 0xffffffff
    expect(philox([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8])
    expect(philox([ones, ones, ones, ones], [ones, ones])).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd])
    expect(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ])
  })
})

describe('normals', () => {
  test('agree with the library logarithm, sine and cosine on the same bits', () => {
    const [w0, w1, w2, w3] = philox([0, 0, 5, 0], [9, 0])
    const pair = (a: number, b: number) => {
      const radius = Math.sqrt(-2 * Math.log((a + 0.5) / 2 ** 32))
      const angle = (2 * Math.PI * b) / 2 ** 32
      return [radius * Math.cos(angle), radius * Math.sin(angle)]
    }
    expect([...normals(9, 5, 4)]).toEqual([...pair(w0, w1), ...pair(w2, w3)].map(Math.fround))
    const many = normals(4, 2, 4096)
    const bits = Array.from({ length: 1024 }, (_, block) => philox([block, 0, 2, 0], [4, 0])).flat()
    const expected = bits.flatMap((word, i) => (i % 2 === 0 ? pair(word, bits[i + 1]!) : []))
    many.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6)
    })
  })

  test('stay the same bits for ever', () => {
    expect([...new Uint32Array(normals(1, 0, 5).buffer)].map(word => word.toString(16))).toMatchInlineSnapshot(`
      [
        "3ec2c3e3",
        "be97b1bc",
        "be7f370c",
        "bf807dbd",
        "3f207fa8",
      ]
    `)
  })

  test('have mean 0, variance 1, skewness 0, kurtosis 3 and no value beyond 6.77', () => {
    const count = 400_000
    const sample = normals(12345, 7, count)
    expect(Math.abs(mean(sample))).toBeLessThan(5 / Math.sqrt(count))
    expect(Math.abs(moment(sample, 2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count))
    expect(Math.abs(moment(sample, 3))).toBeLessThan(5 * Math.sqrt(15 / count))
    expect(Math.abs(moment(sample, 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count))
    expect(Math.max(...sample.subarray(0, 100_000).map(Math.abs))).toBeLessThan(6.77)
    expect(sample.filter(value => Math.abs(value) > 1.959964).length / count).toBeCloseTo(0.05, 2)
  })

  test('of adjacent seeds, adjacent streams and adjacent places are uncorrelated', () => {
    const count = 50_000
    const bound = 5 / Math.sqrt(count)
    for (let i = 0; i < 5; i++) {
      const row = normals(i, i, count + 1)
      expect(Math.abs(correlation(row, normals(i + 1, i, count + 1)))).toBeLessThan(bound)
      expect(Math.abs(correlation(row, normals(i, i + 1, count + 1)))).toBeLessThan(bound)
      expect(Math.abs(correlation(row.subarray(0, count), row.subarray(1)))).toBeLessThan(bound)
    }
  })

  test('a longer draw starts with the shorter one', () => {
    fc.assert(
      fc.property(seeds, streams, fc.nat(40), fc.nat(40), (seed, stream, count, more) => {
        expect(normals(seed, stream, count + more).subarray(0, count)).toEqual(normals(seed, stream, count))
      }),
    )
  })

  test('a number and a bigint seed of the same value are the same seed; all 64 bits count', () => {
    expect(normals(77, 0, 8)).toEqual(normals(77n, 0, 8))
    expect(normals(1n << 63n, 0, 8)).not.toEqual(normals(0, 0, 8))
    expect(normals(0, 2 ** 40, 8)).not.toEqual(normals(0, 0, 8))
  })

  test.each([-1, 1.5, Number.NaN, 2 ** 60, -1n, 1n << 64n])('refuse the seed %s by name', seed => {
    expect(() => normals(seed, 0, 1)).toThrow(AppError)
    expect(() => normals(seed, 0, 1)).toThrow(`seed ${seed}`)
  })
})

describe('uniforms and integers', () => {
  test('uniforms lie in [0, 1) with mean 1/2 and variance 1/12', () => {
    const count = 200_000
    const sample = uniforms(3, 1, count)
    expect(sample.every(value => value >= 0 && value < 1)).toBe(true)
    expect(Math.abs(mean(sample) - 0.5)).toBeLessThan(5 / Math.sqrt(12 * count))
    expect(Math.abs(moment(sample, 2) - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / count))
  })

  test('integers below 10 come equally often', () => {
    const counts = new Array<number>(10).fill(0)
    for (const value of integers(8, 0, 100_000, 10)) counts[value]! += 1
    const chiSquared = counts.reduce((sum, seen) => sum + (seen - 10_000) ** 2 / 10_000, 0)
    expect(chiSquared).toBeLessThan(27.9) // 99.9 % point of 9 degrees of freedom
  })

  test('integers stay below their limit, up to 2^32', () => {
    fc.assert(
      fc.property(seeds, streams, fc.integer({ min: 1, max: 2 ** 32 }), (seed, stream, below) => {
        expect(integers(seed, stream, 16, below).every(value => value < below)).toBe(true)
      }),
    )
  })
})

describe('shuffle', () => {
  test('a permutation holds every number once', () => {
    fc.assert(
      fc.property(seeds, streams, fc.nat(60), (seed, stream, count) => {
        const sorted = permutation(seed, stream, count).sort((a, b) => a - b)
        expect(sorted).toEqual(Array.from({ length: count }, (_, i) => i))
      }),
    )
  })

  test('every order of three comes equally often, and the input stays as it was', () => {
    const values = Object.freeze(['a', 'b', 'c'])
    const counts = new Map<string, number>()
    for (let stream = 0; stream < 12_000; stream++) {
      const order = shuffle(5, stream, values).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    const chiSquared = [...counts.values()].reduce((sum, seen) => sum + (seen - 2000) ** 2 / 2000, 0)
    expect(counts.size).toBe(6)
    expect(chiSquared).toBeLessThan(20.5) // 99.9 % point of 5 degrees of freedom
  })
})
