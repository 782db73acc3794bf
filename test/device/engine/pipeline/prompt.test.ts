/** Weights in prompts: how they are read, and what they do to the text states. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openBase, openDevice, openPipeline } from '../../../../engine/index.ts'
import { emphasize, parsePrompt } from '../../../../engine/pipeline/prompt.ts'
import { cutRow } from '../../../../engine/pipeline/prompt-chunks.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

const folder = await mkdtemp(join(tmpdir(), 'semblance-prompt-'))
const device = openDevice({ threads: 1 })
const pipeline = openPipeline(device, await openBase(await writeTinyBase(join(folder, 'base'), 'sd2')))
afterAll(async () => {
  await device.kill()
  await rm(folder, { recursive: true })
})

describe('a prompt is read in parts', () => {
  test.each<[string, [string, number][]]>([
    ['a dog', [['a dog', 1]]],
    ['', [['', 1]]],
    [
      'a (dog) b',
      [
        ['a ', 1],
        ['dog', 1.1],
        [' b', 1],
      ],
    ],
    [
      'a [dog]',
      [
        ['a ', 1],
        ['dog', 0.9091],
      ],
    ],
    ['((a))', [['a', 1.21]]],
    ['(a:1.5)', [['a', 1.5]]],
    [
      '(a (b:2) c:0.5)',
      [
        ['a ', 0.5],
        ['b', 1],
        [' c', 0.5],
      ],
    ],
    ['(a: .25 )', [['a', 0.25]]],
    ['(a:-1)', [['a', -1]]],
    ['a \\(b\\) \\[c\\] \\\\', [['a (b) [c] \\', 1]]],
    ['a:b 3:4', [['a:b 3:4', 1]]],
    ['a:1.5) b', [['a:1.5) b', 1]]],
    ['(a b', [['a b', 1.1]]],
    ['[a', [['a', 0.9091]]],
    ['a) b]', [['a) b]', 1]]],
    ['()', [['', 1]]],
  ])('%s', (prompt, parts) => {
    const rounded = parsePrompt(prompt).map(({ text, weight }) => [text, Number(weight.toFixed(4))])
    expect(rounded).toEqual(parts)
  })
})

test('a row without weights is the one the tokenizer makes, cut at the same place', () => {
  const { tokenizer } = pipeline.base
  for (const text of ['a sks dog', '', 'a b c '.repeat(50)]) {
    const { ids, weights } = cutRow(tokenizer, parsePrompt(text))
    expect(ids).toEqual(tokenizer.encode(text))
    expect(new Set(weights)).toEqual(new Set([1]))
  }
})

test('weights keep the mean of the states, and scale one place against the others', () => {
  const states = Float32Array.from([1, 2, 3, 4, 5, 6])
  emphasize(states, 2, Float32Array.of(1, 2, 1), { from: 0, to: 2 })
  expect(states.reduce((a, b) => a + b) / 6).toBeCloseTo(3.5, 5)
  expect(states[2]! / states[0]!).toBeCloseTo(6, 5)
})

test('a mean that would change its sign leaves the states at their weights', () => {
  const states = Float32Array.of(-3, 2)
  emphasize(states, 1, Float32Array.of(1, 4), { from: 0, to: 1 })
  expect([...states]).toEqual([-3, 8])
})

test('an image follows the weights, and brackets with a backslash are text', async () => {
  const request = { prompt: 'a sks dog', seed: 1, steps: 2, guidance: 3 }
  const draw = async (prompt: string) => (await pipeline.generate([{ ...request, prompt }]))[0]?.pixels
  expect(await draw('(a sks dog:1)')).toEqual(await draw('a sks dog'))
  expect(await draw('a (sks:1.4) dog')).not.toEqual(await draw('a sks dog'))
})

test('captions are not read for weights', async () => {
  const [plain, weighted] = [
    await pipeline.encodeText(['a (sks:1.4) dog']),
    await pipeline.encodeText(['a (sks:1.4) dog'], { weights: true }),
  ]
  expect(plain[0]!.context).not.toEqual(weighted[0]!.context)
})
