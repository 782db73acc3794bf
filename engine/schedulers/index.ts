/** The schedulers by short name. Another one is a file that computes its coefficients, and a line here. */

import { AppError } from '../../errors.ts'
import type { RawConfig } from './config.ts'
import { ddim } from './ddim.ts'
import { dpmSolver } from './dpm-solver.ts'
import { euler, eulerAncestral } from './euler.ts'
import { pndm } from './pndm.ts'
import type { Scheduler } from './scheduler.ts'

export type { RawConfig } from './config.ts'
export { isGuided } from './guidance.ts'
export { addNoise, minSnrWeight, type NoiseSchedule, noiseSchedule, trainingTarget } from './noise-schedule.ts'
export { readProcess } from './process.ts'
export { isDone, type Row, startRow, stepRow, writeInput } from './rows.ts'
export type { Scheduler } from './scheduler.ts'

export const SCHEDULERS: Readonly<Record<string, Scheduler>> = {
  ddim,
  'dpm++': dpmSolver,
  'dpm++-karras': withConfig('dpm++-karras', dpmSolver, { use_karras_sigmas: true }),
  euler,
  'euler-karras': withConfig('euler-karras', euler, { use_karras_sigmas: true }),
  'euler-ancestral': eulerAncestral,
  pndm,
}

/** A scheduler under another name with some keys of the config set. */
function withConfig(name: string, scheduler: Scheduler, keys: RawConfig): Scheduler {
  return { name, classNames: [], plan: (raw, steps, options) => scheduler.plan({ ...raw, ...keys }, steps, options) }
}

/** The scheduler of a short name or of a `_class_name`. Throws MODEL_UNSUPPORTED naming the known ones. */
export function findScheduler(name: string): Scheduler {
  const all = Object.values(SCHEDULERS)
  const found = all.find(scheduler => scheduler.name === name || scheduler.classNames.includes(name))
  if (found) return found
  const known = all.map(scheduler => `${scheduler.name} (${scheduler.classNames.join(', ')})`).join(', ')
  throw new AppError('MODEL_UNSUPPORTED', `unknown scheduler "${name}"`, `Choose one of ${known}.`)
}
