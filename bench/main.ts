/** `npm run bench -- SUITE [--json] [--only FIGURE,...] [--quick] [--write]`: measures figures, prints and keeps them. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figure, failed, verdict } from '../measures/figure.ts'
import { toJson, toTable } from '../measures/report.ts'
import { describeMachine } from './machine.ts'
import { findPeers } from './peers.ts'
import { writeReport } from './report-writing.ts'
import type { BenchContext, FigureSource, Suite } from './source.ts'
import { engine } from './suites/engine.ts'
import { families } from './suites/families.ts'
import { methods } from './suites/methods.ts'
import { outside } from './suites/outside.ts'
import { platform } from './suites/platform.ts'

const SUITES: readonly Suite[] = [engine, families, platform, outside, methods]
const USAGE = `npm run bench -- ${SUITES.map(suite => suite.name).join('|')} [--json] [--only FIGURE,...] [--quick] [--write] [--list]`

/** A wanted name selects itself and, as a prefix up to a dot, everything below it. */
const selects = (wanted: string, name: string): boolean => name === wanted || name.startsWith(`${wanted}.`)

function createContext(only: readonly string[], quick: boolean): BenchContext {
  const root = resolve(import.meta.dirname, '..')
  const demoBase = process.env.SEMBLANCE_BENCH_BASE ?? join(root, 'models/portraits')
  const cache = process.env.SEMBLANCE_CACHE ?? join(homedir(), '.cache/semblance')
  mkdirSync(cache, { recursive: true })
  return {
    threads: Number(process.env.SEMBLANCE_BENCH_THREADS ?? 2),
    demoBase: existsSync(join(demoBase, 'model_index.json')) ? demoBase : undefined,
    cache,
    work: mkdtempSync(join(tmpdir(), 'bench-')),
    peers: findPeers('newest'),
    olderPeers: findPeers('older'),
    wants: name => only.length === 0 || only.some(wanted => selects(wanted, name)),
    budget: pairs => (quick ? { ...pairs, pairs: 3, warmup: 1 } : pairs),
    amount: (full, few) => (quick ? few : full),
    log: line => console.error(line),
  }
}

/** A source that breaks costs its own figures only. */
async function runSource(source: FigureSource, context: BenchContext): Promise<readonly Figure[]> {
  const names = source.names.filter(context.wants)
  context.log(`measuring ${names.join(', ')} (up to ${source.minutes} min)`)
  const start = performance.now()
  try {
    const figures = await source.run(context)
    context.log(`  ${((performance.now() - start) / 1000).toFixed(0)} s`)
    return figures.filter(({ name }) => context.wants(name))
  } catch (error) {
    context.log(`  ${error instanceof Error ? error.stack : error}`)
    return names.map(name => failed(name, error))
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      list: { type: 'boolean' },
      only: { type: 'string' },
      quick: { type: 'boolean' },
      write: { type: 'boolean' },
    },
  })
  const suite = values.help ? undefined : SUITES.find(({ name }) => name === positionals[0])
  const only = values.only?.split(',').filter(Boolean) ?? []
  const names = suite?.sources.flatMap(source => source.names) ?? []
  const unknown = only.filter(wanted => !names.some(name => selects(wanted, name)))
  if (!suite || unknown.length > 0) {
    console.error(suite ? `no figure ${unknown.join(', ')}; there are: ${names.join(', ')}` : USAGE)
    process.exitCode = 2
    return
  }
  if (values.list) return console.log(names.join('\n'))
  const context = createContext(only, values.quick ?? false)
  const figures: Figure[] = []
  for (const source of suite.sources)
    if (source.names.some(context.wants)) figures.push(...(await runSource(source, context)))
  rmSync(context.work, { recursive: true })
  const report = { name: suite.name, machine: describeMachine(), figures }
  console.log(values.json ? toJson(report) : toTable(report))
  if (values.write) console.error(writeReport(report, names, values.quick ?? false))
  if (figures.some(figure => verdict(figure) === 'fail')) process.exitCode = 1
}

await main()
