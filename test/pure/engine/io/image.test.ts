import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadFramed, loadImage, saveGrid, saveImage, square } from '../../../../engine/io/index.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'images-'))
})
afterAll(() => rm(scratch, { recursive: true }))

type Rgb = readonly [number, number, number]
const RED: Rgb = [255, 0, 0]
const BLUE: Rgb = [0, 0, 255]
const WHITE: Rgb = [255, 255, 255]

/** A picture whose left half is `left` and right half `right`. */
function halves(width: number, height: number, left: Rgb, right: Rgb): Sharp {
  const pixels = Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? left : right))
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels: 3 } })
}

/** The colour at (x, y) of [3, size, size] values, as bytes. */
function colourAt(planes: Float32Array, size: number, x: number, y: number): number[] {
  return [0, 1, 2].map(c => Math.round((planes[(c * size + y) * size + x]! + 1) * 127.5))
}

function near(colour: number[], expected: Rgb): void {
  for (const [i, value] of colour.entries()) expect(Math.abs(value - expected[i]!), `${colour}`).toBeLessThan(6)
}

describe('loading a photo', () => {
  it.each(['jpeg', 'png', 'webp'] as const)(
    'gives planes of a %s file, the centre of the longer side',
    async format => {
      const path = join(scratch, `wide.${format}`)
      await halves(300, 100, RED, BLUE)[format]({ quality: 100 }).toFile(path)
      const planes = await loadImage(path, square(80))
      expect(planes).toHaveLength(3 * 80 * 80)
      near(colourAt(planes, 80, 10, 40), RED)
      near(colourAt(planes, 80, 70, 40), BLUE)
    },
  )

  it.each([
    ['upright', 1, [120, 300], [0, 60]],
    ['turned by its EXIF orientation', 6, [300, 120], [60, 0]],
  ] as const)('tells the frame that it cut out of a photo that is %s', async (_, orientation, original, crop) => {
    const photo = await halves(300, 120, RED, BLUE).withMetadata({ orientation }).jpeg().toBuffer()
    const { pixels, frame } = await loadFramed(photo, square(80))
    expect(pixels).toEqual(await loadImage(photo, square(80)))
    expect(frame).toEqual({ original, crop, target: [80, 80] })
  })

  it('spans -1 to 1', async () => {
    const planes = await loadImage(await halves(64, 64, [0, 0, 0], WHITE).png().toBuffer(), square(64))
    expect([Math.min(...planes), Math.max(...planes)]).toEqual([-1, 1])
  })

  it.each<[number, 'left' | 'right' | 'top' | 'bottom']>([
    [1, 'left'],
    [2, 'right'],
    [3, 'right'],
    [4, 'left'],
    [5, 'top'],
    [6, 'top'],
    [7, 'bottom'],
    [8, 'bottom'],
  ])('turns EXIF orientation %i so that the red half is at the %s', async (orientation, side) => {
    const data = await halves(100, 100, RED, BLUE).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer()
    const planes = await loadImage(data, square(100))
    const places = { left: [10, 50], right: [90, 50], top: [50, 10], bottom: [50, 90] } as const
    const [x, y] = places[side]
    near(colourAt(planes, 100, x, y), RED)
  })

  it('puts transparent pixels on white', async () => {
    const clear = sharp({ create: { width: 80, height: 80, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    near(colourAt(await loadImage(await clear.png().toBuffer(), square(64)), 64, 32, 32), WHITE)
  })

  it('reads grey, 16-bit and CMYK files as sRGB', async () => {
    const grey = await halves(80, 80, WHITE, WHITE).greyscale().png().toBuffer()
    const greyDeep = await halves(80, 80, WHITE, WHITE).toColourspace('grey16').png().toBuffer()
    const deep = await halves(80, 80, RED, RED).toColourspace('rgb16').png().toBuffer()
    const cmyk = await halves(80, 80, WHITE, WHITE).toColourspace('cmyk').jpeg().toBuffer()
    near(colourAt(await loadImage(grey, square(64)), 64, 9, 9), WHITE)
    near(colourAt(await loadImage(greyDeep, square(64)), 64, 9, 9), WHITE)
    near(colourAt(await loadImage(deep, square(64)), 64, 9, 9), RED)
    near(colourAt(await loadImage(cmyk, square(64)), 64, 9, 9), WHITE)
  })
})

/** A PNG whose header claims other sides than its data has. */
function claimSides(png: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(png)
  copy.writeUInt32BE(width, 16)
  copy.writeUInt32BE(height, 20)
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29)
  return copy
}

describe('a photo that cannot be used', () => {
  const refusal = (message: RegExp) => ({ code: 'IMAGE_INVALID', message: expect.stringMatching(message) })

  it('is refused by name and reason: missing, empty, a folder, another format under a photo name', async () => {
    await writeFile(join(scratch, 'empty.jpg'), '')
    await mkdir(join(scratch, 'folder.png'))
    const tiff = await halves(80, 80, RED, BLUE).tiff().toBuffer()
    await writeFile(join(scratch, 'tiff.png'), tiff)
    await writeFile(join(scratch, 'svg.png'), '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>')
    await expect(loadImage(join(scratch, 'no.jpg'), square(64))).rejects.toMatchObject(
      refusal(/no\.jpg does not exist/),
    )
    await expect(loadImage(join(scratch, 'empty.jpg'), square(64))).rejects.toMatchObject(
      refusal(/empty\.jpg is empty/),
    )
    await expect(loadImage(join(scratch, 'folder.png'), square(64))).rejects.toMatchObject(
      refusal(/folder\.png cannot be read/),
    )
    await expect(loadImage(join(scratch, 'tiff.png'), square(64))).rejects.toMatchObject(
      refusal(/tiff\.png is a TIFF or camera raw file, not a JPEG, PNG/),
    )
    await expect(loadImage(join(scratch, 'svg.png'), square(64))).rejects.toMatchObject(
      refusal(/svg\.png is not a JPEG, PNG/),
    )
  })

  it('is refused when a side is below 64 pixels', async () => {
    const data = await halves(200, 63, RED, BLUE).png().toBuffer()
    await expect(loadImage(data, square(64))).rejects.toMatchObject(
      refusal(/200 x 63 pixels; each side needs at least 64/),
    )
  })

  it('is refused by its header above 120 megapixels, without decoding', async () => {
    const bomb = claimSides(await halves(64, 64, RED, BLUE).png().toBuffer(), 50_000, 50_000)
    await expect(loadImage(bomb, square(64))).rejects.toMatchObject(
      refusal(/50000 x 50000 pixels; of a PNG at most 120 megapixels/),
    )
  })

  it.each(['jpeg', 'png', 'webp'] as const)('is refused when a %s file is cut off', async format => {
    const noise = Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * i * 7919) % 251)
    const data = await sharp(noise, { raw: { width: 200, height: 200, channels: 3 } })
      [format]()
      .toBuffer()
    await expect(loadImage(data, square(64))).resolves.toBeDefined()
    await expect(loadImage(data.subarray(0, data.length / 2), square(64))).rejects.toMatchObject(
      refusal(/damaged or cut off/),
    )
  })

  it('does not reach the other loaders of the image library', async () => {
    await expect(sharp(await halves(80, 80, RED, BLUE).tiff().toBuffer()).metadata()).rejects.toThrow()
  })
})

