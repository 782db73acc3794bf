import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Drawn, EVALUATORS, findEvaluator, type Picture } from '../../../../engine/evaluators/index.ts'
import { type Device, openDevice, openSafetensors } from '../../../../engine/index.ts'

const fixture = (name: string) => join(import.meta.dirname, '../../../fixtures/tiny', name)
const PROMPTS = ['sks dog', 'a dog']

let device: Device
let folder: string
beforeAll(async () => {
  device = openDevice({ threads: 1 })
  folder = await mkdtemp(join(tmpdir(), 'semblance-evaluators-'))
})
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

async function pictures(model: string, name: string): Promise<Picture[]> {
  const file = await openSafetensors(join(fixture(model), 'golden.safetensors'))
  const [count = 0, , height = 0, width = 0] = file.tensors.get(name)?.shape ?? []
  const all = await file.readFloat32(name)
  const size = all.length / count
  return Array.from({ length: count }, (_, i) => ({ pixels: all.slice(i * size, (i + 1) * size), width, height }))
}

async function compare(model: string, name: keyof typeof EVALUATORS, set: string): Promise<number> {
  const evaluator = await EVALUATORS[name].open(device, fixture(model))
  const photos = await pictures(model, `${set}.photos`)
  const drawn = (await pictures(model, `${set}.drawn`)).map((one, i): Drawn => ({ ...one, prompt: PROMPTS[i] ?? '' }))
  const score = await evaluator.score({ drawn, photos })
  await evaluator.close()
  const file = await openSafetensors(join(fixture(model), 'golden.safetensors'))
  const [expected = Number.NaN] = await file.readFloat32(`${set}.${name}`)
  return Math.abs(score - expected)
}

describe('scores are those of transformers', () => {
  test.each([
    ['clip', 'clip-i'],
    ['clip', 'clip-t'],
    ['dino', 'dino'],
  ] as const)('of %s: %s', async (model, name) => {
    expect(await compare(model, name, 'same')).toBeLessThan(1e-5)
    // Another library resizes these: single levels of 255 may differ.
    expect(await compare(model, name, 'other')).toBeLessThan(2e-3)
  })
})

test('a network that its config.json does not describe is refused with the names', async () => {
  await cp(fixture('dino'), folder, { recursive: true })
  const path = join(folder, 'config.json')
  const config = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...config, num_hidden_layers: 3 }))
  await expect(EVALUATORS.dino.open(device, folder)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('encoder.layer.2.layernorm_before.weight is missing'),
  })
  await writeFile(path, JSON.stringify({ ...config, hidden_act: 'relu' }))
  await expect(EVALUATORS.dino.open(device, folder)).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' })
  await rm(join(folder, 'preprocessor_config.json'))
  await writeFile(path, JSON.stringify(config))
  await expect(EVALUATORS.dino.open(device, folder)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})

test('without photos there is nothing to compare with, and an unknown evaluator is named with the known ones', async () => {
  const evaluator = await EVALUATORS.dino.open(device, fixture('dino'))
  const [picture] = (await pictures('dino', 'same.drawn')) as [Picture]
  const drawn = [{ ...picture, prompt: 'x' }]
  await expect(evaluator.score({ drawn, photos: [] })).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  await evaluator.close()
  expect(() => findEvaluator('clip')).toThrow(/there is no evaluator "clip"/)
})
