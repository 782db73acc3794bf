/** Test material: a complete tiny base folder made of the committed fixtures, and photos to train on. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PictureSize, saveImage, square } from '../../engine/index.ts'
import { uniforms } from '../../engine/noise.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures/tiny')
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz')
const BOS = 126
const EOS = 127

/** Letters, digits and two words; whatever else a prompt holds is unknown. The text encoder has 128 rows. */
function vocabulary(): { vocab: Record<string, number>; merges: string[] } {
  const ends = [...LETTERS, ...'0123456789'].map(symbol => `${symbol}</w>`)
  const tokens = [...LETTERS, ...ends, 'sk', 'sks</w>', 'do', 'dog</w>']
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
  return {
    vocab: { ...vocab, '<|startoftext|>': BOS, '<|endoftext|>': EOS },
    merges: ['s k', 'sk s</w>', 'd o', 'do g</w>'],
  }
}

/** Writes a random-weight base of 16 px images (SD 1.x shape, a UNet of three blocks; or another fixture) to `folder`. */
export async function writeTinyBase(folder: string, kind: 'sd1' | 'sd2' | 'sdxl' = 'sd1'): Promise<string> {
  await cp(join(FIXTURES, kind), folder, { recursive: true, filter: path => !path.includes('golden') })
  return kind === 'sd1' ? addTokenizer(folder) : folder
}

async function addTokenizer(folder: string): Promise<string> {
  const indexPath = join(folder, 'model_index.json')
  const index = JSON.parse(await readFile(indexPath, 'utf8')) as Record<string, unknown>
  await writeFile(indexPath, JSON.stringify({ ...index, tokenizer: ['transformers', 'CLIPTokenizer'] }))
  const tokenizer = join(folder, 'tokenizer')
  await mkdir(tokenizer)
  const { vocab, merges } = vocabulary()
  await writeFile(join(tokenizer, 'vocab.json'), JSON.stringify(vocab))
  await writeFile(join(tokenizer, 'merges.txt'), `#version: 0.2\n${merges.join('\n')}\n`)
  await writeFile(join(tokenizer, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 77 }))
  return folder
}

/** Writes `count` photos of noise, by default squares of 64 px, the smallest that are read; of several shapes in turn. */
export async function writePhotos(
  folder: string,
  count = 3,
  shapes: readonly PictureSize[] = [square(64)],
): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < count; i++) {
    const shape = shapes[i % shapes.length] as PictureSize
    const pixels = uniforms(i, 0, 3 * shape.height * shape.width).map(value => 2 * value - 1)
    await saveImage(join(folder, `photo-${i}.png`), pixels, shape)
  }
  return folder
}
