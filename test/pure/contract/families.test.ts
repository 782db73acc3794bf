/** What every family of the registry owes the generic loops, at the published models' full size (shapes only) and on tiny weights. */
import { describe, expect, test } from 'vitest'
import { conditioningInputs, FAMILIES, findFamily, promptInputs } from '../../../engine/families/index.ts'
import { createGraph, input } from '../../../engine/graph/graph.ts'
import { PUBLISHED } from '../../../measures/engine/full-size.ts'

const FRAME = { original: [3, 2], crop: [0, 1], target: [2, 2] } as const

test('every pipeline class belongs to one family, and every family has a published model here', () => {
  const classes = FAMILIES.flatMap(({ pipelines }) => pipelines)
  expect(new Set(classes).size).toBe(classes.length)
  const covered = Object.values(PUBLISHED).map(({ pipeline }) => findFamily(pipeline, 'here').name)
  expect(new Set(covered)).toEqual(new Set(FAMILIES.map(({ name }) => name)))
})

test('a class of no family is refused with the known ones', () => {
  expect(() => findFamily('FluxPipeline', '/models/flux')).toThrow(
    expect.objectContaining({ code: 'MODEL_UNSUPPORTED', next: expect.stringContaining('StableDiffusionXLPipeline') }),
  )
})

describe.each(Object.entries(PUBLISHED))('%s', (_, { pipeline, components }) => {
  const family = findFamily(pipeline, 'here')
  const configs = family.readConfigs(component => components[component], {})
  const shapes = family.conditioningShapes(configs, 77)

  test('prompts and frames give exactly its conditioning', () => {
    const graph = createGraph()
    const prompts = family.encodePrompts(graph, configs, promptInputs(graph, configs, 2, 77))
    const encoded = Object.entries(prompts).map(([name, { shape }]) => [name, shape])
    const frames = Object.entries(family.describeFrame(FRAME)).map(([name, { length }]) => [name, [2, length]])
    const wanted = Object.entries(shapes).map(([name, shape]) => [name, [2, ...shape]])
    expect(Object.fromEntries([...encoded, ...frames])).toEqual(Object.fromEntries(wanted))
    expect(Object.keys(shapes)).toContain('context')
  })

  test("the text encoders' states lie side by side in the context", () => {
    const width = configs.texts.reduce((sum, { config }) => sum + config.hidden_size, 0)
    expect(shapes.context).toEqual([77, width])
  })

  test('denoising answers in the shape of the sample, also where sides do not halve evenly', () => {
    const graph = createGraph()
    const sample = input(graph, 'sample', 'float32', [2, 4, 13, 18])
    const timesteps = input(graph, 'timesteps', 'float32', [2])
    const conditioning = conditioningInputs(graph, shapes, 2)
    expect(family.denoise(graph, configs, { sample, timesteps, conditioning }).shape).toEqual(sample.shape)
  })

  test('says what it is, and asks for weights of each of its components', () => {
    expect(family.describe(configs)).toMatch(/^Stable Diffusion (1\.x|2\.x|XL): text encoder of \d+ layers/)
    expect(family.components).toEqual(expect.arrayContaining(configs.texts.map(({ component }) => component)))
  })
})
