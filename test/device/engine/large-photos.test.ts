/** Photos of phones with 48 and 108 megapixels: read within a bounded memory, and larger ones left out by name while the others train. */
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type LargePhoto, largePhoto, photoMemory } from '../../../measures/engine/photo-memory.ts'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const folder = await temporaryFolder()
const huge = join(folder, 'huge.jpg')
await writeFile(huge, await largePhoto({ width: 16320, height: 12240 }))
const phone48 = { width: 8064, height: 6048 }
const phone108 = { width: 12000, height: 9000 }

test.each<[string, LargePhoto, number]>([
  ['48 megapixels', phone48, 100],
  ['48 megapixels lying on its side', { ...phone48, orientation: 6 }, 150],
  ['108 megapixels', phone108, 150],
  ['108 megapixels lying on its side', { ...phone108, orientation: 6 }, 200],
  ['108 megapixels, progressive', { ...phone108, progressive: true }, 700],
  ['108 megapixels as PNG', { ...phone108, format: 'png' }, 500],
  ['48 megapixels as WebP', { ...phone48, format: 'webp' }, 500],
])(
  'a photo of %s is read',
  async (_, photo, megabytes) => {
    const path = join(folder, `large.${photo.format ?? 'jpg'}`)
    await writeFile(path, await largePhoto(photo))
    const { bytes, outcome } = await photoMemory(path, 512)
    expect(outcome).toBe('read')
    expect(bytes / 1e6).toBeLessThan(megabytes)
  },
  120_000,
)

test('a photo beyond the limit is refused by its header', async () => {
  const { bytes, outcome } = await photoMemory(huge, 512)
  expect(outcome).toContain('huge.jpg is 16320 x 12240 pixels; of a JPEG at most 120 megapixels are read')
  expect(bytes / 1e6).toBeLessThan(60)
}, 120_000)

test('a training reads it, and leaves out by name what is larger', async () => {
  const base = await writeTinyBase(join(folder, 'base'))
  const photos = await writePhotos(join(folder, 'photos'))
  await writeFile(join(photos, 'phone.jpg'), await largePhoto(phone48))
  await copyFile(huge, join(photos, 'huge.jpg'))
  const args = ['train', '--base', base, '--images', photos, '--steps', '1', '--batch', '1', '--json']
  const { code, stdout } = await callCli([...args, '--out', join(folder, 'a.safetensors')])
  expect(code).toBe(0)
  const warnings = jsonLines(stdout).filter(({ event }) => event === 'warning')
  expect(warnings).toMatchObject([
    { code: 'PHOTO_SKIPPED', message: expect.stringMatching(/huge\.jpg is 16320 x 12240 pixels; .* 120 megapixels/) },
    { code: 'PHOTO_CROPPED', message: expect.stringMatching(/phone\.jpg \(8064 x 6048\)/) },
  ])
}, 120_000)
