import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  type AcceptedPhoto,
  type CheckedPhoto,
  checkPhotos,
  photoSetHash,
  VERDICTS,
} from '../../../../api/photos/index.ts'
import { animate, drawing, paint, type Shape } from '../../../../measures/stage/pictures.ts'
import { collect } from '../../../stage/blob-drivers.ts'

const SAMPLES = join(import.meta.dirname, '../../../../models/portraits/samples')
const RULES = { size: 128 }
const hashOf = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

async function check(files: Record<string, Uint8Array | undefined>, rules = RULES): Promise<CheckedPhoto[]> {
  const sources = Object.entries(files).map(([name, data]) => ({ name, read: async () => data }))
  return collect(checkPhotos(sources, rules))
}

const verdicts = (checked: readonly CheckedPhoto[]) => checked.map(one => (one.accepted ? 'ACCEPTED' : one.verdict))

async function accept(data: Uint8Array, rules = RULES): Promise<AcceptedPhoto> {
  const [photo] = await check({ photo: data }, rules)
  if (!photo?.accepted) throw new Error(`not accepted: ${JSON.stringify(photo)}`)
  return photo
}

async function samples(): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {}
  for (const subject of await readdir(SAMPLES))
    for (const name of (await readdir(join(SAMPLES, subject))).filter(one => one.endsWith('.png')))
      files[`${subject}/${name}`] = await readFile(join(SAMPLES, subject, name))
  return files
}

describe('the sample photos of the demo base', () => {
  test('are all accepted, pixel for pixel', async () => {
    const files = await samples()
    const checked = await check(files)
    expect(checked.length).toBeGreaterThanOrEqual(4)
    expect(new Set(verdicts(checked))).toEqual(new Set(['ACCEPTED']))
    for (const [i, data] of Object.values(files).entries()) {
      const photo = checked[i] as AcceptedPhoto
      const raw = (bytes: Buffer) => sharp(bytes).removeAlpha().raw().toBuffer()
      expect(await raw(photo.png)).toEqual(await raw(data))
      expect([photo.width, photo.height, photo.sha256]).toEqual([128, 128, hashOf(photo.png)])
      expect(photo.sourceSha256).toBe(hashOf(data))
    }
  })
  test('are rejected once they are blurred by a 64th of their side', async () => {
    const blurred: Record<string, Buffer> = {}
    for (const [name, data] of Object.entries(await samples()))
      blurred[name] = await sharp(data).blur(2).png().toBuffer()
    expect(new Set(verdicts(await check(blurred)))).toEqual(new Set(['BLURRED']))
  })
})

