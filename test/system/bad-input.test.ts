import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDevice } from '../../engine/index.ts'
import { ERROR_CODES, type ErrorCode } from '../../errors.ts'
import { type CliResult, callCli, jsonLines } from '../../measures/stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../../measures/stage/tiny-base.ts'

// Seconds of work; a machine that trains beside it takes many times as long.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 })

const folder = mkdtempSync(join(tmpdir(), 'semblance bad ïnput 漢-'))
const at = (...parts: string[]) => join(folder, ...parts)

beforeAll(async () => {
  await writeTinyBase(at('base'))
  await writePhotos(at('photos'), 2)
  const trained = await callCli(train('--out', at('adapter.safetensors')))
  expect(trained, trained.stderr).toMatchObject({ code: 0 })
})
afterAll(() => rm(folder, { recursive: true }))

const COMMON = ['--threads', '1', '--json']
const train = (...more: string[]) => {
  const fixed = ['--base', at('base'), '--images', at('photos'), '--out', at('new.safetensors')]
  return ['train', ...fixed, ...COMMON, '--steps', '1', '--batch', '1', '--set', 'rank=1', ...more]
}
const generate = (...more: string[]) => {
  const fixed = ['--base', at('base'), '--prompt', 'sks', '--out', at('new.png')]
  return ['generate', ...fixed, ...COMMON, '--steps', '1', ...more]
}

/** One parsable error object, its exit code, both lines filled, nothing else said, no file begun. */
async function expectError({ code: exit, stdout, stderr }: CliResult, code: ErrorCode, named: string): Promise<void> {
  const errors = jsonLines(stdout).filter(line => 'error' in line)
  expect(errors, stdout + stderr).toEqual([
    { event: 'error', error: { code, message: expect.stringContaining(named), next: expect.stringMatching(/\w{3}/) } },
  ])
  expect(exit).toBe(ERROR_CODES[code])
  expect(stderr).toBe('')
  expect(stdout).not.toMatch(/\bat .*:\d+:\d+/)
  const begun = (await readdir(folder)).filter(name => name.startsWith('new') || name.startsWith('.'))
  expect(begun).toEqual([])
}

type Case = [what: string, args: () => string[], code: ErrorCode, named: string]

const refuses = (cases: readonly Case[]) =>
  test.each(cases)('%s', async (_, args, code, named) => expectError(await callCli(args()), code, named))

describe('arguments', () => {
  refuses([
    ['an unknown command', () => ['trian', '--json'], 'INPUT_INVALID', 'trian'],
    ['an unknown option', () => train('--stpes', '3'), 'INPUT_INVALID', '--stpes'],
    ['a missing option', () => ['train', '--json'], 'INPUT_INVALID', '--images'],
    ['no steps', () => train('--steps', '0'), 'INPUT_INVALID', '--steps'],
    ['a negative seed', () => train('--seed', '-1'), 'INPUT_INVALID', '--seed'],
    ['a seed beyond 2^53', () => generate('--seed', '9007199254740992'), 'INPUT_INVALID', '--seed'],
    ['an unknown device', () => generate('--device', 'tpu'), 'INPUT_INVALID', 'tpu'],
    ['an option without value', () => train('--set', 'rank'), 'INPUT_INVALID', '--set'],
    ['an unknown method', () => train('--method', 'magic'), 'INPUT_INVALID', 'magic'],
    ['an unknown option of a method', () => train('--set', 'rnak=2'), 'INPUT_INVALID', 'rnak'],
    ['a size the networks cannot halve', () => generate('--size', '101'), 'INPUT_INVALID', '101'],
    ['a size twice', () => generate('--size', '16', '--width', '16'), 'INPUT_INVALID', '--width'],
    ['a size that is none', () => generate('--size', '16x'), 'INPUT_INVALID', '--size'],
    ['a strength without an image', () => generate('--strength', '0.5'), 'INPUT_INVALID', '--init'],
    ['a strength above 1', () => generate('--init', at('photos/photo-0.png'), '--strength', '2'), 'INPUT_INVALID', '2'],
    ['a rescale above 1', () => generate('--rescale', '1.5'), 'INPUT_INVALID', 'rescale'],
    ['an init image that is missing', () => generate('--init', at('no.png')), 'FILE_NOT_FOUND', 'no.png'],
    ['a rate at which nothing is left', () => train('--rate', '1e30', '--steps', '3'), 'DIVERGED', 'not finite'],
    ['a last update that is not finite', () => train('--rate', '1e39', '--steps', '1'), 'DIVERGED', 'what was learned'],
  ])
})

