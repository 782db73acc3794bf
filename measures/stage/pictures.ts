/** Test material: sharp pictures that differ from each other, drawn from seeds. */
import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

export interface Size {
  readonly width: number
  readonly height: number
}

type Colour = readonly [number, number, number]

export interface Shape {
  readonly kind: 'disc' | 'bar'
  /** The centre. */
  readonly x: number
  readonly y: number
  readonly size: number
  readonly colour: Colour
}

/** Shapes with hard edges on a ground, pixel by pixel: the tests run where the loader of SVG is blocked. */
export function paint({ width, height }: Size, ground: Colour, shapes: readonly Shape[]): Sharp {
  const pixels = new Uint8Array(width * height * 3)
  for (let at = 0; at < width * height; at++) pixels.set(ground, at * 3)
  for (const { kind, x, y, size, colour } of shapes) {
    const [half, tall] = [size / 2, kind === 'disc' ? size / 2 : size / 6]
    for (let py = Math.max(0, Math.ceil(y - tall)); py < Math.min(height, y + tall); py++)
      for (let px = Math.max(0, Math.ceil(x - half)); px < Math.min(width, x + half); px++)
        if (kind === 'bar' || (px - x) ** 2 + (py - y) ** 2 <= half ** 2) pixels.set(colour, (py * width + px) * 3)
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

/** Coloured discs and bars: as sharp as a photo in focus, and another picture for each seed. */
export function drawing(seed: number, size: Size = { width: 320, height: 240 }): Sharp {
  let state = seed * 2_654_435_761 + 1
  const next = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const colour = (): Colour => [next(256), next(256), next(256)]
  const shapes = Array.from({ length: 40 }, (_, i): Shape => {
    const [x, y] = [next(size.width), next(size.height)]
    const extent = 4 + next(Math.min(size.width, size.height) / 4)
    return { kind: i % 2 === 0 ? 'disc' : 'bar', x, y, size: extent, colour: colour() }
  })
  return paint(size, colour(), shapes)
}

/** A chunk of a PNG file, with its check sum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')

/** A grey PNG of one colour: a few kilobytes that say they are as many pixels as one likes. */
export function bomb({ width, height }: Size, rows = height): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const data = deflateSync(Buffer.alloc((width + 1) * rows), { level: 9 })
  return Buffer.concat([PNG_SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

/** The data of all chunks of one type, joined. */
function chunkData(png: Buffer, type: string): Buffer {
  const found: Buffer[] = []
  for (let at = PNG_SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === type) found.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  return Buffer.concat(found)
}

/** An animated PNG of two pictures of one size and kind. */
export function animate(first: Buffer, second: Buffer, { width, height }: Size): Buffer {
  const words = (...values: number[]) =>
    Buffer.concat(values.map(value => Buffer.from(Uint32Array.of(value).buffer).swap32()))
  const control = (sequence: number) =>
    chunk('fcTL', Buffer.concat([words(sequence, width, height, 0, 0), Buffer.from([0, 1, 0, 10, 0, 0])]))
  return Buffer.concat([
    PNG_SIGNATURE,
    chunk('IHDR', chunkData(first, 'IHDR')),
    chunk('acTL', words(2, 0)),
    control(0),
    chunk('IDAT', chunkData(first, 'IDAT')),
    control(1),
    chunk('fdAT', Buffer.concat([words(2), chunkData(second, 'IDAT')])),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
