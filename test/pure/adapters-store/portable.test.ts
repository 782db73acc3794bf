/** What is written for all readers of a format means what the record meant, whatever its ranks and alphas are. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { portable } from '../../../adapters-store/formats/pairs/portable.ts'
import { FORMATS, type LowRankRecord, type PairRecord } from '../../../adapters-store/index.ts'
import { DTYPES, type TensorData } from '../../../engine/descriptors.ts'

const READ = { one: 'kohya', none: 'diffusers', each: 'peft' } as const
const formatOf = (name: string) => {
  const format = FORMATS[name]
  if (format?.kind !== 'pairs') throw new Error(`${name} is a format of pairs`)
  return format
}

const half = (shape: readonly number[], seed: number): TensorData => ({
  dtype: 'F16',
  shape,
  data: new Float16Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => ((seed + 7 * i) % 13) / 8 - 0.75),
})

const record: fc.Arbitrary<LowRankRecord> = fc
  .array(
    fc.record({
      component: fc.constantFrom('unet', 'text_encoder'),
      rank: fc.integer({ min: 1, max: 4 }),
      alpha: fc.constantFrom(0.1, 1, 2, 4, 30.75),
      kernel: fc.constantFrom([], [3, 3]),
      seed: fc.nat(100),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map(all => ({
    kind: 'pairs' as const,
    pairs: all.map(({ component, rank, alpha, kernel, seed }, i) => ({
      component,
      key: `layer.${i}`,
      rank,
      alpha,
      down: half([rank, 3, ...kernel], seed),
      up: half([2, rank, ...kernel.map(() => 1)], seed + 1),
    })),
  }))

const values = ({ dtype, data }: TensorData): Float32Array =>
  DTYPES[dtype].toFloat32?.(
    new Uint8Array(Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
  ) ?? new Float32Array()

/** alpha / rank * up * down, `[out, in...]`. */
function product({ rank, alpha, down, up }: PairRecord): number[] {
  const [a, b] = [values(down), values(up)]
  const [outs, columns] = [b.length / rank, a.length / rank]
  return Array.from({ length: outs * columns }, (_, i) => {
    const [out, column] = [Math.floor(i / columns), i % columns]
    let sum = 0
    for (let r = 0; r < rank; r++) sum += (b[out * rank + r] ?? 0) * (a[r * columns + column] ?? 0)
    return (alpha / rank) * sum
  })
}

test.each(Object.entries(READ))('where readers take alphas into account: %s', (kind, name) => {
  fc.assert(
    fc.property(record, given => {
      const written = portable(given, formatOf(name))
      expect(written.pairs.length).toBe(given.pairs.length)
      for (const pair of given.pairs) {
        const same = written.pairs.find(own => own.component === pair.component && own.key === pair.key)
        expect(same).toBeDefined()
        const [theirs, ours] = [product(pair), product(same ?? pair)]
        for (const [i, value] of theirs.entries()) expect(Math.abs((ours[i] ?? 0) - value)).toBeLessThan(1e-5)
      }
      for (const component of ['unet', 'text_encoder']) {
        const own = written.pairs.filter(pair => pair.component === component)
        const alphas = new Set(own.map(({ alpha }) => alpha))
        if (kind !== 'each') expect(alphas.size).toBeLessThanOrEqual(1)
        if (kind === 'none') expect(own.every(({ rank, alpha }) => rank === alpha)).toBe(true)
      }
    }),
  )
})

test('what all readers see as it is stays the same bytes', () => {
  const pair = { component: 'unet', key: 'layer', rank: 2, alpha: 2, down: half([2, 3], 1), up: half([2, 2], 2) }
  const plain: LowRankRecord = { kind: 'pairs', pairs: [pair, { ...pair, key: 'other' }] }
  for (const name of Object.values(READ)) expect(portable(plain, formatOf(name))).toBe(plain)
})
