/**
 * What an operation may ask for: depth, aliases, and a cost that counts every object of pages and lists by what they can hold. Counted before anything is executed, with the
 * operation's variables, so that `first: $n` costs what it says.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { operationLimit } from '../faults.ts'
import { listSizeOf } from './list-size.ts'

/** Tokens bound the parser, the others the execution. */
export const OPERATION_LIMITS = { tokens: 3000, depth: 14, aliases: 30, cost: 10_000 } as const

interface Counting {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
  aliases: number
  /** Fields visited: spread fragments count again at every use. */
  visited: number
}

interface Place {
  readonly type: GraphQLNamedType | undefined
  readonly depth: number
}

/** The first limit that the operation exceeds; undefined when it keeps them all. The document must be valid. */
export function exceededLimit(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  const fragments = document.definitions.filter(node => node.kind === Kind.FRAGMENT_DEFINITION)
  const counting: Counting = {
    schema,
    fragments: new Map(fragments.map(node => [node.name.value, node])),
    variables: { ...defaultsOf(operation), ...variables },
    aliases: 0,
    visited: 0,
  }
  const root = schema.getRootType(operation.operation) ?? undefined
  try {
    const cost = costOf(counting, operation.selectionSet, { type: root, depth: 1 })
    assertWithin('cost', cost, 'ask for smaller pages or fewer nested lists')
    return undefined
  } catch (error) {
    return error as GraphQLError
  }
}

const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  )

function assertWithin(name: keyof typeof OPERATION_LIMITS, value: number, next: string): void {
  const limit = OPERATION_LIMITS[name]
  if (value > limit) throw operationLimit(`the operation's ${name} is over ${limit}; ${next}`)
}

function costOf(counting: Counting, { selections }: SelectionSetNode, place: Place): number {
  let cost = 0
  for (const node of selections) {
    if (node.kind === Kind.FIELD) cost += fieldCost(counting, node, place)
    else if (node.kind === Kind.INLINE_FRAGMENT) {
      const type = node.typeCondition ? counting.schema.getType(node.typeCondition.name.value) : place.type
      cost += costOf(counting, node.selectionSet, { ...place, type })
    } else {
      const fragment = counting.fragments.get(node.name.value)
      const type = fragment && counting.schema.getType(fragment.typeCondition.name.value)
      if (fragment) cost += costOf(counting, fragment.selectionSet, { ...place, type })
    }
  }
  return cost
}

function fieldCost(counting: Counting, node: FieldNode, { type, depth }: Place): number {
  assertWithin('depth', depth, 'ask for nested objects by their ids instead')
  if (node.alias) assertWithin('aliases', ++counting.aliases, 'send several operations')
  assertWithin('cost', ++counting.visited, 'select fewer fields')
  const name = node.name.value
  // Introspection is either off or harmless: the schema is small and public.
  if (name.startsWith('__') || !node.selectionSet) return 0
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined
  const inner = field && getNamedType(field.type)
  if (!field || !inner || !isCompositeType(inner)) return 0
  const own = type === counting.schema.getMutationType() ? MUTATION_COST : 1
  const paged = field.args.some(({ name: argument }) => argument === 'first')
  const children = costOf(counting, node.selectionSet, { type: inner, depth: depth + 1 })
  // Of a page its entries count, by the field in it that lists them.
  if (paged) return own + children * sizeOf(counting, node)
  return (own + children) * (listSizeOf(field) ?? 1)
}

/** A mutation writes, checks passwords or photos: 20 of them are enough for one request. */
const MUTATION_COST = 500

/** The `first` of a page as given, by a variable or not at all. */
function sizeOf({ variables }: Counting, node: FieldNode): number {
  const value = node.arguments?.find(({ name }) => name.value === 'first')?.value
  if (value?.kind === Kind.INT) return Math.max(1, Number(value.value))
  const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : undefined
  return typeof given === 'number' ? Math.max(1, given) : 20
}
