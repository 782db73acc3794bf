import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  loadImage,
  openBase,
  openPipeline,
  openSafetensors,
  type Pipeline,
  type PretrainOptions,
  pretrain,
  square,
} from '../../../../engine/index.ts'
import { openDevice } from '../../../../engine/runtime/device.ts'
import { writePhotos, writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const device = openDevice({ threads: 1 })
const NAMES = ['photo-0.png', 'photo-1.png', 'photo-2.png']
const WEIGHTS = {
  unet: 'unet/diffusion_pytorch_model.safetensors',
  vae: 'vae/diffusion_pytorch_model.safetensors',
  text: 'text_encoder/model.safetensors',
}
let [root, base, data] = ['', '', '']
let pipeline: Pipeline

async function writeCaptions(folder: string, names: readonly string[]): Promise<void> {
  const lines = names.map((name, i) => ({ file_name: name, text: [`a dog ${i}`, 'sks dog'] }))
  await writeFile(join(folder, 'metadata.jsonl'), lines.map(line => JSON.stringify(line)).join('\n'))
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'semblance-pretrain-'))
  base = await writeTinyBase(join(root, 'base'))
  data = await writePhotos(join(root, 'data'))
  await writeCaptions(data, NAMES)
  pipeline = openPipeline(device, await openBase(base))
})
afterAll(async () => {
  await device.kill()
  await rm(root, { recursive: true, force: true })
})

const run = (out: string, options: Partial<PretrainOptions> = {}) =>
  pretrain(pipeline, { part: 'unet', data, out: join(root, out), steps: 6, batch: 2, ...options })
const hashOf = async (out: string, part: keyof typeof WEIGHTS = 'unet') =>
  createHash('sha256')
    .update(await readFile(join(root, out, WEIGHTS[part])))
    .digest('hex')

/** Runs until `step` is finished, then stops the way Ctrl-C does. */
async function stopAt(step: number, out: string, options: Partial<PretrainOptions>): Promise<unknown> {
  const stop = new AbortController()
  const onStep = (event: { step: number }) => event.step === step && stop.abort()
  return run(out, { ...options, signal: stop.signal, onStep }).catch(error => error)
}

describe.each(['unet', 'vae', 'text'] as const)('pre-training of %s', { timeout: 300_000 }, part => {
  test('stopped and continued gives the same bytes as a straight run, sheets or not', async () => {
    await run(`${part}-straight`, { part })
    expect(await stopAt(4, `${part}-halves`, { part })).toMatchObject({ code: 'CANCELED' })
    const [steps, sheets]: [number[], string[]] = [[], []]
    const events = {
      onStep: ({ step }: { step: number }) => steps.push(step),
      onSample: ({ path }: { path: string }) => sheets.push(path),
    }
    expect(await run(`${part}-halves`, { part, samplesEvery: 5, ...events })).toMatchObject({ trained: true })
    expect(steps).toEqual([5, 6])
    // Sheets are drawn with the weights of their step and change nothing.
    expect(sheets).toEqual(part === 'text' ? [] : [join(root, `${part}-halves/samples/step-000005.png`)])
    for (const path of sheets) expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG')
    expect(await hashOf(`${part}-halves`, part)).toBe(await hashOf(`${part}-straight`, part))
  })

  test('replaces its own weights by others of the same names and shapes, and no other component', async () => {
    const own = part === 'unet' ? ['unet', 'text'] : [part]
    for (const name of Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]) {
      const [before, after] = [
        await readFile(join(base, WEIGHTS[name])),
        await readFile(join(root, `${part}-straight`, WEIGHTS[name])),
      ]
      expect(after.equals(before), name).toBe(!own.includes(name))
    }
    const [old, trained] = [
      await openSafetensors(join(base, WEIGHTS[part])),
      await openSafetensors(join(root, `${part}-straight`, WEIGHTS[part])),
    ]
    const shapes = ({ tensors }: typeof old) =>
      [...tensors].map(([key, { shape, dtype }]) => `${key} ${shape} ${dtype}`).sort()
    expect(shapes(trained)).toEqual(shapes(old))
    expect((await openBase(join(root, `${part}-straight`))).layers).toEqual(pipeline.base.layers)
  })
})

test('an autoencoder is written with the scaling factor of its own latents', async () => {
  const trained = openPipeline(device, await openBase(join(root, 'vae-straight')))
  const images = await Promise.all(NAMES.map(name => loadImage(join(data, name), square(16))))
  const means = (await trained.encodeImages(images, square(16))).flatMap(({ mean }) => [...mean])
  await trained.close()
  const average = means.reduce((a, b) => a + b) / means.length
  const deviation = Math.sqrt(means.reduce((sum, x) => sum + (x - average) ** 2, 0) / means.length)
  expect(trained.base.configs.vae.scaling_factor * deviation).toBeCloseTo(1, 3)
})

test.each(['vae', 'text'] as const)('new weights of %s are those of the seed', async part => {
  const losses: number[] = []
  const scratch = {
    part,
    init: 'scratch',
    seed: 3,
    steps: 2,
    onStep: (event: { loss: number }) => losses.push(event.loss),
  } as const
  await run(`${part}-scratch`, scratch)
  await run(`${part}-again`, scratch)
  expect(losses.slice(0, 2)).toEqual(losses.slice(2))
  expect(losses.every(Number.isFinite)).toBe(true)
  expect(await hashOf(`${part}-scratch`, part)).not.toBe(await hashOf(`${part}-straight`, part))
})

