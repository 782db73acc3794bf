/** Textual Inversion embeddings between files and records: their widths say which text encoder they belong to. */
import { basename, extname } from 'node:path'
import type { SafetensorsFile, TensorData } from '../../../engine/descriptors.ts'
import { invalid } from '../format.ts'
import { readValues } from '../pairs/pairs.ts'
import type { TokenRows } from '../record.ts'
import type { Target } from '../target.ts'

const WIDTHS = 'Rows of Stable Diffusion 1 are 768 wide, of 2 1024; SDXL has rows of 768 and of 1280.'

/** The tensors of a file by their widths, as `[n, width]`. @throws AppError ADAPTER_INVALID unless every one has such a shape. */
export async function readRows(file: SafetensorsFile): Promise<TensorData[]> {
  const rows: TensorData[] = []
  for (const [name, { shape }] of file.tensors) {
    const [n, width] = shape.length === 1 ? [1, ...shape] : shape
    if (!n || !width || shape.length > 2)
      throw invalid(`has ${name} of shape [${shape}], which is not a row of token embeddings`, WIDTHS)
    rows.push(await readValues(file, name, [n, width]))
  }
  return rows
}

const widthOf = ({ shape }: TensorData): number => shape[1] ?? 0

/** @throws AppError ADAPTER_INVALID when the target's text encoders have other widths, or the encoders' rows differ in number. */
export function toTokens(placeholder: string, rows: readonly TensorData[], { widths, family }: Target): TokenRows {
  const left = [...rows]
  const vectors = [...widths].flatMap(([component, width]) => {
    const at = left.findIndex(one => widthOf(one) === width)
    return at < 0 ? [] : [[component, ...left.splice(at, 1)] as [string, TensorData]]
  })
  if (left.length > 0 || vectors.length < widths.size) {
    const [found, wanted] = [rows.map(widthOf).join(' and '), [...widths.values()].join(' and ')]
    throw invalid(`has rows of ${found} values; the text encoders of ${family} take ${wanted}`, WIDTHS)
  }
  if (new Set(vectors.map(([, { shape }]) => shape[0])).size > 1)
    throw invalid('has another number of rows for each text encoder', 'Take the files from one save.')
  return { kind: 'tokens', placeholder, vectors: new Map(vectors) }
}

/** In the metadata where we wrote the file; other programs name the file after the word. */
export const placeholderOf = ({ metadata, path }: SafetensorsFile): string =>
  metadata.placeholder ?? basename(path, extname(path))

/** The word as the name of a file. */
export const fileOf = (placeholder: string): string =>
  `${placeholder.replace(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'embedding'}.safetensors`
