import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodePhoto, PROCESS_LIMITS } from '../../../../api/photos/decode.ts'
import { type CheckedPhoto, checkPhotos, VERDICTS } from '../../../../api/photos/index.ts'
import { LOADERS, MAX_PIXELS } from '../../../../engine/descriptors.ts'
import { type LargePhoto, largePhoto } from '../../../../measures/engine/photo-memory.ts'
import { bomb, chunk, drawing, PNG_SIGNATURE } from '../../../../measures/stage/pictures.ts'
import { collect } from '../../../stage/blob-drivers.ts'

const LIMITS = { maxPixels: MAX_PIXELS.JPEG, minSide: 128, maxSide: 4096, loaders: LOADERS }

/** Checks the files with a good photo after them, which must be accepted whatever they are. */
async function check(...files: Uint8Array[]): Promise<string[]> {
  const good = await drawing(99).png().toBuffer()
  const sources = [...files, good].map((data, i) => ({ name: `photo ${i}`, read: async () => data }))
  const checked: CheckedPhoto[] = await collect(checkPhotos(sources, { size: 128 }))
  expect(checked.at(-1)?.accepted).toBe(true)
  for (const photo of checked) if (!photo.accepted) expect(photo.message).toMatch(/^photo \d+ .+\. [A-Z].+\.$/s)
  return checked.slice(0, -1).map(photo => (photo.accepted ? 'ACCEPTED' : photo.verdict))
}

describe('decompression bombs', () => {
  test('a PNG that says it has 900 megapixels is refused by its header', async () => {
    const data = bomb({ width: 30_000, height: 30_000 }, 100)
    expect(data.length).toBeLessThan(10_000)
    expect(await check(data)).toEqual(['TOO_LARGE'])
  })
  test('so are sides that no computer has memory for, and a side of zero', async () => {
    expect(await check(bomb({ width: 2 ** 31 - 1, height: 1 }, 0), bomb({ width: 0, height: 100 }, 0))).toEqual(
      expect.arrayContaining([expect.stringMatching(/TOO_LARGE|UNREADABLE/)]),
    )
  })
  test('just under the limit it is decoded, and refused for what it shows', async () => {
    expect(await check(bomb({ width: 12_000, height: 9_900 }))).toEqual(['BLURRED'])
  })
  test('metadata that unfolds to gigabytes is not unfolded into the server', async () => {
    const plain = await drawing(1).png().toBuffer()
    const { deflateSync } = await import('node:zlib')
    const folded = deflateSync(Buffer.alloc(200 * 2 ** 20), { level: 9 })
    const [head, rest] = [plain.subarray(0, 33), plain.subarray(33)]
    const text = chunk('zTXt', Buffer.concat([Buffer.from('Comment\0\0'), folded]))
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), folded]))
    const before = process.memoryUsage().rss
    const found = await check(Buffer.concat([head, text, rest]), Buffer.concat([head, profile, rest]))
    expect(found.every(one => one !== 'MISSING')).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20)
  })
})

describe.skipIf(process.platform !== 'linux')('photos of phones', () => {
  test.each<[string, LargePhoto]>([
    ['48 megapixels', { width: 8064, height: 6048 }],
    ['108 megapixels, lying on its side', { width: 12_000, height: 9_000, orientation: 6 }],
    [
      '108 megapixels, progressive and lying on its side',
      { width: 12_000, height: 9_000, orientation: 6, progressive: true },
    ],
  ])('%s are decoded within the memory of a decoder', async (_, photo) => {
    const found = await decodePhoto(await largePhoto(photo), LIMITS)
    expect(found).toMatchObject({ width: photo.orientation ? 3072 : 4096, height: photo.orientation ? 4096 : 3072 })
  })
  test('an AVIF at its own limit is decoded too, and above it refused by name', async () => {
    const avif = async (width: number, height: number) =>
      sharp(await largePhoto({ width, height }))
        .avif({ effort: 0 })
        .toBuffer()
    const limits = { ...LIMITS, maxPixels: MAX_PIXELS.AVIF }
    expect(await decodePhoto(await avif(6000, 4000), limits)).toMatchObject({ width: 4096 })
    expect(await check(await avif(6100, 4000))).toEqual(['TOO_LARGE'])
  })
  test('a HEIC photo is named, with what to do', async () => {
    const data = Buffer.from(`\0\0\0\x18ftypheic\0\0\0\0mif1heic${'x'.repeat(500)}`)
    const [photo] = await collect(checkPhotos([{ name: 'IMG_1.heic', read: async () => data }], { size: 128 }))
    expect(photo).toMatchObject({
      verdict: 'UNSUPPORTED',
      message: expect.stringMatching(/^IMG_1\.heic is a HEIC photo, .*Save it as JPEG; an iPhone/),
    })
  })
})

