/**
 * Kills a training command at random points and runs the same command again: the adapter must be the same file, to the
 * byte, as that of an undisturbed run, with no process and no file left over.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uniforms } from '../../engine/noise.ts'
import { descendants, jsonLines, type RunningCli, runCli, startCli, waitForEnd } from '../stage/cli-process.ts'
import { writePhotos, writeTinyBase } from '../stage/tiny-base.ts'

export interface ResumeCounts {
  /** Kills that found the training alive. */
  readonly killed: number
  /** Second runs that started from a checkpoint, not from step 0. */
  readonly resumed: number
  /** Runs whose adapter has not the bytes of the undisturbed one. */
  readonly different: number
  /** Kills that a process of the training outlived by more than two seconds. */
  readonly survived: number
  /** Files that neither command should have left. */
  readonly leftover: readonly string[]
}

/** Whom the signal hits: the whole command, or only the process that computes. */
export type Victim = 'command' | 'device'

const STEPS = 12
const SHAPES = [
  { width: 64, height: 64 },
  { width: 64, height: 96 },
  { width: 120, height: 80 },
]

interface Environment {
  readonly folder: string
  args(out: string): string[]
}

async function prepare(): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), 'semblance-kill-'))
  const base = await writeTinyBase(join(folder, 'base'))
  // Three shapes: whatever was open or closed when it was killed, and whose turn it was, must not matter.
  const images = await writePhotos(join(folder, 'photos'), 4, SHAPES)
  const settings = { steps: STEPS, batch: 1, threads: 1, 'checkpoint-every': 2, crop: 'aspect', set: 'rank=4' }
  const fixed = Object.entries({ base, images, ...settings }).flatMap(([name, value]) => [`--${name}`, String(value)])
  return { folder, args: out => ['train', '--json', ...fixed, '--out', join(folder, out)] }
}

/**
 * Kills at `points` moments, one drawn at random from each of as many equal parts of the steps, the start before the first
 * one counted as a step. Throws when the undisturbed run fails.
 */
export async function countResumes(points: number, victim: Victim, seed = 1): Promise<ResumeCounts> {
  const place = await prepare()
  try {
    const whole = await runCli(place.args('whole.safetensors'))
    if (whole.code !== 0) throw new Error(`the undisturbed training ended with ${whole.code}: ${whole.stdout}`)
    const expected = await readFile(join(place.folder, 'whole.safetensors'))
    const moments = Array.from(uniforms(seed, 0, points), (u, i) => ((i + u) / points) * STEPS)
    const outcomes: Outcome[] = []
    for (const [i, moment] of moments.entries())
      outcomes.push(await disturb(place, `cut-${i}.safetensors`, moment, victim, expected))
    const count = (has: (one: Outcome) => boolean) => outcomes.filter(has).length
    const known = new Set(['base', 'photos', 'whole.safetensors', ...moments.map((_, i) => `cut-${i}.safetensors`)])
    return {
      killed: count(one => one.killed),
      resumed: count(one => one.resumed),
      different: count(one => !one.same),
      survived: count(one => one.survived),
      leftover: (await readdir(place.folder)).filter(name => !known.has(name)),
    }
  } finally {
    await rm(place.folder, { recursive: true })
  }
}

/** Until so many steps are done; the fraction is a fraction of about one more. */
async function reach({ stdout, child }: RunningCli, moment: number): Promise<void> {
  const [steps, rest] = [Math.floor(moment), moment % 1]
  const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
  while (child.exitCode === null && stdout().split('"event":"step"').length <= steps) await pause(2)
  await pause(rest * (steps === 0 ? 1500 : 60))
}

type Outcome = Record<'killed' | 'resumed' | 'same' | 'survived', boolean>

async function disturb(
  place: Environment,
  out: string,
  moment: number,
  victim: Victim,
  expected: Buffer,
): Promise<Outcome> {
  const first = startCli(place.args(out))
  await reach(first, moment)
  const pid = first.child.pid as number
  const devices = descendants(pid)
  if (victim === 'command') first.child.kill('SIGKILL')
  else for (const device of devices) process.kill(device, 'SIGKILL')
  const survived = (await waitForEnd(devices, 2000)) === undefined
  const { code } = await first.ended
  const second = await runCli(place.args(out))
  const firstStep = jsonLines(second.stdout).find(({ event }) => event === 'step')?.step
  const found = await readFile(join(place.folder, out)).catch(() => Buffer.alloc(0))
  return { killed: code !== 0, resumed: firstStep !== 1, same: found.equals(expected), survived }
}
