/** Writes client/generated/operations.ts from client/operations.graphql: `npm run codegen`. A test compares it with what is committed. */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type CodegenConfig, generate } from '@graphql-codegen/cli'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql'

const ROOT = resolve(import.meta.dirname, '..')
const SCHEMA = join(ROOT, 'schema.graphql')
const OPERATIONS = join(ROOT, 'client/operations.graphql')
export const GENERATED_OPERATIONS = join(ROOT, 'client/generated/operations.ts')

/**
 * A root field is null only beside an error, and the client throws on errors: what it returns has lists and answers of mutations.
 * @param sdl schema.graphql
 */
function withoutRefusals(sdl: string): string {
  const answered = visit(parse(sdl), {
    FieldDefinition(node, _key, _parent, _path, ancestors) {
      const owner = ancestors.at(-1) as { name?: { value: string } } | undefined
      const name = node.type.kind === Kind.NAMED_TYPE ? node.type.name.value : ''
      const refusable = node.type.kind === Kind.LIST_TYPE || /(Connection|Result)$/.test(name)
      if (!['Query', 'Mutation', 'Tenant'].includes(owner?.name?.value ?? '') || !refusable) return undefined
      return { ...node, type: { kind: Kind.NON_NULL_TYPE, type: node.type } }
    },
  })
  return print(answered)
}

const CONFIG = (schema: string): CodegenConfig => ({
  schema,
  documents: OPERATIONS,
  silent: true,
  generates: {
    [GENERATED_OPERATIONS]: {
      plugins: ['typescript-operations'],
      config: {
        immutableTypes: true,
        enumsAsTypes: true,
        scalars: { DateTime: 'string', SafeInt: 'number', JSON: 'unknown', ID: 'string' },
      },
    },
  },
})

/** The file as it should be: the types, then one value for each operation. */
export async function generatedOperations(): Promise<string> {
  const [file] = (await generate(CONFIG(withoutRefusals(await readFile(SCHEMA, 'utf8'))), false)) as {
    content: string
  }[]
  const document = parse(await readFile(OPERATIONS, 'utf8'))
  const operations = document.definitions.filter(node => node.kind === Kind.OPERATION_DEFINITION)
  const head =
    "/** Made by tools/codegen-operations.ts; do not edit. */\nimport type { Operation } from '../operation.ts'\n"
  return [head, file?.content.trim() ?? '', ...operations.map(node => operationValue(document, node)), ''].join('\n')
}

function operationValue(document: DocumentNode, node: OperationDefinitionNode): string {
  const [name, kind] = [node.name?.value ?? '', node.operation]
  const type = `${name}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
  const text = [node, ...fragmentsOf(document, node, new Set())].map(print).join('\n')
  const value = JSON.stringify({ name, kind, text: stripIgnoredCharacters(text) })
  return `\nexport const ${name}: Operation<${type}, ${type}Variables> = ${value}`
}

/** The fragments that a definition spreads, and theirs. */
function fragmentsOf(
  document: DocumentNode,
  node: OperationDefinitionNode | FragmentDefinitionNode,
  seen: Set<string>,
): FragmentDefinitionNode[] {
  const found: FragmentDefinitionNode[] = []
  visit(node, {
    FragmentSpread({ name }) {
      if (seen.has(name.value)) return
      seen.add(name.value)
      const is = (one: DocumentNode['definitions'][number]) =>
        one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name.value
      const fragment = document.definitions.find(is) as FragmentDefinitionNode
      found.push(fragment, ...fragmentsOf(document, fragment, seen))
    },
  })
  return found
}

if (process.argv[1] === import.meta.filename) await writeFile(GENERATED_OPERATIONS, await generatedOperations())