test('a finished training is not run again, and another one does not overwrite it', async () => {
  expect(await run('unet-straight')).toMatchObject({ trained: false })
  await expect(run('unet-straight', { seed: 9 })).rejects.toThrow(
    /unet-straight holds a pre-training with other settings/,
  )
  expect(await hashOf('unet-straight')).toBe(await hashOf('unet-halves'))
})

describe('what does not fit is refused by name', () => {
  const refused = (options: Partial<PretrainOptions>, message: RegExp, out = 'refused') =>
    expect(run(out, options)).rejects.toMatchObject({ code: 'INPUT_INVALID', message: expect.stringMatching(message) })

  test('an unknown part', () => refused({ part: 'clip' }, /no part "clip"/))
  test('a batch of none', () => refused({ batch: 0 }, /batch is 0/))
  test('--out inside, around or equal to --base or --data', async () => {
    await refused({}, /--out .* and --base .* are not apart/, 'base/inner')
    await refused({}, /--out .* and --base .* are not apart/, '.')
    await refused({}, /--out .* and --data .* are not apart/, 'data')
  })
  test('--out in use for something else', async () => {
    await writePhotos(join(root, 'used'), 1)
    await refused({}, /used is not empty: it holds photo-0.png/, 'used')
  })
  test('a data folder that is absent, a file, or of something else', async () => {
    await refused({ data: join(root, 'none') }, /none does not exist/)
    await refused({ data: join(base, 'model_index.json') }, /model_index.json is not a folder/)
    await refused({ data: join(base, 'vae') }, /vae is not a training set: it holds config.json/)
  })
  test('missing and broken captions, but only where captions are needed', async () => {
    const bare = await writePhotos(join(root, 'bare'))
    await refused({ data: bare }, /no caption for photo-0.png, photo-1.png, photo-2.png: .*metadata.jsonl is missing/)
    await writeCaptions(bare, NAMES.slice(0, 2))
    await refused({ data: bare }, /no caption for photo-2.png/)
    await writeFile(join(bare, 'metadata.jsonl'), '{"file_name": "photo-0.png", "text": []}\n')
    await refused({ data: bare }, /metadata.jsonl, line 1 has no caption/)
    await writeCaptions(bare, ['photo-7.png'])
    await refused({ data: bare }, /line 1 names photo-7.png, which is not there/)
    await rm(join(bare, 'metadata.jsonl'))
    expect(await run('bare-vae', { data: bare, part: 'vae', steps: 1 })).toMatchObject({ trained: true })
  })
  test('a rendered set that is cut off, without attributes, or of another size', async () => {
    const packed = join(root, 'packed')
    await mkdir(packed)
    await writeFile(join(packed, 'images.u8'), new Uint8Array(2 * 8 * 8 * 3))
    await refused({ data: packed }, /attributes.jsonl is missing/)
    const line = JSON.stringify({ index: 0, captions: ['a dog'] })
    await writeFile(join(packed, 'attributes.jsonl'), `${line}\n${line}\n${line}\n`)
    await refused({ data: packed }, /384 bytes, which are not 3 square pictures/)
    await writeFile(join(packed, 'attributes.jsonl'), `${line}\n${line}\n`)
    await refused({ data: packed }, /pictures of 8 px, the base takes 16 px/)
  })
})

test('a rendered set gives each picture with its captions', async () => {
  const packed = join(root, 'rendered')
  await mkdir(packed)
  await writeFile(join(packed, 'images.u8'), new Uint8Array(2 * 16 * 16 * 3).fill(255, 16 * 16 * 3))
  await writeFile(join(packed, 'attributes.jsonl'), '{"captions":["a dog"]}\n{"captions":["a cat","sks"]}\n')
  const { openDataset } = await import('../../../../engine/io/images/dataset.ts')
  const set = await openDataset(packed, { size: 16, captions: true })
  expect([set.count, set.captions(0), set.captions(1)]).toEqual([2, ['a dog'], ['a cat', 'sks']])
  expect(new Set(await set.image(0))).toEqual(new Set([-1]))
  expect(new Set(await set.image(1))).toEqual(new Set([1]))
})

describe('the command', () => {
  const cli = ['--disable-warning=ExperimentalWarning', resolve(import.meta.dirname, '../../../../cli/main.ts')]
  const args = (out: string, ...more: string[]) => [
    ...[...cli, 'pretrain', 'text', '--base', base, '--data', data, '--out', join(root, out)],
    ...['--batch', '2', '--threads', '1', '--json', ...more],
  ]
  const lines = (text: string) =>
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)

  test('prints steps with the time that remains, and the result', () => {
    const events = lines(execFileSync(process.execPath, args('command', '--steps', '3'), { encoding: 'utf8' }))
    expect(events.map(({ event }) => event)).toEqual(['step', 'step', 'step', 'base'])
    expect(events[0]).toMatchObject({ step: 1, steps: 3, remaining: expect.any(Number) })
  })

  test('Ctrl-C leaves a checkpoint that the same command continues', async () => {
    const child = spawn(process.execPath, args('stopped', '--steps', '400'))
    let text = ''
    child.stdout.on('data', chunk => {
      text += chunk
      if (!child.killed && text.includes('"step":2')) child.kill('SIGINT')
    })
    const code = await new Promise(done => child.once('exit', done))
    expect(code).toBe(130)
    expect(lines(text).at(-1)).toMatchObject({ error: { code: 'CANCELED' } })
    const { metadata } = await openSafetensors(join(root, 'stopped/checkpoint.safetensors'))
    expect(Number(metadata.step)).toBeGreaterThanOrEqual(2)
  })
})
