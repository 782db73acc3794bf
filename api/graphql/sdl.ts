/** The contract as it is written. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const SDL = readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8')
