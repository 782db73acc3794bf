/** Images that are not square on the tiny model of each family, against diffusers (tools/goldens/shapes.py). */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Device } from '../../engine/runtime/device.ts'
import { imageErrors } from './family-parity.ts'

const TINY = join(import.meta.dirname, '../../test/fixtures/tiny')

export const SHAPED_FAMILIES = ['sd1', 'sd2', 'sdxl'] as const

/** Each recorded request of a family with the largest difference of its image, in levels of 0..255. */
export async function shapeErrors(device: Device, kind: (typeof SHAPED_FAMILIES)[number]) {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-shapes-'))
  try {
    await cp(join(TINY, kind), folder, { recursive: true })
    await borrowTokenizer(folder)
    return await imageErrors(device, folder, () => true, 'shapes')
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The tiny SD1 model has none; the first one of SDXL pads as SD1's does. */
async function borrowTokenizer(folder: string): Promise<void> {
  const path = join(folder, 'model_index.json')
  const index = JSON.parse(await readFile(path, 'utf8')) as { tokenizer: readonly [string | null, string | null] }
  if (index.tokenizer[0] !== null) return
  await cp(join(TINY, 'sdxl/tokenizer'), join(folder, 'tokenizer'), { recursive: true })
  await writeFile(path, JSON.stringify({ ...index, tokenizer: ['transformers', 'CLIPTokenizer'] }))
}