describe('files that are not what they seem', () => {
  test.each<[string, () => Promise<Buffer>]>([
    ['a TIFF', () => drawing(2).tiff().toBuffer()],
    ['a GIF', () => drawing(2).gif().toBuffer()],
    ['a HEIC photo', async () => Buffer.from(`\0\0\0\x18ftypheic\0\0\0\0mif1heic${'x'.repeat(500)}`)],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>')],
    ['a PDF', async () => Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj')],
    ['HTML', async () => Buffer.from('<html><script>alert(1)</script>')],
    ['a JPEG after some text', async () => Buffer.concat([Buffer.from('GIF89a'), await drawing(2).jpeg().toBuffer()])],
    ['random bytes', async () => randomBytes(5000)],
    ['one byte', async () => Buffer.from([0xff])],
  ])('%s is not read', async (_what, make) => {
    expect(await check(await make())).toEqual(['UNSUPPORTED'])
  })
  test.each(['\xff\xd8\xff', '\x89PNG\r\n\x1a\n', 'RIFF\x10\x00\x00\x00WEBP'])(
    'only a beginning like %j is damaged',
    async start => {
      const beginning = Buffer.from(start, 'latin1')
      expect(await check(beginning, Buffer.concat([beginning, randomBytes(3000)]))).toEqual([
        'UNREADABLE',
        'UNREADABLE',
      ])
    },
  )
  test('another format behind a good beginning reaches no other decoder', async () => {
    const tiff = await drawing(3).tiff().toBuffer()
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>')
    const jpeg = Buffer.from('\xff\xd8\xff', 'latin1')
    expect(await check(Buffer.concat([jpeg, tiff]), Buffer.concat([PNG_SIGNATURE, svg]))).toEqual([
      'UNREADABLE',
      'UNREADABLE',
    ])
  })
  test('what hangs behind or inside a picture is gone from what is kept', async () => {
    const secret = Buffer.from('<?php system($_GET[0]); ?> PK\x03\x04 hidden archive')
    const png = await drawing(4).png().toBuffer()
    const jpeg = await drawing(5).jpeg().toBuffer()
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, secret.length + 2]), secret])
    const files = [
      Buffer.concat([png, secret]),
      Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2), secret]),
    ]
    const sources = files.map((data, i) => ({ name: `${i}`, read: async () => data }))
    for (const photo of await collect(checkPhotos(sources, { size: 128 }))) {
      expect(photo.accepted).toBe(true)
      if (photo.accepted) expect(photo.png.includes('hidden archive')).toBe(false)
    }
  })
})

describe('damaged files', () => {
  test('cut off anywhere they are refused, and none stops the others', async () => {
    for (const data of [
      await drawing(6).png().toBuffer(),
      await drawing(6).jpeg().toBuffer(),
      await drawing(6).webp().toBuffer(),
    ]) {
      const cuts = [12, 40, data.length >> 1, data.length - 100].map(length => data.subarray(0, length))
      expect(await check(...cuts)).toEqual(['UNREADABLE', 'UNREADABLE', 'UNREADABLE', 'UNREADABLE'])
    }
  })
  test('with bytes changed at random they get some verdict, and the next photo is accepted', async () => {
    const originals = [
      await drawing(7, { width: 160, height: 140 }).png().toBuffer(),
      await drawing(7, { width: 160, height: 140 }).jpeg().toBuffer(),
      await drawing(7, { width: 160, height: 140 }).webp().toBuffer(),
    ]
    const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 20,
    })
    const samples = fc.sample(fc.tuple(fc.nat(2), edits), { numRuns: 30, seed: 11 }).map(([which, changes]) => {
      const data = Buffer.from(originals[which]!)
      for (const [at, byte] of changes) data[12 + Math.floor(at * (data.length - 13))] = byte
      return data
    })
    const found = await check(...samples)
    expect(found).toHaveLength(30)
    for (const one of found) expect(['ACCEPTED', ...VERDICTS]).toContain(one)
  })
})

describe('the decoder process', () => {
  const large = () => drawing(8, { width: 3000, height: 2500 }).webp({ lossless: true, effort: 0 }).toBuffer()
  test.skipIf(process.platform !== 'linux')('a photo that needs more memory than it may is refused', async () => {
    const limits = { ...PROCESS_LIMITS, memory: 760_000 }
    expect(await decodePhoto(await large(), LIMITS, limits)).toMatchObject({ refused: 'TOO_LARGE' })
    expect(await decodePhoto(await drawing(8).png().toBuffer(), LIMITS, limits)).toMatchObject({ width: 320 })
  })
  test('a photo that takes too long is given up', async () => {
    const began = performance.now()
    const found = await decodePhoto(await large(), LIMITS, { ...PROCESS_LIMITS, wallSeconds: 0.9 }).catch(
      error => error,
    )
    expect(JSON.stringify(found)).toMatch(/SIGKILL|SERVICE_UNAVAILABLE|width/)
    expect(performance.now() - began).toBeLessThan(20_000)
  })
  test.skipIf(process.platform !== 'linux')(
    'without the memory to start, it is the service that fails, not the photo',
    async () => {
      const limits = { ...PROCESS_LIMITS, memory: 100_000 }
      await expect(decodePhoto(await drawing(9).png().toBuffer(), LIMITS, limits)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        next: expect.any(String),
      })
    },
  )
})
