import { mkdtempSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { callCli, jsonLines } from '../../../measures/stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../../../measures/stage/tiny-base.ts'

const folder = mkdtempSync(join(tmpdir(), 'semblance-dreambooth-cli-'))
const [base = '', photos = '', cache = ''] = ['base', 'photos', 'cache'].map(name => join(folder, name))
vi.stubEnv('XDG_CACHE_HOME', cache)
beforeAll(async () => {
  await writeTinyBase(base)
  await writePhotos(photos)
})
afterAll(() => rm(folder, { recursive: true }))

const call = async (...args: string[]) => {
  const { code, stdout } = await callCli([...args, '--json'])
  return { code, lines: jsonLines(stdout) as Record<string, unknown>[] }
}

test('a DreamBooth training writes pairs and the change of all weights, and the change makes a base that draws', async () => {
  const out = join(folder, 'me.safetensors')
  const settings = [
    '--steps',
    '2',
    '--batch',
    '1',
    '--class',
    'dog',
    '--token',
    'x',
    '--set',
    'classImages=2',
    '--threads',
    '1',
  ]
  const train = ['train', '--base', base, '--images', photos, '--method', 'dreambooth', '--out', out, ...settings]
  const { code, lines } = await call(...train)
  expect(code).toBe(0)
  expect(lines.map(({ event }) => event)).toEqual(['class-image', 'step', 'step', 'adapter'])
  const delta = join(folder, 'me.delta.safetensors')
  expect(lines.at(-1)).toMatchObject({ path: out, delta, manifest: { method: 'dreambooth', distilled: { rank: 32 } } })
  expect((await readdir(join(cache, 'semblance/class-images'))).length).toBe(1)

  expect((await call('inspect', delta)).lines[0]).toMatchObject({
    kind: 'change of all weights (delta)',
    subject: 'x dog',
  })
  expect((await call('inspect', out, '--base', base)).lines[0]).toMatchObject({
    method: 'dreambooth',
    parents: [expect.any(String)],
  })

  const merged = join(folder, 'merged')
  const merge = await call('merge', delta, '--base', base, '--out', merged)
  expect(merge).toMatchObject({ code: 0, lines: [{ event: 'merged', path: merged, method: 'dreambooth' }] })
  const draw = ['--prompt', 'x dog', '--steps', '2', '--threads', '1', '--out', join(folder, 'drawn'), '--force']
  expect((await call('generate', '--base', merged, ...draw)).code).toBe(0)

  const other = await call('generate', '--base', merged, '--adapter', out, ...draw)
  expect(other).toMatchObject({ code: 4, lines: [{ error: { code: 'ADAPTER_MISMATCH' } }] })
})
