/** How many entries lists can have: `@listSize` of schema.graphql, counted by the cost of operations and kept to by the answers. */
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql'
import { invariant } from '../../errors.ts'

type Field = GraphQLField<unknown, unknown>

/** The size a field declares; undefined where it declares none. */
export function listSizeOf({ astNode }: Pick<Field, 'astNode'>): number | undefined {
  const directive = astNode?.directives?.find(({ name }) => name.value === 'listSize')
  const value = directive?.arguments?.find(({ name }) => name.value === 'assumedSize')?.value
  return value?.kind === 'IntValue' ? Number(value.value) : undefined
}

/** The entries of a page: as many as its `first` says. */
const isOfPage = (type: GraphQLNamedType): boolean => type.name.endsWith('Connection')

/** The last entries of a list that has become longer than it says. @throws for a list field that does not say how long it can be */
export function keepListSizes(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__') || isOfPage(type)) continue
    for (const field of Object.values(type.getFields())) {
      if (!isListType(getNullableType(field.type))) continue
      const size = listSizeOf(field)
      invariant(size, `${type.name}.${field.name} is a list without @listSize in schema.graphql`)
      if (isObjectType(type)) keepSize(field, size)
    }
  }
  return schema
}

function keepSize(field: Field, size: number): void {
  const { resolve = defaultFieldResolver } = field
  const kept = (list: unknown) => (Array.isArray(list) && list.length > size ? list.slice(-size) : list)
  field.resolve = (source, args, context, info) => {
    const list = resolve(source, args, context, info)
    return list instanceof Promise ? list.then(kept) : kept(list)
  }
}
