/**
 * Stops a training when its deterministic loss is flat (DVAR, arXiv 2302.04841): the loss of one fixed batch, whose images,
 * timesteps and noise never change, is measured every few steps; when the variance of the last measurements is a small share of
 * the variance of all, there is nothing left to learn. Until then the rate is constant, afterwards it falls to 0 in a few steps.
 *
 * The published rule also stops a loss that falls evenly, after window / sqrt(threshold) measurements: on the photos that train,
 * whose loss never ends to fall, the window decides alone. So the fixed batch should be of a photo that is held back; that one's
 * loss turns when the training begins to learn its photos by heart, and then the training stops too.
 */
import { mean } from './mean.ts'

/** When a training stops, and how it ends. */
export interface StopRule {
  /** Optimizer steps between two measurements. */
  readonly every: number
  /** Measurements that must be flat: the rule can't stop a training before it has one more. */
  readonly window: number
  /** Flat is a variance of the window below this share of the variance of all measurements. */
  readonly threshold: number
  /** Steps of the fall of the rate, as a share of the steps before it. */
  readonly decay: number
}

/** Why a training ended: its loss was flat, or had been lower a window before; or its steps were used up. */
export type StopReason = 'flat' | 'rising' | 'budget'

/** What a checkpoint keeps of the rule, so that a resumed training stops where a whole one does. */
export interface StopState {
  /** Measurements in order, each with the loss of every row. */
  readonly history: readonly (readonly number[])[]
  /** Why the rule stopped it, and after which step; absent while it watches. */
  readonly stopped?: { readonly reason: 'flat' | 'rising'; readonly step: number } | undefined
}

export interface StopWatch {
  /** Whether the loss is to be measured after so many finished steps. */
  isDue(finished: number): boolean
  /** Takes a measurement: the deterministic loss of every row. */
  record(finished: number, losses: readonly number[]): void
  /** Whether the rate still is constant. */
  isWatching(step: number): boolean
  /** The factor on the learning rate of the optimizer step after `step` finished ones. */
  factor(step: number): number
  /** The last step, as far as is known: it comes nearer when the rule stops. */
  end(): number
  reason(): StopReason
  state(): StopState
}

/** Population variance. */
function variance(values: readonly number[]): number {
  const center = mean(values)
  return mean(values.map(value => (value - center) ** 2))
}

/** Variance of the last `window` values as a share of the variance of all; 1 while there are no more than these. */
export function varianceRatio(history: readonly number[], window: number): number {
  const all = variance(history)
  return all === 0 ? 1 : variance(history.slice(-window)) / all
}

/** The least number of steps in which the rule can stop a training whose rate rises for `warmup` steps. */
export const leastSteps = ({ every, window, decay }: StopRule, warmup: number): number => {
  const earliest = (Math.floor(warmup / every) + 1 + window) * every
  return Math.floor(earliest * (1 + decay)) + 1
}

/** What the measurements say: undefined to go on. All rows must be done, since they share the rate. */
function verdict(
  history: readonly (readonly number[])[],
  { window, threshold }: StopRule,
): 'flat' | 'rising' | undefined {
  if (history.length <= window) return undefined
  const rows = (history[0] ?? []).map((_, row) => history.map(losses => losses[row] ?? Number.NaN))
  const isRising = (own: readonly number[]) => own.indexOf(Math.min(...own)) < own.length - window
  if (rows.every(isRising)) return 'rising'
  return rows.every(own => isRising(own) || varianceRatio(own, window) < threshold) ? 'flat' : undefined
}

/** @param options `steps`: the budget, the fall of the rate included; `warmup`: steps of its rise, which are not measured */
export function watchLoss(
  rule: StopRule,
  { steps, warmup }: { readonly steps: number; readonly warmup: number },
  saved: StopState = { history: [] },
): StopWatch {
  const history = saved.history.map(losses => [...losses])
  const budgetFall = Math.ceil(steps / (1 + rule.decay))
  let stopped = saved.stopped
  const fallFrom = (): number => stopped?.step ?? budgetFall
  const end = (): number =>
    stopped ? Math.min(steps, stopped.step + Math.max(1, Math.ceil(rule.decay * stopped.step))) : steps
  return {
    isDue: finished => finished <= fallFrom() && finished > warmup && finished % rule.every === 0,
    record(finished, losses) {
      history.push([...losses])
      const reason = stopped || finished >= budgetFall ? undefined : verdict(history, rule)
      if (reason) stopped = { reason, step: finished }
    },
    isWatching: step => step < fallFrom(),
    factor: step => {
      if (step < warmup) return step / warmup
      if (step < fallFrom()) return 1
      return Math.max(0, 1 - (step - fallFrom()) / Math.max(1, end() - fallFrom()))
    },
    end,
    reason: () => stopped?.reason ?? 'budget',
    state: () => ({ history, stopped }),
  }
}
