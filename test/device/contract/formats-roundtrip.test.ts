import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { kohyaNames, kohyaTable } from '../../../adapters-store/formats/pairs/kohya-names.ts'
import { publishedTargets } from '../../../adapters-store/formats/published.ts'
import { targetOf } from '../../../adapters-store/formats/target.ts'
import { FORMATS } from '../../../adapters-store/index.ts'
import { walkNetworks } from '../../../engine/base/networks.ts'
import { FAMILIES } from '../../../engine/families/index.ts'
import { drawPairs, drawTokens, roundtrips, SMALL_TARGETS } from '../../../measures/engine/formats-roundtrip.ts'
import { PUBLISHED } from '../../../measures/engine/full-size.ts'

const work = await mkdtemp(join(tmpdir(), 'semblance-roundtrip-'))
afterAll(() => rm(work, { recursive: true }))

const families = [...SMALL_TARGETS]
const published = new Map(publishedTargets().map(target => [target.family, target]))
const wrong = (results: Awaited<ReturnType<typeof roundtrips>>) =>
  results.filter(({ mismatches }) => mismatches.length > 0)

describe.each(families)('every dialect to every dialect, %s', (family, target) => {
  test('all layers', async () => {
    const results = await roundtrips(drawPairs(target, /./, 1), target, work)
    const holders = Object.values(FORMATS).filter(one => one.kind === 'pairs' && one.fits?.(target) !== false).length
    expect(results).toHaveLength(holders ** 2)
    expect(wrong(results)).toEqual([])
  })

  test('some layers, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 30 }),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        async (seed, share) => {
          expect(wrong(await roundtrips(drawPairs(target, /./, seed, share), target, work))).toEqual([])
        },
      ),
      { numRuns: 6 },
    )
  })

  test('rows of tokens, whatever the word', async () => {
    const full = { ...published.get(family)!, fingerprint: async () => '0'.repeat(64) }
    const word = fc.oneof(
      fc.constantFrom('<me>', 'sks', '*', 'a/b', '..'),
      fc.string({ minLength: 1, unit: 'grapheme' }),
    )
    await fc.assert(
      fc.asyncProperty(word, fc.integer({ min: 1, max: 4 }), async (placeholder, n) => {
        fc.pre(!/^(__metadata__|em[bp]_params|clip_[lg])$/.test(placeholder))
        const results = await roundtrips(drawTokens(full, placeholder, n, 7), full, work)
        expect(results).toHaveLength(family === 'sd1' ? 16 : 9)
        expect(wrong(results)).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

type Golden = Record<string, { counts: { unet: number; text: number }; names: Record<string, string> }>
const golden = JSON.parse(
  await readFile(join(import.meta.dirname, '../../fixtures/kohya-names.json'), 'utf8'),
) as Golden

describe.each(Object.entries(golden))("names of kohya's own network over %s", (family, { counts, names }) => {
  const target = published.get(family)!
  const table = kohyaTable(target)
  const nameOf = kohyaNames(target, family === 'sdxl' ? 'original' : 'diffusers')

  test('are read as the paths of its own map', () => {
    expect(Object.fromEntries(Object.keys(names).map(name => [name, table.get(name)]))).toEqual(names)
  })
  test('are written the same', () => {
    const written = Object.entries(names).map(([, path]) => nameOf(target.layers.get(path)!))
    expect(written).toEqual(Object.keys(names))
  })
  test('are as many as it adapts', () => {
    const paths = [...target.layers.keys()]
    const unet = paths.filter(path => /^unet\..*(resnets|attentions|samplers)\./.test(path))
    const text = paths.filter(path => /\.(self_attn|mlp)\./.test(path))
    expect({ unet: unet.length, text: text.length }).toEqual(counts)
  })
})

test('no two layers have one name', () => {
  for (const target of published.values()) {
    const names = (['diffusers', 'original'] as const).map(blocks => {
      const nameOf = kohyaNames(target, blocks)
      return new Set([...target.layers.values()].map(nameOf)).size
    })
    expect(names).toEqual([target.layers.size, target.layers.size])
  }
})

test.each(Object.entries(PUBLISHED))(
  'the layers of %s are those the engine builds',
  (name, { pipeline, components }) => {
    const family = FAMILIES.find(({ pipelines }) => pipelines.includes(pipeline))!
    const { shapes } = walkNetworks(
      name,
      family,
      family.readConfigs(component => components[component], {}),
    )
    expect(published.get(name)!.layers).toEqual(targetOf(shapes).layers)
    expect(published.get(name)!.widths).toEqual(targetOf(shapes).widths)
  },
)
