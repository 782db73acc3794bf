import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Drawn, EVALUATORS } from '../../../../engine/evaluators/index.ts'
import { type MetricNetworks, openMetrics } from '../../../../engine/evaluators/portraits.ts'
import { type Device, openDevice } from '../../../../engine/index.ts'
import { createContext, createPortrait, type Portrait } from '../../../../tools/portraits/attributes.ts'
import { createFullCaption } from '../../../../tools/portraits/captions.ts'
import { drawPortrait } from '../../../../tools/portraits/draw.ts'
import { createPersonPortraits } from '../../../../tools/portraits/person.ts'
import { promptPhrases } from '../../../../tools/portraits/phrases.ts'

const folder = join(import.meta.dirname, '../../../../models/portraits/metrics')
const SIDE = 128

let device: Device
let metrics: MetricNetworks
beforeAll(async () => {
  device = openDevice({ threads: 1 })
  metrics = await openMetrics(device, folder)
})
afterAll(async () => {
  await metrics.close()
  await device.kill()
})

/** The picture of a portrait: interleaved bytes to planes. */
function picture(portrait: Portrait): Drawn {
  const data = drawPortrait(portrait)
  const pixels = new Float32Array(3 * SIDE * SIDE)
  for (let i = 0; i < SIDE * SIDE; i++)
    for (let c = 0; c < 3; c++) pixels[c * SIDE * SIDE + i] = (data[3 * i + c] as number) / 127.5 - 1
  return { pixels, width: SIDE, height: SIDE, prompt: createFullCaption(portrait) }
}

test('the words that the networks know are those of the captions', async () => {
  const { attributes } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  expect(attributes.phrases).toEqual(promptPhrases(attributes.heads))
})

test('a full caption asks for what its portrait shows, and for nothing else', () => {
  for (let i = 0; i < 300; i++) {
    const portrait = createPortrait(i, i, createContext(i))
    const wanted: Partial<Record<string, string>> = Object.fromEntries(
      Object.entries(metrics.asked(createFullCaption(portrait))),
    )
    for (const [name, value] of Object.entries(wanted)) expect(portrait[name as keyof Portrait]).toBe(value)
    const named = ['scene', 'outfit', 'outfitColour', 'style']
    expect(Object.keys(wanted)).toEqual(expect.arrayContaining(named))
    if (portrait.kind === 'person') expect(wanted.hairColour).toBe(portrait.hairColour)
  }
  expect(metrics.asked('sks person in a red hoodie')).toEqual({ outfit: 'hoodie', outfitColour: 'red' })
})

test('drawings show what their captions ask for', async () => {
  const evaluator = await EVALUATORS.attributes.open(device, folder)
  const drawn = Array.from({ length: 24 }, (_, i) => picture(createPortrait(7e8 + i, i, createContext(i))))
  const right = await evaluator.score({ drawn, photos: [] })
  const swapped = drawn.map((one, i) => ({ ...one, prompt: drawn[(i + 1) % drawn.length]?.prompt ?? '' }))
  expect(right).toBeGreaterThan(0.93)
  expect(await evaluator.score({ drawn: swapped, photos: [] })).toBeLessThan(0.6)
  await evaluator.close()
})

test('a person is like the own photos, and unlike those of others', async () => {
  const evaluator = await EVALUATORS.identity.open(device, folder)
  const [own, other] = [9e8, 9e8 + 1].map(identity => createPersonPortraits(identity, 6, 0).map(picture))
  const [drawn, photos] = [(own ?? []).slice(0, 2), (own ?? []).slice(2)]
  expect(await evaluator.score({ drawn, photos })).toBeGreaterThan(0.8)
  expect(await evaluator.score({ drawn, photos: other ?? [] })).toBeLessThan(0.5)
  const small = { ...(drawn[0] as Drawn), width: 64, height: 64 }
  await expect(evaluator.score({ drawn: [small], photos })).rejects.toThrow('64 x 64')
  await evaluator.close()
})
