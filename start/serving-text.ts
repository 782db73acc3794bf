/** What the terminal shows once everything serves: where, as whom, and what to do next. */
import { join } from 'node:path'
import type { DemoState } from '../cli/service/demo-file.ts'

const USUAL_DATA = join(import.meta.dirname, '../data')

/** As a POSIX shell reads it back. */
const quoted = (text: string): string => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** @param demo where this start has a demo account */
export function servingText(address: string, dataDir: string, demo: DemoState | undefined): string {
  // Commands of another terminal know this folder only when they are told.
  const told = dataDir === USUAL_DATA ? '' : `DATA_DIR=${quoted(dataDir)} `
  const facts = [
    ['browser', demo?.signInLink ?? address],
    ...(demo ? [['demo login', `${demo.email}  ${demo.password}`]] : []),
    ...(demo?.apiKey ? [['API key', demo.apiKey]] : []),
    ['data', dataDir],
  ]
  const next = demo
    ? [
        'In another terminal:',
        `  ${told}docs/examples/session.sh`,
        `  ${told}node bin/semblance.mjs demo --login`,
        'The first is a whole session over the API, to read and to run; the second lets all commands use this service.',
      ]
    : ['docs/api.md and docs/operations.md say how to go on.']
  return [
    `Semblance serves at ${address} (GraphQL: ${address}/graphql)`,
    ...facts.map(([name = '', value = '']) => `  ${name.padEnd(12)}${value}`),
    ...next,
    'Ctrl-C stops it.',
  ].join('\n')
}
