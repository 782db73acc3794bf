/** Memory that a photo takes while it is decoded, in a process of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import sharp from 'sharp'

const ENGINE = new URL('../../engine/io/index.ts', import.meta.url).href

/** Peak of the process after the photo less its peak before, in bytes, and what became of the photo. */
export async function photoMemory(path: string, size: number): Promise<{ bytes: number; outcome: string }> {
  const script = `
    const { loadImage } = await import(${JSON.stringify(ENGINE)})
    const size = { width: ${size}, height: ${size} }
    const peak = () => 1024 * process.resourceUsage().maxRSS
    const before = peak()
    const outcome = await loadImage(${JSON.stringify(path)}, size).then(() => 'read', error => error.message)
    console.log(JSON.stringify({ bytes: peak() - before, outcome }))`
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  return JSON.parse(stdout)
}

export interface LargePhoto {
  readonly width: number
  readonly height: number
  readonly format?: 'jpeg' | 'png' | 'webp'
  readonly orientation?: number
  readonly progressive?: boolean
}

/** A photo with a soft gradient: as large as asked, of few bytes. */
export function largePhoto({ width, height, format = 'jpeg', orientation, progressive }: LargePhoto): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: 3 * 64 * 48 }, (_, i) => (i * 7) % 251)
  const picture = sharp(pixels, { raw: { width: 64, height: 48, channels: 3 }, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .withMetadata(orientation === undefined ? {} : { orientation })
  if (format === 'webp') return picture.webp({ effort: 0 }).toBuffer()
  return format === 'png'
    ? picture.png({ compressionLevel: 1 }).toBuffer()
    : picture.jpeg({ progressive: progressive ?? false }).toBuffer()
}
