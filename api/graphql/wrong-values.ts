/** Values that do not fit the contract, said in our words: those of variables before they are coerced, and those written into the operation. */
import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'

const SCALARS: Readonly<Record<string, string>> = {
  String: 'a text',
  ID: 'an id',
  Int: 'a whole number from -2147483648 to 2147483647',
  Float: 'a number',
  Boolean: 'true or false',
  SafeInt: 'a whole number from 0 to 2^53 - 1',
  DateTime: 'a moment in ISO 8601 with a time zone, for example 2030-01-31T12:00:00Z',
}

/** What the type takes, for the end of a sentence. */
function allowed(type: GraphQLInputType): string {
  if (isNonNullType(type)) return allowed(type.ofType)
  if (isListType(type)) return `a list, each entry ${allowed(type.ofType)}`
  if (isEnumType(type))
    return `one of ${type
      .getValues()
      .map(({ name }) => name)
      .join(', ')}`
  if (isInputObjectType(type)) return `an object with the fields of ${type.name}`
  return SCALARS[type.name] ?? 'a value of the contract'
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is wrong with the value of a variable; undefined when it fits. Values are not repeated: one may be a secret. */
function reasonAgainst(type: GraphQLInputType, value: unknown, path: string): string | undefined {
  const isMissing = value === undefined || value === null
  if (isNonNullType(type))
    return isMissing ? `${path} is missing: give ${allowed(type)}` : reasonAgainst(type.ofType, value, path)
  if (isMissing) return undefined
  if (isListType(type)) {
    if (!Array.isArray(value)) return reasonAgainst(type.ofType, value, path)
    return first(value, (one, i) => reasonAgainst(type.ofType, one, `${path}.${i}`))
  }
  if (isInputObjectType(type)) {
    if (!isObject(value)) return `${path} must be ${allowed(type)}`
    const fields = type.getFields()
    const unknown = Object.keys(value).find(name => !Object.hasOwn(fields, name))
    if (unknown !== undefined)
      return `${path} has no field ${JSON.stringify(unknown.slice(0, 100))}: remove it, or see ${type.name}`
    return first(Object.values(fields), ({ name, type: inner, defaultValue }) =>
      value[name] === undefined && defaultValue !== undefined
        ? undefined
        : reasonAgainst(inner, value[name], `${path}.${name}`),
    )
  }
  if (isEnumType(type) || isScalarType(type))
    return parses(type, value) ? undefined : `${path} must be ${allowed(type)}`
  return undefined
}

function parses(type: { parseValue(value: unknown): unknown }, value: unknown): boolean {
  try {
    type.parseValue(value)
    return true
  } catch {
    return false
  }
}

function first<T>(values: readonly T[], find: (value: T, i: number) => string | undefined): string | undefined {
  for (const [i, value] of values.entries()) {
    const found = find(value, i)
    if (found !== undefined) return found
  }
  return undefined
}

const wrong = (message: string, nodes?: ASTNode): GraphQLError =>
  new GraphQLError(message, {
    ...(nodes ? { nodes } : {}),
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })

/** The first variable whose value does not fit its type. */
export function wrongVariable(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  for (const { variable, type: node, defaultValue } of variableDefinitions) {
    const name = variable.name.value
    if (variables[name] === undefined && defaultValue) continue
    const type = typeFromAST(schema, node as Parameters<typeof typeFromAST>[1]) as GraphQLInputType | undefined
    const reason = type && reasonAgainst(type, variables[name], `$${name}`)
    if (reason) return wrong(reason)
  }
  return undefined
}

const LITERALS: ReadonlySet<string> = new Set([
  ...[Kind.INT, Kind.FLOAT, Kind.STRING, Kind.BOOLEAN, Kind.NULL, Kind.ENUM, Kind.LIST, Kind.OBJECT, Kind.OBJECT_FIELD],
])

/** Errors of the validation of a document; those that are about a value are said in our words. */
export function worded(
  schema: GraphQLSchema,
  document: DocumentNode,
  errors: readonly GraphQLError[],
): readonly GraphQLError[] {
  const about = new Set(errors.flatMap(({ nodes }) => (nodes?.[0] && LITERALS.has(nodes[0].kind) ? [nodes[0]] : [])))
  if (about.size === 0) return errors
  const reasons = new Map<ASTNode, string>()
  const types = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(types, {
      enter(node) {
        if (about.has(node)) reasons.set(node, literalReason(node, types))
      },
    }),
  )
  return errors.map(error => {
    const [node] = error.nodes ?? []
    const reason = node && reasons.get(node)
    return reason ? wrong(reason, node) : error
  })
}

function literalReason(node: ASTNode, types: TypeInfo): string {
  if (node.kind === Kind.OBJECT_FIELD && !types.getInputType()) {
    const owner = types.getParentInputType()
    return `there is no field ${JSON.stringify(node.name.value)}${owner && 'name' in owner ? ` in ${owner.name}` : ''}: remove it`
  }
  const type = types.getInputType()
  const place = types.getArgument()?.name ?? 'a value'
  if (node.kind === Kind.OBJECT) {
    const plain = isNonNullType(type) ? type.ofType : type
    const given = new Set(node.fields.map(({ name }) => name.value))
    const missing = isInputObjectType(plain)
      ? Object.values(plain.getFields()).filter(field => isRequiredInputField(field) && !given.has(field.name))
      : []
    if (missing[0])
      return `${place} lacks ${missing.map(({ name }) => name).join(', ')}: give ${allowed(missing[0].type)}`
  }
  return type ? `a value of ${place} must be ${allowed(type)}` : `a value of ${place} does not fit`
}
