import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AUXILIARIES, semiOrthogonal } from '../../../../engine/adapters/auxiliaries.ts'
import {
  auxiliariesHash,
  auxiliariesOf,
  expandLidb,
  type LidbForm,
  lidbCount,
  startLidb,
} from '../../../../engine/adapters/lidb.ts'
import type { LowRankModule } from '../../../../engine/adapters/pairs.ts'
import { normals } from '../../../../engine/noise.ts'

const form: LidbForm = { auxiliaries: AUXILIARIES, seed: 7, a: 100, b: 50 }
const layer = (out: number, inputs: number, more: Partial<LowRankModule> = {}): LowRankModule => ({
  ...{ component: 'unet', key: `layer.${out}.${inputs}`, out, in: inputs, rank: 1 },
  ...more,
})

const sha256 = (values: Float32Array): string =>
  createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex').slice(0, 16)

/** Largest deviation of the vectors' products from those of orthonormal ones. */
function fault(vectors: Float32Array, count: number): number {
  const size = vectors.length / count
  let worst = 0
  for (let v = 0; v < count; v++)
    for (let w = v; w < count; w++) {
      let sum = 0
      for (let i = 0; i < size; i++) sum += (vectors[v * size + i] as number) * (vectors[w * size + i] as number)
      worst = Math.max(worst, Math.abs(sum - (v === w ? 1 : 0)))
    }
  return worst
}

describe('auxiliaries', () => {
  test.each([
    [1, 1],
    [3, 3],
    [24, 96],
    [48, 160],
    [77, 77],
    [100, 320],
    [50, 1280],
    [100, 10240],
    [10, 199],
  ])('%i vectors of %i values are orthonormal', (count, size) => {
    expect(fault(semiOrthogonal(7, 'layer', count, size), count)).toBeLessThan(1e-6)
  })

  test('have the bits that were recorded: adapters mean nothing with others', () => {
    expect(sha256(semiOrthogonal(7, 'layer', 50, 320))).toMatchInlineSnapshot(`"b0f2acf80b7cce3b"`)
    expect(sha256(semiOrthogonal(2n ** 63n, 'layer', 7, 35))).toMatchInlineSnapshot(`"04e89f1d034e5275"`)
    expect(auxiliariesHash([layer(320, 768), layer(640, 640)], form).slice(0, 16)).toMatchInlineSnapshot(
      `"17798877412be6b4"`,
    )
  })

  test('of a layer depend neither on other layers nor on the sizes of the form', () => {
    const [one, two] = [layer(320, 768), layer(320, 768, { key: 'other' })]
    expect(auxiliariesOf(one, form)).toEqual(auxiliariesOf({ ...one }, form))
    expect(auxiliariesOf(one, form)).not.toEqual(auxiliariesOf(two, form))
    expect(auxiliariesOf(one, { ...form, seed: 8 })).not.toEqual(auxiliariesOf(one, form))
    const small = auxiliariesOf(one, { ...form, a: 10 })
    expect(small.up).toEqual(auxiliariesOf(one, form).up.slice(0, 10 * 320))
  })
})

describe('a pair', () => {
  const module = layer(64, 96, { rank: 2 })
  const own = { ...form, a: 48, b: 24 }

  test('is A_aux A_train beside B_train B_aux, and what is learned keeps its length', () => {
    const learned = normals(3, 0, lidbCount(module, own))
    const { up, down } = expandLidb(module, own, learned)
    const fixed = auxiliariesOf(module, own)
    const [o, r] = [17, 1]
    const expected = Array.from({ length: 48 }, (_, a) => (fixed.up[a * 64 + o] ?? 0) * (learned[a * 2 + r] ?? 0))
    expect(up[o * 2 + r]).toBeCloseTo(
      expected.reduce((a, b) => a + b),
      5,
    )
    const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
    expect(length(up)).toBeCloseTo(length(learned.slice(0, 96)), 4)
    expect(length(down)).toBeCloseTo(length(learned.slice(96)), 4)
  })

  test('starts without effect, with a down side as long as that of a LoRA', () => {
    const start = startLidb(module, own, 1, 0)
    const { up, down } = expandLidb(module, own, start)
    expect(up.every(value => value === 0)).toBe(true)
    // N(0, 1/r^2) on 96 inputs: each row of the down side is sqrt(96) / 2 long, give or take.
    for (const row of [down.subarray(0, 96), down.subarray(96)]) {
      const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
      expect(length / (Math.sqrt(96) / 2)).toBeGreaterThan(0.6)
      expect(length / (Math.sqrt(96) / 2)).toBeLessThan(1.5)
    }
  })

  test('of a layer smaller than the form has all of its sides', () => {
    const tiny = layer(8, 4, { rank: 1 })
    expect(lidbCount(tiny, own)).toBe(12)
    const learned = normals(5, 0, 12)
    expect(expandLidb(tiny, own, learned).down).toHaveLength(4)
  })

  test('of a convolution has the shape of its kernel', () => {
    const conv = layer(16, 8, { kernel: 3, rank: 2 })
    const { up, down } = expandLidb(conv, own, normals(5, 0, lidbCount(conv, own)))
    expect([up.length, down.length]).toEqual([16 * 2, 2 * 8 * 9])
  })
})

test('the values of the sets that the paper counts: 200 matrices of SD1.5 are 30,000', () => {
  const widths = [320, 640, 1280]
  const counts = [5, 5, 6] // transformer blocks by width
  const unet = widths.flatMap((width, i) =>
    Array.from({ length: counts[i] ?? 0 }, () => [
      ...Array.from({ length: 4 }, () => layer(width, width)),
      ...[layer(width, width), layer(width, 768), layer(width, 768), layer(width, width)],
    ]).flat(),
  )
  const text = Array.from({ length: 12 }, () => [
    ...Array.from({ length: 4 }, () => layer(768, 768)),
    ...[layer(3072, 768), layer(768, 3072)],
  ]).flat()
  expect([unet.length, text.length]).toEqual([128, 72])
  expect([...unet, ...text].reduce((sum, module) => sum + lidbCount(module, form), 0)).toBe(30_000)
})
