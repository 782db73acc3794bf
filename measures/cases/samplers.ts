/** Cases 19, 20 and 28: samplers and tokenizers against what was recorded. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadTokenizer } from '../../engine/io/index.ts'
import { findScheduler } from '../../engine/schedulers/index.ts'
import { noiseSchedule } from '../../engine/schedulers/noise-schedule.ts'
import { advance } from '../../engine/schedulers/step.ts'
import { planOf, type Trajectory, trajectoryError } from '../engine/sampler-parity.ts'
import { type Case, differs, isWrong } from './case.ts'

const FIXTURES = join(import.meta.dirname, '../../test/fixtures')
const readJson = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T

interface SamplerGoldens {
  readonly trajectories: readonly Trajectory[]
  readonly timesteps: readonly {
    scheduler: string
    spacing: string
    offset: number
    steps: number
    timesteps: number[]
  }[]
}
const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' }

async function samplers(): Promise<string[]> {
  const { trajectories, timesteps } = await readJson<SamplerGoldens>(join(FIXTURES, 'schedulers.json'))
  const off = (steps: readonly { timestep: number }[], expected: readonly number[]) =>
    steps.length !== expected.length || expected.some((t, i) => Math.abs(t - (steps[i]?.timestep ?? -1)) > 5e-3)
  return [
    ...timesteps.flatMap(({ scheduler, spacing, offset, steps, timesteps: expected }) => {
      const plan = findScheduler(scheduler).plan({ ...SD, timestep_spacing: spacing, steps_offset: offset }, steps)
      return isWrong(`timesteps of ${scheduler}, ${spacing}, ${steps} steps`, off(plan.steps, expected))
    }),
    ...trajectories.flatMap(golden => {
      const what = `${golden.scheduler} ${JSON.stringify(golden.config)} ${golden.steps}`
      const wrong = off(planOf(golden).steps, golden.timesteps) || !(trajectoryError(golden) < 1e-3)
      return isWrong(what, wrong)
    }),
  ]
}

/** With an output of zero (epsilon) a DDIM step only scales the row, by the root of the ratio of the noise levels. */
async function ddimTrailing(): Promise<string[]> {
  const config = { ...SD, timestep_spacing: 'trailing', prediction_type: 'epsilon', clip_sample: false }
  const { steps } = findScheduler('ddim').plan(config, 13)
  const { alphasCumprod } = noiseSchedule(config)
  const [first, second] = steps
  const x = Float32Array.of(1)
  if (first) advance(first, x, Float32Array.of(0), [])
  const left = (alphasCumprod[999] ?? 0) * (x[0] ?? 0) ** 2
  return [
    ...differs('the first timesteps', [first?.timestep, second?.timestep], [999, 922]),
    ...isWrong(`the row is left at ${left}`, Math.abs(left / (alphasCumprod[922] ?? 0) - 1) > 1e-5),
  ]
}

type TokenizerGolden = Record<string, { tokens: [string, number[]][]; encoded: [string, number[]][] }>

async function tokenizers(): Promise<string[]> {
  const folder = join(FIXTURES, 'tokenizer')
  const layouts = (await readdir(folder, { withFileTypes: true })).filter(entry => entry.isDirectory())
  const goldens = await readJson<TokenizerGolden>(join(folder, 'goldens.json'))
  const faults = differs('the layouts', Object.keys(goldens).sort(), layouts.map(({ name }) => name).sort())
  for (const [layout, { tokens, encoded }] of Object.entries(goldens)) {
    const tokenizer = await loadTokenizer(join(folder, layout))
    for (const [text, ids] of tokens) faults.push(...differs(`${layout} ${text}`, tokenizer.tokens(text), ids))
    for (const [text, ids] of encoded) faults.push(...differs(`${layout} ${text}`, [...tokenizer.encode(text)], ids))
  }
  return faults
}

export const SAMPLER_CASES: readonly Case[] = [
  { name: '19-samplers', check: samplers },
  { name: '20-ddim-trailing', check: ddimTrailing },
  { name: '28-tokenizer', check: tokenizers },
]