describe('verdicts', () => {
  test('come one for each photo in order; what is wrong with one does not stop the others', async () => {
    const good = await drawing(1).png().toBuffer()
    const checked = await check({
      'never.png': undefined,
      'text.jpg': Buffer.from('not a photo at all'),
      'empty.png': Buffer.alloc(0),
      'cut.png': good.subarray(0, good.length >> 1),
      'good.png': good,
      'small.png': await drawing(2, { width: 300, height: 127 }).png().toBuffer(),
      'soft.png': await drawing(3).blur(8).png().toBuffer(),
      'again.jpg': await drawing(1).jpeg({ quality: 70 }).toBuffer(),
      'other.webp': await drawing(4).webp({ lossless: true }).toBuffer(),
    })
    expect(verdicts(checked)).toEqual([
      'MISSING',
      'UNSUPPORTED',
      'UNREADABLE',
      'UNREADABLE',
      'ACCEPTED',
      'TOO_SMALL',
      'BLURRED',
      'DUPLICATE',
      'ACCEPTED',
    ])
    const messages = checked.map(photo => (photo.accepted ? '' : photo.message))
    expect(messages[0]).toBe('never.png was not uploaded. Upload it again.')
    expect(messages[5]).toContain('small.png is 300 x 127 pixels; the shorter side needs 128')
    expect(messages[6]).toMatch(/^soft\.png is blurred: its sharpness is \d+, the least is 100\./)
    expect(messages[7]).toContain('again.jpg shows the same as good.png')
    expect(VERDICTS).toEqual(expect.arrayContaining(verdicts(checked).filter(one => one !== 'ACCEPTED')))
  })
  test('the size that is asked for is that of the base', async () => {
    const data = await drawing(5, { width: 200, height: 150 }).png().toBuffer()
    expect(verdicts(await check({ data }, { size: 150 }))).toEqual(['ACCEPTED'])
    expect(verdicts(await check({ data }, { size: 151 }))).toEqual(['TOO_SMALL'])
    const tiny = await drawing(5, { width: 63, height: 63 }).png().toBuffer()
    expect(verdicts(await check({ tiny }, { size: 16 }))).toEqual(['TOO_SMALL'])
  })
  test('a file of too many bytes is refused unread', async () => {
    const data = await drawing(6).png().toBuffer()
    expect(verdicts(await check({ data }, { ...RULES, maxBytes: data.length - 1 } as typeof RULES))).toEqual([
      'TOO_LARGE',
    ])
  })
  test('copies are found whatever they were saved as; other pictures are none', async () => {
    const original = await drawing(7, { width: 640, height: 480 }).png().toBuffer()
    const first = { original }
    const copies = {
      jpeg: await sharp(original).jpeg({ quality: 40 }).toBuffer(),
      half: await sharp(original).resize(320).webp().toBuffer(),
      softer: await sharp(original).blur(0.6).png().toBuffer(),
      same: original,
    }
    expect(verdicts(await check({ ...first, ...copies }))).toEqual(['ACCEPTED', ...Array(4).fill('DUPLICATE')])
    const others: Record<string, Buffer> = {}
    for (let seed = 20; seed < 26; seed++) others[seed] = await drawing(seed).png().toBuffer()
    expect(new Set(verdicts(await check(others)))).toEqual(new Set(['ACCEPTED']))
  })
  test('two things on the same white ground are no copies', async () => {
    const on = (...shapes: Shape[]) => paint({ width: 400, height: 400 }, [255, 255, 255], shapes).png().toBuffer()
    const checked = await check({
      pen: await on(
        { kind: 'bar', x: 200, y: 200, size: 240, colour: [120, 30, 30] },
        { kind: 'disc', x: 300, y: 200, size: 60, colour: [40, 10, 10] },
      ),
      ball: await on(
        { kind: 'disc', x: 200, y: 200, size: 220, colour: [30, 60, 110] },
        { kind: 'bar', x: 200, y: 200, size: 200, colour: [255, 255, 255] },
      ),
    })
    expect(verdicts(checked)).toEqual(['ACCEPTED', 'ACCEPTED'])
  })
})

