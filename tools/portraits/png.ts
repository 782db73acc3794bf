/** Turns RGB pictures into PNG files: one alone or many as a contact sheet. */
import { createCanvas } from '@napi-rs/canvas'
import { SIZE } from './draw.ts'

export function encodeSheet(pictures: readonly Uint8Array[], columns: number): Buffer {
  const rows = Math.ceil(pictures.length / columns)
  const canvas = createCanvas(columns * SIZE, rows * SIZE)
  const ctx = canvas.getContext('2d')
  pictures.forEach((picture, index) => {
    const image = ctx.createImageData(SIZE, SIZE)
    for (let i = 0; i < SIZE * SIZE; i++) {
      for (let c = 0; c < 3; c++) image.data[i * 4 + c] = picture[i * 3 + c] as number
      image.data[i * 4 + 3] = 255
    }
    ctx.putImageData(image, (index % columns) * SIZE, Math.floor(index / columns) * SIZE)
  })
  return canvas.toBuffer('image/png')
}

export const encodePng = (picture: Uint8Array): Buffer => encodeSheet([picture], 1)
