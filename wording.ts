/** One translator of what the validator finds: what is wrong and what is allowed, in the words of the product. Values are never repeated: one may be a secret. */

import type { $ZodRawIssue } from 'zod/v4/core'
import { config } from 'zod/v4/core'

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  bigint: 'a whole number',
  array: 'a list',
  tuple: 'a list',
  object: 'an object with named fields',
  record: 'an object with named fields',
  date: 'a moment in ISO 8601',
  null: 'null',
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address such as name@example.org',
  url: 'an address such as https://example.org',
  uuid: 'a UUID',
  regex: 'written as it is described',
  json_string: 'JSON',
}

/** What a size counts, by what has it. */
const SIZES: Readonly<Record<string, string>> = {
  string: 'characters',
  array: 'entries',
  set: 'entries',
  file: 'bytes',
}

type Issue<C extends $ZodRawIssue['code']> = Extract<$ZodRawIssue, { code: C }>

function bound(word: 'at least' | 'at most', limit: unknown, origin: string, inclusive: boolean): string {
  const unit = SIZES[origin]
  if (unit)
    return word === 'at least' && Number(limit) === 1 ? 'must not be empty' : `must have ${word} ${limit} ${unit}`
  if (inclusive) return `must be ${word} ${limit}`
  return `must be ${word === 'at least' ? 'above' : 'below'} ${limit}`
}

const quoted = (values: readonly unknown[]): string => values.map(value => JSON.stringify(value)).join(', ')

const WORDS: { readonly [C in $ZodRawIssue['code']]?: (issue: Issue<C>) => string } = {
  invalid_type: ({ expected, input }) => {
    const allowed = TYPES[expected] ?? 'of another kind'
    return input === undefined ? `is missing: give ${allowed}` : `must be ${allowed}`
  },
  invalid_value: ({ values }) => `must be ${values.length > 1 ? 'one of ' : ''}${quoted(values)}`,
  too_small: ({ minimum, origin, inclusive }) => bound('at least', minimum, origin, inclusive !== false),
  too_big: ({ maximum, origin, inclusive }) => bound('at most', maximum, origin, inclusive !== false),
  invalid_format: ({ format }) => `must be ${FORMATS[format] ?? `of the form ${format}`}`,
  not_multiple_of: ({ divisor }) => `must be a multiple of ${divisor}`,
  unrecognized_keys: ({ keys }) => `has fields that are not known: ${keys.join(', ')}; remove them`,
  invalid_union: () => 'has none of the allowed forms',
  invalid_key: () => 'has a name that is not allowed',
  invalid_element: () => 'has an entry that is not allowed',
  custom: () => 'is not allowed',
}

/** An issue of a kind that is not known yet is still said in our words. */
const wordingOf = (issue: $ZodRawIssue): string =>
  (WORDS[issue.code] as ((one: $ZodRawIssue) => string) | undefined)?.(issue) ?? 'is not allowed'

// A rule's own message goes before this one; without it every rule of every schema speaks so.
config({ customError: wordingOf })
