/** What is left out is said in text and with --json, and the rest goes on. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../../../measures/stage/tiny-base.ts'
import { temporaryFolder } from '../../stage/temporary-folder.ts'

const folder = await temporaryFolder()
const base = await writeTinyBase(join(folder, 'base'))
const photos = await writePhotos(join(folder, 'photos'))
const train = (...more: string[]) =>
  callCli(['train', '--base', base, '--images', photos, '--steps', '1', '--batch', '1', ...more])

test('one bad photo stops no other, and is named', async () => {
  await writeFile(join(photos, 'broken.png'), 'no picture')
  await writeFile(join(photos, 'phone.heic'), '')
  const { code, stdout } = await train('--json', '--out', join(folder, 'a.safetensors'))
  expect(code).toBe(0)
  const lines = jsonLines(stdout) as { event: string; code?: string; message?: string }[]
  expect(lines.filter(({ event }) => event === 'warning')).toMatchObject([
    { code: 'PHOTO_SKIPPED', message: expect.stringContaining('phone.heic') },
    {
      code: 'PHOTO_SKIPPED',
      message: expect.stringContaining('broken.png is not a JPEG, PNG, WebP or AVIF image. Save it as'),
    },
  ])
  expect(lines.at(-1)).toMatchObject({ event: 'adapter' })
  const text = await train('--out', join(folder, 'b.safetensors'))
  expect(text.stderr).toMatch(/warning: .*phone\.heic[\s\S]*warning: .*broken\.png/)
  expect(text.stderr).toContain('from 3 photos')
})

test('a drawing says what of the prompt has no effect, and that a picture is PNG', async () => {
  const out = join(folder, 'picture.jpg')
  const { code, stdout } = await callCli([
    ...['generate', '--base', base, '--prompt', 'a dog AND a', '--steps', '1', '--json', '--out', out],
  ])
  expect(code).toBe(0)
  const lines = jsonLines(stdout) as { event: string; code?: string }[]
  const warned = lines.filter(({ event }) => event === 'warning').map(({ code }) => code)
  expect(warned).toEqual(['PROMPT_SYNTAX', 'WORD_UNKNOWN', 'FORMAT_OTHER'])
})

test('words beyond the text encoder are drawn, or said to be cut with --long-prompt cut', async () => {
  const words = 'a dog '.repeat(60)
  const draw = (...more: string[]) =>
    callCli([
      ...['generate', '--base', base, '--prompt', `${words} BREAK ${words}`, '--steps', '1', '--json'],
      ...['--out', join(folder, 'long.png'), '--force', ...more],
    ])
  const warned = ({ stdout }: { stdout: string }) =>
    (jsonLines(stdout) as { event: string; code?: string }[]).filter(({ event }) => event === 'warning')
  expect(warned(await draw())).toEqual([])
  expect(warned(await draw('--long-prompt', 'cut')).map(({ code }) => code)).toEqual([
    ...['PROMPT_SYNTAX', 'PROMPT_CUT', 'WORD_UNKNOWN'],
  ])
})
