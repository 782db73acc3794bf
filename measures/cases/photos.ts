/** Cases 11 to 14 and 27: photos as cameras and programs write them, and captions beside them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listImages, loadImage, square } from '../../engine/io/index.ts'
import { largePhoto, photoMemory } from '../engine/photo-memory.ts'
import { type Case, differs, isWrong, notRefused } from './case.ts'

const CASES = join(import.meta.dirname, '../../test/fixtures/cases')
type Rgb = readonly number[]

/** A case's picture at the size it has upright, as `colour(x, y)`. */
async function picture(path: string, [width, height]: readonly [number, number]) {
  const values = await loadImage(join(CASES, path), { width, height })
  return (x: number, y: number): Rgb =>
    [0, 1, 2].map(c => Math.round(((values[(c * height + y) * width + x] ?? 0) + 1) * 127.5))
}

/** Chroma subsampling and its ringing cost JPEGs some levels. */
const NEAR = 24
const isNear = (a: Rgb, b: Rgb, within = NEAR): boolean =>
  a.every((value, i) => Math.abs(value - (b[i] ?? 0)) <= within)

const UPRIGHT = [96, 128] as const
const ORIENTED = ['o1.jpg', 'o2.jpg', 'o3.jpg', 'o4.jpg', 'o5.jpg', 'o6.jpg', 'o7.jpg', 'o8.jpg', 'o6.png', 'o6.webp']
/** Where in the upright picture, and what is more there than elsewhere. */
const CORNERS: readonly (readonly [string, number, number, (rgb: Rgb) => boolean])[] = [
  ['top left red', 12, 12, ([r = 0, g = 0, b = 0]) => r > g + 60 && r > b + 60],
  ['top right green', 84, 12, ([r = 0, g = 0, b = 0]) => g > r + 60 && g > b + 60],
  ['bottom left blue', 12, 116, ([r = 0, g = 0, b = 0]) => b > r + 60 && b > g + 60],
  ['bottom right grey', 84, 116, ([r = 0, g = 0, b = 0]) => Math.abs(r - g) < 20 && Math.abs(g - b) < 20],
]

async function orientation(): Promise<string[]> {
  const faults: string[] = []
  for (const name of ORIENTED) {
    const colour = await picture(`11-exif-orientation/${name}`, UPRIGHT)
    for (const [where, x, y, holds] of CORNERS)
      faults.push(...isWrong(`${name} is not ${where}: ${colour(x, y)}`, !holds(colour(x, y))))
  }
  return faults
}

const PLACES = [
  [24, 32],
  [72, 32],
  [24, 96],
  [72, 96],
] as const

async function colours(): Promise<string[]> {
  const faults: string[] = []
  const at = async (name: string) => {
    const colour = await picture(`12-colour-profiles-alpha/${name}`, UPRIGHT)
    return PLACES.map(([x, y]) => colour(x, y))
  }
  const near = (what: string, found: Rgb | undefined, expected: Rgb, within: number) =>
    faults.push(...isWrong(`${what} is ${found}, not ${expected}`, !isNear(found ?? [], expected, within)))
  for (const name of ['wide.png', 'wide.jpg']) {
    const found = await at(name)
    near(`${name} at the left`, found[0], [200, 40, 40], 6)
    near(`${name} at the right`, found[1], [39, 180, 60], 6)
  }
  const plain = await at('srgb.png')
  for (const [i, rgb] of (await at('rgb16.png')).entries()) near(`rgb16.png at ${i}`, rgb, plain[i] ?? [], 1)
  for (const name of ['rgba.png', 'palette-alpha.png'])
    near(`${name} at its top left`, (await at(name))[0], [255, 255, 255], 1)
  const greys = [88, 124, 73, 128]
  for (const [i, rgb] of (await at('grey16.png')).entries()) near(`grey16.png at ${i}`, rgb, Array(3).fill(greys[i]), 2)
  return faults
}

async function containers(): Promise<string[]> {
  const load = (name: string) => loadImage(join(CASES, '13-phone-containers', name), square(96))
  const plain = await load('photo.JPG')
  const faults: string[] = []
  for (const name of ['mpo.jpg', 'photo.jfif'])
    faults.push(...isWrong(`${name} is not the plain JPEG`, !isNear([...(await load(name))], [...plain], 0)))
  faults.push(...isWrong('photo.avif is not read', (await load('photo.avif')).length !== plain.length))
  return [
    ...faults,
    ...(await notRefused('photo.heic', () => load('photo.heic'), /HEIC photo/)),
    ...(await notRefused('motion.gif', () => load('motion.gif'), /a GIF/)),
  ]
}

const CAPTIONS = { 'a.png': 'a photo of sks person on a beach', 'b.png': 'a photo of sks person in the snow' }

async function captions(): Promise<string[]> {
  const faults: string[] = []
  const list = async (name: string) => {
    const warnings: string[] = []
    const photos = await listImages(join(CASES, '14-captions', name), ({ code }) => void warnings.push(code))
    return { warnings, captions: Object.fromEntries(photos.map(({ name, text }) => [name, text])) }
  }
  for (const name of ['jsonl', 'bom', 'crlf', 'csv', 'txt', 'utf16'])
    faults.push(...differs(name, await list(name), { warnings: [], captions: CAPTIONS }))
  const none = { 'a.png': undefined, 'b.png': undefined }
  faults.push(...differs('none', await list('none'), { warnings: [], captions: none }))
  faults.push(...differs('unicode-name', Object.values((await list('unicode-name')).captions).every(Boolean), true))
  faults.push(...differs('mixed-formats', (await list('mixed-formats')).warnings, ['PHOTO_SKIPPED']))
  return [
    ...faults,
    ...(await notRefused('prompt-key', () => list('prompt-key'), /line 1 lacks text/)),
    ...(await notRefused('subfolder', () => list('subfolder'), /no photos: it holds/)),
  ]
}

export const PHOTO_CASES: readonly Case[] = [
  { name: '11-exif-orientation', check: orientation },
  { name: '12-colour-profiles-alpha', check: colours },
  { name: '13-phone-containers', check: containers },
  { name: '14-captions', check: captions },
  {
    name: '27-large-photo',
    check: async ({ newFolder }) => {
      const path = join(await newFolder(), 'phone.jpg')
      await writeFile(path, await largePhoto({ width: 8064, height: 6048 }))
      const { outcome, bytes } = await photoMemory(path, 512)
      return [...differs('the photo', outcome, 'read'), ...isWrong(`it takes ${bytes} bytes`, bytes > 150e6)]
    },
  },
]
