import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType, isUnionType } from 'graphql'
import { expect, test } from 'vitest'
import { GENERATED, generatedTypes } from '../../../tools/codegen.ts'

const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'))
const own = Object.values(schema.getTypeMap()).filter(({ name, astNode }) => !name.startsWith('__') && astNode)

interface Described {
  readonly name: string
  readonly description?: string | null | undefined
  readonly args?: readonly Described[]
}

/** The paths of elements without a docstring. */
function bare(elements: readonly Described[], prefix = ''): string[] {
  return elements.flatMap(({ name, description, args = [] }) => {
    const path = `${prefix}${name}`
    return [...(description?.trim() ? [] : [path]), ...bare(args, `${path}.`)]
  })
}

test('every type, field, argument, enum value and input field of the contract has a docstring', () => {
  const inside = own.flatMap(type => {
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      return bare(Object.values(type.getFields()), `${type.name}.`)
    return isEnumType(type) ? bare(type.getValues(), `${type.name}.`) : []
  })
  expect([...bare(own), ...inside]).toEqual([])
})

test('every mutation takes one input and answers with one success type or user errors', () => {
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    expect(
      args.map(arg => arg.name),
      name,
    ).toEqual(['input'])
    const union = schema.getType(String(type).replace('!', ''))
    const members = isUnionType(union) ? union.getTypes() : []
    const errors = members.filter(member => member.getInterfaces().some(({ name }) => name === 'UserError'))
    expect(members.length - errors.length, name).toBe(1)
  }
})

test('lists of any length are pages', () => {
  for (const type of own.filter(isObjectType))
    for (const field of Object.values(type.getFields()))
      if (String(field.type).endsWith('Connection!'))
        expect(
          field.args.map(arg => arg.name),
          `${type.name}.${field.name}`,
        ).toEqual(expect.arrayContaining(['first', 'after']))
})

test('the committed types are those of the contract (else run: npm run codegen)', async () => {
  expect(readFileSync(GENERATED, 'utf8') === (await generatedTypes())).toBe(true)
})
