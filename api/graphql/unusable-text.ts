/** Inputs that no field can take, whatever its type: refused at one place, before anything is executed. */
import { type DocumentNode, type GraphQLError, visit } from 'graphql'
import { badInput } from '../faults.ts'

/** No input of the contract is nested deeper; options of methods are flat. */
const MAX_DEPTH = 50

/** PostgreSQL cannot store U+0000, and half of a surrogate pair is not a character. */
const reasonAgainst = (text: string): string | undefined => {
  if (text.includes('\0')) return 'has a character that cannot be stored (U+0000)'
  return text.isWellFormed() ? undefined : 'has half a character (a lone surrogate)'
}

/** The first unusable text or nesting in the variables and literals of an operation. */
export function unusableInput(
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | undefined {
  return inVariables(variables) ?? inLiterals(document)
}

/** Without recursion: what is nested too deeply must not exhaust the stack. */
function inVariables(variables: unknown): GraphQLError | undefined {
  const waiting: { value: unknown; path: readonly string[] }[] = [{ value: variables, path: [] }]
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    const { value, path } = one
    const reason = typeof value === 'string' ? reasonAgainst(value) : undefined
    if (reason) return badInput(`$${path.join('.')} ${reason}; remove it`)
    if (path.length > MAX_DEPTH) return badInput(`$${path[0]} is nested deeper than ${MAX_DEPTH} levels`)
    if (!(value instanceof Object)) continue
    for (const [key, inner] of Object.entries(value)) {
      const wrong = reasonAgainst(key)
      if (wrong) return badInput(`a key of $${path.join('.')} ${wrong}; remove it`)
      waiting.push({ value: inner, path: [...path, key] })
    }
  }
  return undefined
}

function inLiterals(document: DocumentNode): GraphQLError | undefined {
  let found: GraphQLError | undefined
  visit(document, {
    StringValue: ({ value }) => {
      const reason = reasonAgainst(value)
      if (reason) found ??= badInput(`a text in the operation ${reason}; remove it`)
    },
  })
  return found
}
