/** One picture of several: squares of equal size, row by row. */
import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { writeFileAtomically } from '../files/atomic.ts'

/** @param side pixels of a square; larger and smaller pictures are resized, longer ones cropped */
export async function saveContactSheet(
  path: string,
  pictures: readonly string[],
  columns: number,
  side: number,
): Promise<void> {
  const squares = pictures.map(async (picture, i) => ({
    input: await sharp(await readFile(picture))
      .resize(side, side, { fit: 'cover' })
      .removeAlpha()
      .toBuffer(),
    left: (i % columns) * side,
    top: Math.floor(i / columns) * side,
  }))
  const [width, height] = [columns * side, Math.ceil(pictures.length / columns) * side]
  const sheet = sharp({ create: { width, height, channels: 3, background: '#fff' } })
  await writeFileAtomically(
    path,
    await sheet
      .composite(await Promise.all(squares))
      .png()
      .toBuffer(),
  )
}
