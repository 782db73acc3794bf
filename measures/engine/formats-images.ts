/** Images with adapter files of other programs, against those that diffusers draws with the same files. */
import { join } from 'node:path'
import { readAdapter } from '../../adapters-store/index.ts'
import { type ImageRequest, openBase, openPipeline } from '../../engine/index.ts'
import { openSafetensors } from '../../engine/io/index.ts'
import type { Device } from '../../engine/runtime/device.ts'
import { levelError } from './levels.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures')
const ADAPTER_IMAGES = join(FIXTURES, 'adapter-images')
const FILES = [
  ...['sd2-kohya', 'sd2-locon', 'sdxl-diffusers', 'sdxl-kohya', 'sdxl-kohya-original'],
  ...['sdxl-locon', 'sdxl-text'],
]

export interface DrawnWith {
  readonly file: string
  readonly format: string
  /** Against diffusers' image with the file, and without any adapter. */
  readonly error: number
  readonly change: number
}

/** The files' images, each with its largest difference in levels of 0..255. */
export async function adapterImageErrors(device: Device): Promise<DrawnWith[]> {
  const golden = await openSafetensors(join(ADAPTER_IMAGES, 'golden.safetensors'))
  const request = JSON.parse(golden.metadata.request ?? '') as ImageRequest
  const drawn: DrawnWith[] = []
  for (const file of FILES) {
    const base = await openBase(join(FIXTURES, 'tiny', file.split('-')[0] ?? ''))
    const path = join(ADAPTER_IMAGES, `${file}.safetensors`)
    const { adapter, format } = await readAdapter(path, base, { subject: 'sks dog' })
    const pipeline = openPipeline(device, base)
    try {
      const [image] = await pipeline.generate([{ ...request, adapter }])
      const [plain] = await pipeline.generate([request])
      const theirs = await golden.readFloat32(file)
      const [error, change] = [image, plain].map(one => levelError(one?.pixels ?? [], theirs))
      drawn.push({ file, format, error: error ?? Number.NaN, change: change ?? Number.NaN })
    } finally {
      await pipeline.close()
    }
  }
  return drawn
}
