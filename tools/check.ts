/** `npm run check`: what can be told from the text alone, each check with its seconds: format, types, unused exports, the house. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

interface Check {
  readonly name: string
  /** Script in node_modules and its arguments. */
  readonly run: readonly [script: string, ...args: string[]]
  readonly next: string
}

const CHECKS: readonly Check[] = [
  { name: 'format and lint', run: ['@biomejs/biome/bin/biome', 'check', '.'], next: 'npx biome check --write .' },
  { name: 'types', run: ['typescript/bin/tsc', '--noEmit'], next: 'Mend the types.' },
  { name: 'unused exports', run: ['knip/bin/knip.js'], next: 'Delete what nobody imports, or its export.' },
  {
    name: 'rooms, documents, generated files',
    run: ['vitest/vitest.mjs', 'run', '--project', 'pure', 'test/pure/house'],
    next: 'The tests in test/pure/house say what to change.',
  },
]

/** The exit code and what was printed. */
function run([script, ...args]: Check['run']): Promise<{ code: number; text: string }> {
  const options = ['--disable-warning=ExperimentalWarning', join(ROOT, 'node_modules', script), ...args]
  const child = spawn(process.execPath, options, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', part => parts.push(part))
  return new Promise((done, reject) => {
    child.on('error', reject)
    child.on('close', code => done({ code: code ?? 1, text: Buffer.concat(parts).toString() }))
  })
}

for (const { name, run: command, next } of CHECKS) {
  const start = performance.now()
  const { code, text } = await run(command)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name} (${seconds} s)`)
  if (code === 0) continue
  console.error(`${text}\n${next}`)
  process.exitCode = 1
}
