/** The files of `generate`: the same names wherever the images are drawn, and one line about each. */
import { extname } from 'node:path'
import type { Output } from './output.ts'

/** One image becomes `out`, several `out` with -1, -2, ... before its extension. */
export function imagePaths(out: string, count: number): string[] {
  if (count === 1) return [out]
  const extension = extname(out)
  const stem = out.slice(0, out.length - extension.length)
  return Array.from({ length: count }, (_, i) => `${stem}-${i + 1}${extension || '.png'}`)
}

/** Images are written as the engine and the service give them: PNG, whatever the name says. */
export function warnOfFormat(output: Output, out: string): void {
  if (!/\.png$/i.test(out))
    output.warn({ code: 'FORMAT_OTHER', message: `${out} is written as PNG, whatever its name says` })
}

/** Seconds that the rest will take, from how long it took to come here; undefined before the first step. */
export const remainingSeconds = (done: number, total: number, seconds: number): number | undefined =>
  done > 0 ? (seconds / done) * (total - done) : undefined

export interface WrittenImage {
  readonly path: string
  /** Its place among those of the command, from 0. */
  readonly position: number
  readonly prompt: string
  readonly seed: number
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly sha256: string
  /** Of an image of a service. */
  readonly id?: string
}

export const showImage = (output: Output, image: WrittenImage): void =>
  output.result(`wrote ${image.path}`, { event: 'image', ...image })