describe('what is kept', () => {
  test('carries no metadata, and is upright whatever EXIF says', async () => {
    const upright = await drawing(8, { width: 320, height: 200 }).png().toBuffer()
    for (let orientation = 1; orientation <= 8; orientation++) {
      const turned = await sharp(upright)
        .withExif({
          IFD0: { Copyright: 'secret owner', Orientation: String(orientation) },
          IFD3: { GPSLatitudeRef: 'N' },
        })
        .withMetadata({ orientation })
        .png()
        .toBuffer()
      const photo = await accept(turned)
      expect([photo.width, photo.height]).toEqual(orientation > 4 ? [200, 320] : [320, 200])
      expect(photo.png.includes('secret owner')).toBe(false)
      expect(await sharp(photo.png).metadata()).not.toHaveProperty('exif')
      const expected = await sharp(turned).autoOrient().raw().toBuffer()
      expect((await sharp(photo.png).raw().toBuffer()).equals(expected), `orientation ${orientation}`).toBe(true)
    }
  })
  test('is the same for the same file, byte for byte', async () => {
    const data = await drawing(9).jpeg().toBuffer()
    const [one, two] = [await accept(data), await accept(data)]
    expect(two.png.equals(one.png)).toBe(true)
    expect(two.sha256).toBe(one.sha256)
  })
  test.each<[string, () => Promise<Buffer>]>([
    ['CMYK JPEG', () => drawing(10).toColourspace('cmyk').jpeg().toBuffer()],
    ['grey JPEG', () => drawing(10).greyscale().jpeg().toBuffer()],
    ['progressive JPEG', () => drawing(10).jpeg({ progressive: true }).toBuffer()],
    ['16-bit PNG', () => drawing(10).toColourspace('rgb16').png().toBuffer()],
    ['16-bit grey PNG', () => drawing(10).toColourspace('grey16').png().toBuffer()],
    ['grey PNG with alpha', () => drawing(10).greyscale().ensureAlpha(0.9).png().toBuffer()],
    ['PNG with a palette', () => drawing(10).png({ palette: true, colours: 32 }).toBuffer()],
    ['interlaced PNG', () => drawing(10).png({ progressive: true }).toBuffer()],
    ['lossy WebP with alpha', () => drawing(10).ensureAlpha(0.9).webp().toBuffer()],
    ['Display P3 photo', () => drawing(10).withIccProfile('p3').jpeg().toBuffer()],
  ])('of a %s is a PNG of 8-bit sRGB that looks the same', async (_kind, make) => {
    const photo = await accept(await make())
    expect(await sharp(photo.png).metadata()).toMatchObject({
      format: 'png',
      channels: 3,
      depth: 'uchar',
      space: 'srgb',
    })
    expect(await sharp(photo.png).metadata()).not.toHaveProperty('icc')
    const grey = (data: Buffer | Promise<Buffer>) =>
      sharp(data as Buffer)
        .flatten({ background: '#fff' })
        .greyscale()
        .resize(16, 12, { fit: 'fill' })
        .raw()
        .toBuffer()
    const [kept, drawn] = [await grey(photo.png), await grey(await drawing(10).png().toBuffer())]
    const difference = kept.reduce((sum, value, i) => sum + Math.abs(value - drawn[i]!), 0) / kept.length
    expect(difference).toBeLessThan(25)
  })
  test('what is transparent becomes white', async () => {
    const { data: pixels, info } = await drawing(11).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    for (let at = 3; at < pixels.length; at += 4) if ((at >> 2) % info.width < 160) pixels[at] = 0
    const data = await sharp(pixels, { raw: { ...info, channels: 4 } })
      .png()
      .toBuffer()
    const { png } = await accept(data)
    expect([...(await sharp(png).raw().toBuffer()).subarray(0, 3)]).toEqual([255, 255, 255])
  })
  test('a longer side than 4096 is reduced to it', async () => {
    const photo = await accept(await drawing(12, { width: 5000, height: 500 }).png().toBuffer())
    expect([photo.width, photo.height]).toEqual([4096, 410])
  })
  test('the first picture of an animation stands for it', async () => {
    const frames = await Promise.all([13, 14].map(seed => drawing(seed).png().toBuffer()))
    const still = await accept(frames[0]!)
    const webp = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer()
    expect((await sharp(webp, { pages: -1 }).metadata()).pages).toBe(2)
    for (const animated of [webp, animate(frames[0]!, frames[1]!, still)]) {
      const photo = await accept(animated)
      expect([photo.width, photo.height]).toEqual([still.width, still.height])
      expect(photo.png.equals(still.png)).toBe(true)
    }
  })
})

describe('the hash of a photo set', () => {
  const [a, b] = [hashOf(Buffer.from('a')), hashOf(Buffer.from('b'))]
  test('depends on the photos and their order alone', () => {
    expect(photoSetHash([a, b])).toBe(photoSetHash([a, b]))
    expect(photoSetHash([b, a])).not.toBe(photoSetHash([a, b]))
    expect(photoSetHash([a])).not.toBe(photoSetHash([a, b]))
    expect(photoSetHash([a, b])).toBe('f60426d70d793e1c7ccac31a4642da9b56dc3d03a76bb56896fd70a3f65788ea')
  })
})