describe('output paths', () => {
  refuses([
    ['a missing folder', () => train('--out', at('none', 'a.safetensors')), 'FILE_NOT_FOUND', at('none')],
    ['a folder', () => generate('--out', at('photos')), 'STORAGE_FAILED', at('photos')],
    ['a file as folder', () => generate('--out', at('adapter.safetensors', 'a.png')), 'STORAGE_FAILED', 'not a folder'],
  ])

  test('a full disk', async context => {
    await mkdir(at('disk'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', at('disk')], { stdio: 'ignore' })
    } catch {
      return context.skip('needs the right to mount a file system')
    }
    try {
      const first = await callCli(train('--out', at('disk', 'a.safetensors')))
      await expectError(first, 'STORAGE_FAILED', 'the disk is full')
      expect(await readdir(at('disk'))).toEqual([])
    } finally {
      execFileSync('umount', [at('disk')])
    }
  })
})

describe('photos', () => {
  beforeAll(async () => {
    for (const name of ['none', 'text', 'cut', 'dot', 'huge']) await mkdir(at('bad', name), { recursive: true })
    await writeFile(at('bad', 'text', 'a.png'), 'not a picture')
    const jpeg = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#a51' } })
      .jpeg()
      .toBuffer()
    await writeFile(at('bad', 'cut', 'a.jpg'), jpeg.subarray(0, jpeg.length / 2))
    const plain = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#fff' }, limitInputPixels: false }).png()
    await plain(1, 1).toFile(at('bad', 'dot', 'a.png'))
    await plain(12_001, 10_001).toFile(at('bad', 'huge', 'a.png'))
  })
  refuses([
    ['an empty folder', () => train('--images', at('bad', 'none')), 'INPUT_INVALID', 'no photos'],
    ['a missing folder', () => train('--images', at('bad', 'gone')), 'FILE_NOT_FOUND', 'does not exist'],
    ['a text called .png', () => train('--images', at('bad', 'text')), 'IMAGE_INVALID', 'a.png'],
    ['half a JPEG', () => train('--images', at('bad', 'cut')), 'IMAGE_INVALID', 'a.jpg'],
    ['a single pixel', () => train('--images', at('bad', 'dot')), 'IMAGE_INVALID', '1 x 1'],
    ['too many pixels', () => train('--images', at('bad', 'huge')), 'IMAGE_INVALID', '12001 x 10001'],
  ])
})

describe('bases and adapters', () => {
  beforeAll(async () => {
    await cp(at('base'), at('other'), { recursive: true })
    const weights = at('other', 'vae', 'diffusion_pytorch_model.safetensors')
    const bytes = await readFile(weights)
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1
    await writeFile(weights, bytes)
    await cp(at('adapter.safetensors'), at('half.safetensors'))
    await truncate(at('half.safetensors'), 2000)
  })
  const adapter = (path: string) => generate('--adapter', at(path))
  refuses([
    ['a folder without a model', () => generate('--base', at('photos')), 'MODEL_INVALID', 'model_index.json'],
    ['a file as base', () => generate('--base', at('adapter.safetensors')), 'MODEL_NOT_FOUND', 'not a folder'],
    [
      'an adapter of another base',
      () => [...adapter('adapter.safetensors'), '--base', at('other')],
      'ADAPTER_MISMATCH',
      'adapter.safetensors',
    ],
    ['half an adapter', () => adapter('half.safetensors'), 'FILE_INVALID', 'half.safetensors'],
    [
      'weights as adapter',
      () => adapter('base/unet/diffusion_pytorch_model.safetensors'),
      'ADAPTER_INVALID',
      'no dialect that is read',
    ],
    ['a picture as adapter', () => adapter('photos/photo-0.png'), 'FILE_INVALID', 'photo-0.png'],
    ['a missing adapter', () => adapter('none.safetensors'), 'FILE_NOT_FOUND', 'does not exist'],
    ['a missing path to inspect', () => ['inspect', at('none'), '--json'], 'FILE_NOT_FOUND', 'does not exist'],
  ])

  test('a base behind a link, with spaces and letters of any script in its path, works', async () => {
    await symlink(at('base'), at('lïnk to bäse'))
    const drawn = await callCli(generate('--base', at('lïnk to bäse'), '--out', at('ö 漢 🙂.png')))
    expect(drawn, drawn.stdout).toMatchObject({ code: 0, stderr: '' })
    expect((await sharp(await readFile(at('ö 漢 🙂.png'))).metadata()).width).toBe(16)
  })
})

describe('devices', () => {
  test('one whose driver is not here is an error of one line, whatever the runtime itself prints', async () => {
    const { code, stdout, stderr } = await callCli(generate('--device', 'cuda'))
    if (code === 0) return
    await expectError({ code, signal: null, stdout, stderr }, 'DEVICE_UNAVAILABLE', '"cuda" cannot be used here')
  })

  test('too little memory is an error that says what to make smaller', async () => {
    const device = openDevice({ threads: 1 })
    await expect(device.alloc('too much', 2 ** 45)).rejects.toMatchObject({
      code: 'MEMORY_EXCEEDED',
      next: expect.stringContaining('smaller'),
    })
    await device.kill()
  })
})
