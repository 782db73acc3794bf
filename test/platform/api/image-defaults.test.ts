import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, isInputObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { IMAGE_DEFAULTS } from '../../../engine/descriptors.ts'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'))

function defaultOf(typeName: string, field: string): unknown {
  const type = schema.getType(typeName)
  return isInputObjectType(type) ? type.getFields()[field]?.defaultValue : undefined
}

test('the defaults of images in schema.graphql are those of the engine', () => {
  expect({
    steps: defaultOf('ImageInput', 'steps'),
    guidance: defaultOf('ImageInput', 'guidance'),
    rescale: defaultOf('ImageInput', 'rescale'),
    scheduler: defaultOf('ImageInput', 'scheduler'),
    strength: defaultOf('InitImageInput', 'strength'),
    adapterScale: defaultOf('AdapterUseInput', 'scale'),
    longPrompt: String(defaultOf('ImageInput', 'longPrompt')).toLowerCase(),
  }).toEqual(IMAGE_DEFAULTS)
})
