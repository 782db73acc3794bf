/** kill -9 at random points of a training, then the same command again: the result must have the same bits. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { uniforms } from '../../engine/noise.ts'
import { writeTinyBase } from '../../test/tiny-base.ts'
import { type Claim, type Figure, type FigureSource, measured } from '../figure.ts'

const CLAIM: Claim = { name: 'resume.different', unit: 'of 20 runs', better: 'lower', floor: 0, goal: null }
const KILLS = 20
const STEPS = 24
const SCRIPT = join(import.meta.dirname, '../resumable-training.ts')

interface Outcome {
  readonly hash: string | undefined
  /** The first step that this process finished; 0 when all were done already. */
  readonly first: number
  readonly seconds: number
}

/** Runs the training; a `kill` after that many seconds ends it with SIGKILL. */
async function runTraining(base: string, checkpoint: string, kill?: number): Promise<Outcome> {
  const start = performance.now()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SCRIPT, base, checkpoint, String(STEPS)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const timer = kill === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), kill * 1000)
  const lines = await readLines(child)
  clearTimeout(timer)
  const find = (label: string): string | undefined =>
    lines.find(line => line.startsWith(`${label} `))?.slice(label.length + 1)
  const seconds = (performance.now() - start) / 1000
  return { hash: find('hash'), first: Number(find('step') ?? 0), seconds }
}

async function readLines(child: ChildProcess): Promise<string[]> {
  const lines: string[] = []
  if (child.stdout) createInterface({ input: child.stdout }).on('line', line => lines.push(line))
  await new Promise(resolve => child.once('close', resolve))
  return lines
}

async function measureResumes(folder: string): Promise<Figure> {
  const base = await writeTinyBase(join(folder, 'base'))
  const straight = await runTraining(base, join(folder, 'straight'))
  if (!straight.hash) throw new Error('the uninterrupted training did not finish')
  const moments = uniforms(20, 0, KILLS)
  const [facts, counts] = [[] as string[], { different: 0, resumed: 0 }]
  for (const [i, share] of moments.entries()) {
    const checkpoint = join(folder, `kill-${i}`)
    await runTraining(base, checkpoint, share * straight.seconds)
    const again = await runTraining(base, checkpoint)
    if (again.hash !== straight.hash) {
      counts.different++
      facts.push(`killed after ${(share * straight.seconds).toFixed(2)} s: ${again.hash ? 'other bits' : 'no result'}`)
    }
    if (again.first !== 1) counts.resumed++
  }
  const note = `${counts.resumed} went on from a checkpoint, the others were killed before the first one; ${facts.join('; ')}`
  return measured(CLAIM, counts.different, KILLS, note)
}

async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'resume-'))
  try {
    return [await measureResumes(folder)]
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const resume: FigureSource = { names: [CLAIM.name], minutes: 3, run }
