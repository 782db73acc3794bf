import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { GENERATED_OPERATIONS, generatedOperations } from '../../../tools/codegen-operations.ts'

test("the command line's operations fit schema.graphql, and their types are generated from it", async () => {
  expect(await readFile(GENERATED_OPERATIONS, 'utf8'), 'run: npm run codegen').toBe(await generatedOperations())
})
