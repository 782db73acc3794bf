/** formats.image: images with adapter files of other programs, against those that diffusers draws with the same files. */
import { join } from 'node:path'
import { readAdapter } from '../../adapters-store/index.ts'
import { type ImageRequest, openBase, openPipeline } from '../../engine/index.ts'
import { openSafetensors } from '../../engine/io/index.ts'
import { type Device, openDevice } from '../../engine/runtime/device.ts'
import { type Claim, type FigureSource, measured } from '../figure.ts'
import { levelError } from './image-parity.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures')
export const ADAPTER_IMAGES = join(FIXTURES, 'adapter-images')
const FILES = [
  ...['sd2-kohya', 'sd2-locon', 'sdxl-diffusers', 'sdxl-kohya', 'sdxl-kohya-original'],
  ...['sdxl-locon', 'sdxl-text'],
]
const CLAIM: Claim = { name: 'formats.image', unit: 'of 255', better: 'lower', floor: 1, goal: null }

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

export const formatsImages: FigureSource = {
  names: [CLAIM.name],
  minutes: 1,
  run: async ({ threads }) => {
    const device = openDevice({ threads })
    try {
      const drawn = await adapterImageErrors(device)
      const note = drawn.map(({ file, error, change }) => `${file} ${error} (without it ${change})`).join(', ')
      return [measured(CLAIM, Math.max(...drawn.map(({ error }) => error)), drawn.length, note)]
    } finally {
      await device.kill()
    }
  },
}
