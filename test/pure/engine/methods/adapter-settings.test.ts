import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Base, openBase } from '../../../../engine/index.ts'
import { lora } from '../../../../engine/methods/lora.ts'
import { normals } from '../../../../engine/noise.ts'
import { diffusionFeeds } from '../../../../engine/training/diffusion.ts'
import { writeTinyBase } from '../../../../measures/stage/tiny-base.ts'

let folder: string
let base: Base
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'semblance-settings-'))
  base = await openBase(await writeTinyBase(join(folder, 'base'), 'sdxl'))
})
afterAll(() => rm(folder, { recursive: true }))

const plan = (options: object) => lora.plan(base, lora.options.parse(options))
const ends = (options: object) => {
  const keys = plan(options).modules.map(
    ({ component, key }) => `${component} ${key.replace(/^.*attentions\.\d+\.(transformer_blocks\.\d+\.)?/, '')}`,
  )
  return [...new Set(keys)].sort()
}

describe('the options of LoRA', () => {
  test('name the layers by sets, several with commas between them', () => {
    expect(ends({ targets: 'projections, feed-forward' })).toEqual([
      'unet ff.net.0.proj',
      'unet ff.net.2',
      'unet proj_in',
      'unet proj_out',
    ])
    expect(() => plan({ targets: 'attention,everything' })).toThrow('one of attention')
  })
  test('leave out the last layer of the first text encoder, which SDXL does not read', () => {
    const layers = plan({ targets: 'text-encoder' }).modules.map(({ component, key }) => `${component}.${key}`)
    const layersOf = (component: string) =>
      new Set(layers.flatMap(name => (name.startsWith(`${component}.`) ? [/layers\.(\d+)/.exec(name)?.[1]] : [])))
    expect(layersOf('text_encoder')).toEqual(new Set(['0']))
    expect(layersOf('text_encoder_2')).toEqual(new Set(['0', '1', '2']))
  })
  test('scale by alpha / rank, or by alpha / sqrt(rank)', () => {
    expect(plan({ rank: 16 }).scale).toBe(1)
    expect(plan({ rank: 16, alpha: 4 }).scale).toBe(0.25)
    expect(plan({ rank: 16, alpha: 4, rslora: true }).scale).toBe(1)
    expect(plan({ rank: 16, alpha: 4, rslora: 'true' }).scale).toBe(1)
    expect(plan({ rank: 16, alpha: 4, rslora: 'false' }).scale).toBe(0.25)
  })
})

describe('what each step draws', () => {
  const shape = [2, 4, 8, 8]
  const example = {
    mean: normals(1, 0, 256),
    logVariance: new Float32Array(256),
    conditioning: { context: new Float32Array(77 * 56), pooled: new Float32Array(20), time_ids: new Float32Array(6) },
  }
  const feeds = (more: object, draw = 3) => diffusionFeeds({ base, shape, seed: 5, ...more }, [example], draw)

  test('with a noise offset is the plain noise, moved by one number for each image and channel', () => {
    const [plain, moved] = [{}, { noiseOffset: 0.1 }].map(more => feeds(more).target!.data as Float32Array)
    const shifts = Array.from(moved!, (value, i) => value - plain![i]!)
    for (let plane = 0; plane < 8; plane++) {
      const own = shifts.slice(plane * 64, (plane + 1) * 64)
      expect(Math.max(...own) - Math.min(...own)).toBeLessThan(1e-6)
    }
    expect(new Set(shifts.map(value => value.toFixed(4))).size).toBe(8)
  })
  test('with dropout leaves that share of the inner channels out, others for each image and step, the same when asked again', () => {
    const keep = (draw: number) => [
      ...(feeds({ dropout: { share: 0.25, width: 400 } }, draw).keep!.data as Float32Array),
    ]
    const first = keep(1)
    expect(new Set(first)).toEqual(new Set([0, Math.fround(4 / 3)]))
    expect(first.filter(value => value === 0).length / 800).toBeCloseTo(0.25, 1)
    expect(first.slice(0, 400)).not.toEqual(first.slice(400))
    expect(keep(2)).not.toEqual(first)
    expect(keep(1)).toEqual(first)
  })
  test('without either is what it was', () => {
    expect(Object.keys(feeds({}))).not.toContain('keep')
    expect(feeds({ noiseOffset: 0 })).toEqual(feeds({}))
  })
})
