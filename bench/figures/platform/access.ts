/** The access matrix made from the schema: who got at something that the table of actions denies him. The test is the measurement. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { countLosses } from './losses.ts'

const ROOT = join(import.meta.dirname, '../../..')
const TEST = 'test/platform/api/access-matrix.test.ts'

interface Report {
  readonly numTotalTests: number
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly fullName: string; readonly failureMessages: readonly string[] }[]
  }[]
}

function runTests(outputFile: string): Promise<void> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--project', 'platform', TEST, '--reporter', 'json', '--outputFile', outputFile]
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

export const access = countLosses('access.leaks', 'cells', 3, async ({ work }) => {
  const outputFile = join(work, 'access.json')
  await runTests(outputFile)
  const { numTotalTests, testResults }: Report = JSON.parse(await readFile(outputFile, 'utf8'))
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  if (results.length === 0) throw new Error(`no test of ${TEST} has run: ${testResults[0]?.message ?? ''}`)
  const wrong = results.flatMap(({ fullName, failureMessages }) =>
    failureMessages.map(message => `${fullName}: ${message.split('\n')[0]}`),
  )
  const note = `${numTotalTests} types, queries, mutations and subscriptions, each for anonymous, roles, scopes, another tenant`
  return { count: wrong.length, n: numTotalTests, wrong, note }
})
