/** Pictures as image encoders want them: what a transformers `preprocessor_config.json` says. */
import sharp from 'sharp'
import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { toBytes } from './image.ts'
import type { PictureSize } from './size.ts'

/** PIL's filters, of which libvips has the two that published image encoders use. */
const KERNELS = { 2: 'linear', 3: 'cubic' } as const

const side = z.number().int().min(1).max(4096)
const size = z.union([side, z.object({ shortest_edge: side }), z.object({ height: side, width: side })])
const three = z.tuple([z.number(), z.number(), z.number()])

/** Steps that are switched off are not taken; absent ones are as transformers' classes have them. */
const schema = z.object({
  do_resize: z.literal(true).default(true),
  size: size.default(224),
  resample: z.union([z.literal(2), z.literal(3)]).default(3),
  do_center_crop: z.boolean().default(false),
  crop_size: size.optional(),
  do_rescale: z.literal(true).default(true),
  rescale_factor: z
    .number()
    .positive()
    .default(1 / 255),
  do_normalize: z.literal(true).default(true),
  image_mean: three,
  image_std: three,
})

export type Preprocessing = z.output<typeof schema>

/** @throws AppError MODEL_UNSUPPORTED naming the setting of `path` */
export function readPreprocessing(json: unknown, path: string): Preprocessing {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `${path}: ${issue?.path.join('.')} is not what this engine reads`,
    'Use an image encoder that resizes, crops and normalises as CLIP and DINO do.',
  )
}

const sides = (of: z.output<typeof size>): readonly [number, number] | { readonly shortest: number } =>
  typeof of === 'number'
    ? { shortest: of }
    : 'shortest_edge' in of
      ? { shortest: of.shortest_edge }
      : [of.width, of.height]

/**
 * `[3, H, W]` in -1..1 -> normalised `[3, h, w]`, resized on 8 bits as the reference does.
 * @param settings what the model's folder says
 */
export async function preprocess(
  pixels: Float32Array,
  { width, height }: PictureSize,
  settings: Preprocessing,
): Promise<{ readonly pixels: Float32Array; readonly width: number; readonly height: number }> {
  const bytes = toBytes('the picture', pixels, { width, height })
  const to = sides(settings.size)
  const scale = 'shortest' in to ? to.shortest / Math.min(width, height) : 1
  const [w, h] = 'shortest' in to ? [Math.round(width * scale), Math.round(height * scale)] : to
  let image = sharp(bytes, { raw: { width, height, channels: 3 } }).resize(w, h, {
    fit: 'fill',
    kernel: KERNELS[settings.resample],
  })
  let [outWidth, outHeight] = [w, h]
  const crop = settings.do_center_crop ? sides(settings.crop_size ?? settings.size) : undefined
  if (crop) {
    ;[outWidth, outHeight] = 'shortest' in crop ? [crop.shortest, crop.shortest] : crop
    const [left, top] = [Math.floor((w - outWidth) / 2), Math.floor((h - outHeight) / 2)]
    image = sharp(await image.raw().toBuffer(), { raw: { width: w, height: h, channels: 3 } }).extract({
      ...{ left, top },
      ...{ width: outWidth, height: outHeight },
    })
  }
  const small = await image.raw().toBuffer()
  const planes = new Float32Array(3 * outWidth * outHeight)
  const size = outWidth * outHeight
  for (let i = 0; i < size; i++)
    for (let c = 0; c < 3; c++)
      planes[c * size + i] =
        ((small[3 * i + c] ?? 0) * settings.rescale_factor - (settings.image_mean[c] ?? 0)) /
        (settings.image_std[c] ?? 1)
  return { pixels: planes, width: outWidth, height: outHeight }
}
