/** Test material: `start.ts` as a process, with a data folder and a tiny base of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CliResult } from '../../measures/stage/cli-process.ts'

export const ROOT = join(import.meta.dirname, '../..')

export interface StartFolders {
  readonly dataDir: string
  readonly modelsDir: string
  readonly out: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
  /** All that it has written so far. */
  text(): string
  /** Resolves when what it has written matches. @throws when it ends before */
  said(pattern: RegExp): Promise<RegExpExecArray>
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv
  /** What stands before start.ts: the setup script. */
  readonly through?: readonly string[]
  readonly user?: number
}

export function start(
  { dataDir, modelsDir, out }: StartFolders,
  args: readonly string[],
  options: StartOptions = {},
): Started {
  const { env = {}, through = ['--disable-warning=ExperimentalWarning'], user } = options
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env
  const fixed = { DATA_DIR: dataDir, MODELS_DIR: modelsDir, PORT: '0', THREADS: '1', LEASE_SECONDS: '4' }
  const child = spawn(process.execPath, [...through, 'start.ts', '--out', out, ...args], {
    cwd: ROOT,
    env: { PATH, HOME, NODE_COMPILE_CACHE, ...fixed, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user !== undefined && { uid: user, gid: user }),
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
    })
  const ended = new Promise<CliResult>(resolve =>
    child.on('close', (code, signal) => resolve({ code, signal, ...written })),
  )
  const text = () => written.stderr + written.stdout
  return {
    child,
    ended,
    text,
    said: async pattern => {
      for (;;) {
        const found = pattern.exec(text())
        if (found) return found
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended early: ${text()}`)
        await sleep(20)
      }
    },
  }
}

/** The line that ends the start. */
export const SERVING = /Semblance serves at (http:\S+)/

interface DemoFacts {
  readonly email: string
  readonly password: string
  readonly apiKey: string
  readonly trainingId: string
}

export const readDemo = async ({ dataDir }: StartFolders): Promise<DemoFacts> =>
  JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8'))
