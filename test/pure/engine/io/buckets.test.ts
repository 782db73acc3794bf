import { describe, expect, test } from 'vitest'
import { areaOf, bucketSizes, nearestBucket } from '../../../../engine/io/index.ts'
import { integers } from '../../../../engine/noise.ts'

/** What kohya's sd-scripts makes for 512 px: `make_bucket_resolutions((512, 512), 256, 1024, 64)`. */
const KOHYA_512 = [
  [256, 1024],
  [320, 768],
  [384, 640],
  [448, 576],
  [512, 512],
]

const listed = (side: number, step = 8) =>
  bucketSizes({ area: side ** 2, step })
    .map(({ width, height }) => [width, height] as const)
    .sort(([a], [b]) => a - b)

test('the buckets of a 512 px base are those of the trainers', () => {
  const tall = listed(512).filter(([width, height]) => width <= height)
  expect(tall).toEqual(KOHYA_512)
  expect(listed(512)).toHaveLength(2 * KOHYA_512.length - 1)
})

test('a small base has its buckets in steps of an eighth of its side', () => {
  const tall = listed(128).filter(([width, height]) => width <= height)
  expect(tall).toEqual([
    [64, 256],
    [80, 192],
    [96, 160],
    [112, 144],
    [128, 128],
  ])
})

test('no bucket is larger than the base, all are right sizes, and the base itself is one', () => {
  for (const [side, step] of [
    [16, 2],
    [128, 8],
    [512, 8],
    [768, 8],
    [1024, 8],
    [96, 8],
    [200, 8],
  ] as const) {
    const sizes = bucketSizes({ area: side ** 2, step })
    expect(sizes).toContainEqual({ width: side, height: side })
    for (const size of sizes) {
      expect(areaOf(size)).toBeLessThanOrEqual(side ** 2)
      expect([size.width % step, size.height % step]).toEqual([side % step, side % step].map(rest => rest && 0))
    }
  }
})

describe('a photo goes to the bucket that loses the least of it', () => {
  const buckets = bucketSizes({ area: 512 ** 2, step: 8 })
  test.each([
    [3024, 4032, 448, 576],
    [4032, 3024, 576, 448],
    [2160, 3840, 320, 768].with(2, 384).with(3, 640) as [number, number, number, number],
    [1000, 1000, 512, 512],
    [1000, 1040, 512, 512],
    [10_000, 100, 1024, 256],
  ])('%d x %d to %d x %d', (width, height, expectedWidth, expectedHeight) => {
    expect(nearestBucket({ width, height }, buckets)).toEqual({ width: expectedWidth, height: expectedHeight })
  })

  test('whatever its shape: no other bucket keeps more of it', () => {
    const kept = (photo: { width: number; height: number }, bucket: { width: number; height: number }) => {
      const ratio = photo.width / photo.height / (bucket.width / bucket.height)
      return Math.min(ratio, 1 / ratio)
    }
    for (let i = 0; i < 300; i++) {
      const [width = 1, height = 1] = Array.from(integers(i, 0, 2, 4000), side => side + 100)
      const chosen = kept({ width, height }, nearestBucket({ width, height }, buckets))
      for (const other of buckets) expect(kept({ width, height }, other)).toBeLessThanOrEqual(chosen + 1e-9)
    }
  })
})