describe('saving', () => {
  const picture = Float32Array.from([-1, 1, 0.5, -0.5, 2, -2, 0, 0, 1, 1, -1, -1])

  it('writes a PNG that reads back to the same bytes, clamped', async () => {
    const path = join(scratch, 'saved.png')
    await saveImage(path, picture, square(2))
    const bytes = await sharp(await readFile(path))
      .raw()
      .toBuffer()
    expect([...bytes]).toEqual([0, 255, 255, 255, 0, 255, 191, 128, 0, 64, 128, 0])
  })

  it('puts pictures in rows and leaves free places white', async () => {
    const path = join(scratch, 'grid.png')
    const black = new Float32Array(3 * 2 * 4).fill(-1)
    await saveGrid(path, [black, black, black], 2, { height: 2, width: 4 })
    const { data, info } = await sharp(await readFile(path))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([8, 4])
    const at = (x: number, y: number) => data[(y * 8 + x) * 3]
    expect([at(0, 0), at(7, 0), at(3, 3), at(4, 2)]).toEqual([0, 0, 0, 255])
  })

  it('refuses NaN and leaves no file', async () => {
    const path = join(scratch, 'nan.png')
    await expect(saveImage(path, new Float32Array(12).fill(NaN), square(2))).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    })
    expect(await readdir(scratch)).not.toContain('nan.png')
  })
})
