/** The schedulers by short name. Another one is a file that computes its coefficients, and a line here. */

import { AppError } from '../../errors.ts'
import { ddim } from './ddim.ts'
import { dpmSolver } from './dpm-solver.ts'
import type { Scheduler } from './scheduler.ts'

export type { RawConfig } from './config.ts'
export { parseSchedulerJson } from './config.ts'
export { type Guidance, guide, isGuided } from './guidance.ts'
export { addNoise, minSnrWeight, type NoiseSchedule, noiseSchedule, trainingTarget } from './noise-schedule.ts'
export { isDone, type Row, startRow, stepRow, writeInput } from './rows.ts'
export type { Scheduler } from './scheduler.ts'

export const SCHEDULERS: Readonly<Record<string, Scheduler>> = {
  ddim,
  'dpm++': dpmSolver,
}

/** The scheduler of a short name or of a `_class_name`. Throws MODEL_UNSUPPORTED naming the known ones. */
export function findScheduler(name: string): Scheduler {
  const all = Object.values(SCHEDULERS)
  const found = all.find(scheduler => scheduler.name === name || scheduler.classNames.includes(name))
  if (found) return found
  const known = all.map(scheduler => `${scheduler.name} (${scheduler.classNames.join(', ')})`).join(', ')
  throw new AppError('MODEL_UNSUPPORTED', `unknown scheduler "${name}"`, `choose one of ${known}`)
}
