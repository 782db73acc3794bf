/** Test material: the command line as a real process, and the processes it starts. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommandLine } from '../../cli/program.ts'

const MAIN = join(import.meta.dirname, '../../cli/main.ts')
const FLAGS = ['--disable-warning=ExperimentalWarning']

export interface CliResult {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCli {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
  /** What it has written to standard output so far. */
  stdout(): string
}

/** `file` stands for cli/main.ts where another entry is tested. */
export function startCli(args: readonly string[], file = MAIN): RunningCli {
  const child = spawn(process.execPath, [...FLAGS, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<CliResult>(resolve =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  )
  return { child, ended, stdout: () => stdout }
}

export const runCli = (args: readonly string[], file?: string): Promise<CliResult> => startCli(args, file).ended

/** The same command line inside this process: cheaper, where signals and the end of the process do not matter. */
export async function callCli(args: readonly string[]): Promise<CliResult> {
  const written = { stdout: '', stderr: '' }
  const streams = ['stdout', 'stderr'] as const
  const originals = streams.map(name => process[name].write)
  for (const name of streams)
    process[name].write = (text: string | Uint8Array) => {
      written[name] += String(text)
      return true
    }
  try {
    return { code: await runCommandLine(args), signal: null, ...written }
  } finally {
    streams.forEach((name, i) => {
      process[name].write = originals[i] as typeof process.stdout.write
    })
  }
}

/** The objects that a `--json` run printed. */
export const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>)

/** Processes that `pid` started and that live, also theirs. */
export function descendants(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    const [, parent] = statOf(Number(name))
    if (parent !== undefined) parents.set(Number(name), parent)
  }
  const found: number[] = []
  const visit = (one: number): void => {
    for (const [child, parent] of parents) {
      if (parent !== one) continue
      found.push(child)
      visit(child)
    }
  }
  visit(pid)
  return found
}

/** State letter and parent of a process; empty when there is none. */
function statOf(pid: number): [state?: string, parent?: number] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return [fields[0] ?? '', Number(fields[1])]
  } catch {
    return []
  }
}

/** Whether the process runs; one that ended but was not waited for does not. */
export const isAlive = (pid: number): boolean => {
  const [state] = statOf(pid)
  return state !== undefined && state !== 'Z' && state !== 'X'
}

/** Resolves to how long it took until none of them lived, or to undefined after `limit` milliseconds. */
export async function waitForEnd(pids: readonly number[], limit: number): Promise<number | undefined> {
  const start = performance.now()
  while (performance.now() - start < limit) {
    if (!pids.some(isAlive)) return performance.now() - start
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return undefined
}
