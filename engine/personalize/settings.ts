/** Checks the settings and options of a personalization before any work is done. */
import { AppError } from '../../errors.ts'
import { didYouMean } from '../../similar.ts'
import type { Base } from '../base/base.ts'
import type { AdapterPlan, Method } from '../methods/index.ts'

export interface Settings {
  readonly steps: number
  readonly batch: number
  readonly learningRate: number
  readonly weightDecay: number
  readonly seed: number
  readonly accumulate: number
  readonly minSnrGamma?: number
  readonly noiseOffset?: number
}

/** A personalization that was checked: what trains, how, and on which base. */
export interface Personalization {
  readonly base: Base
  readonly method: Method
  readonly options: Record<string, unknown>
  readonly settings: Settings
  readonly plan: AdapterPlan
}

const GIVEN = ['steps', 'batch', 'learningRate', 'seed', 'accumulate', 'minSnrGamma', 'noiseOffset'] as const
type Given = { readonly [name in (typeof GIVEN)[number]]?: number | undefined }

/**
 * The defaults with the numbers the caller gave.
 * @throws AppError INPUT_INVALID naming the setting.
 */
export function readSettings(defaults: Omit<Settings, 'seed' | 'accumulate'>, given: Given): Settings {
  const chosen = GIVEN.filter(name => given[name] !== undefined).map(name => [name, given[name]])
  const settings: Settings = { ...defaults, seed: 0, accumulate: 1, ...Object.fromEntries(chosen) }
  const fail = (name: keyof Settings, allowed: string) => {
    const message = `${name} is ${settings[name]}; it must be ${allowed}`
    throw new AppError('INPUT_INVALID', message, `Correct ${name}.`)
  }
  for (const name of ['steps', 'batch', 'accumulate'] as const)
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 1) fail(name, 'a whole number, 1 or more')
  if (!Number.isSafeInteger(settings.seed) || settings.seed < 0) fail('seed', 'a whole number from 0 to 2^53 - 1')
  if (!Number.isFinite(settings.learningRate) || settings.learningRate <= 0) fail('learningRate', 'a number above 0')
  for (const name of ['minSnrGamma', 'noiseOffset'] as const) {
    const value = settings[name] ?? 0
    if (!Number.isFinite(value) || value < 0) fail(name, 'a number, 0 or more')
  }
  return settings
}

/**
 * The method's options with its defaults. Names it does not know are refused too: a misspelt one would silently do nothing.
 * @throws AppError INPUT_INVALID naming the options.
 */
export function readOptions(method: Method, given: unknown): Record<string, unknown> {
  const next = 'Correct the named options.'
  const result = method.options.safeParse(given)
  if (!result.success) {
    const faults = result.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    throw new AppError('INPUT_INVALID', `options of ${method.name}: ${faults}`, next)
  }
  const options = result.data as Record<string, unknown>
  const unknown = Object.keys(given as Record<string, unknown>).filter(name => !Object.hasOwn(options, name))
  if (unknown.length === 0) return options
  const meant = didYouMean(unknown[0] ?? '', Object.keys(options))
  throw new AppError('INPUT_INVALID', `${method.name} has no option ${unknown.join(', ')}`, `${meant}${next}`)
}
