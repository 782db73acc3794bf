/** `generate` in every shape: files of the right size, images to start from, and what is said about them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const folder = await temporaryFolder()
const base = await writeTinyBase(join(folder, 'base'))
const out = join(folder, 'picture.png')
async function generate(...more: string[]) {
  const run = [
    'generate',
    '--base',
    base,
    '--prompt',
    'a',
    '--steps',
    '1',
    '--seed',
    '3',
    '--json',
    '--force',
    '--out',
    out,
  ]
  const { code, stdout } = await callCli([...run, ...more])
  const lines = jsonLines(stdout) as { event: string; code?: string; message?: string; next?: string }[]
  return { code, last: lines.at(-1), warnings: lines.filter(({ event }) => event === 'warning') }
}
const sizeOf = async (path: string) => {
  const { width, height } = await sharp(await readFile(path)).metadata()
  return [width, height]
}

test.each([
  [['--width', '12', '--height', '20'], 12, 20],
  [['--size', '20x12'], 20, 12],
  [['--size', '12'], 12, 12],
  [['--height', '8'], 16, 8],
  [[], 16, 16],
])('%s', async (options, width, height) => {
  const { last, warnings } = await generate(...options)
  expect(last).toMatchObject({ event: 'image', width, height })
  expect(await sizeOf(out)).toEqual([width, height])
  expect(warnings).toEqual([])
})

test('several have the shape each', async () => {
  expect((await generate('--size', '8x20', '--count', '2')).code).toBe(0)
  for (const number of [1, 2]) expect(await sizeOf(join(folder, `picture-${number}.png`))).toEqual([8, 20])
})

test('more pixels than the base was trained on are drawn with a warning', async () => {
  const { code, warnings } = await generate('--size', '16x24')
  expect([code, await sizeOf(out)]).toEqual([0, [16, 24]])
  expect(warnings).toMatchObject([{ code: 'SIZE_LARGE', message: expect.stringContaining('12 x 20 is within') }])
})

test('an image to start from is cropped to the shape, never stretched, and said where much is lost', async () => {
  const photo = join(folder, 'photo.png')
  const half = (left: number, background: string) => ({
    ...{ left, top: 0 },
    input: { create: { width: 100, height: 80, channels: 3 as const, background } },
  })
  await sharp({ create: { width: 300, height: 80, channels: 3, background: '#00ff00' } })
    .composite([half(0, '#ff0000'), half(200, '#0000ff')])
    .png()
    .toFile(photo)
  const { code, warnings } = await generate('--init', photo, '--strength', '1')
  expect(code).toBe(0)
  expect(warnings).toMatchObject([{ code: 'INIT_CROPPED', message: expect.stringContaining('left and right') }])
  expect((await generate('--init', photo, '--strength', '1', '--size', '30x8')).warnings).toEqual([])
})
