/** Ten thousand mutated safetensors files through our reader and the reference library. */

import { compareReaders } from '../../measures/engine/safetensors-verdicts.ts'
import { type Claim, type Figure, measured, notMeasured } from '../../measures/figure.ts'
import type { BenchContext, FigureSource } from '../source.ts'

const COUNT = 10_000
const none = (name: string): Claim => ({ name, unit: 'files', better: 'lower', floor: 0, goal: null })
const CRASHES = none('safetensors.crashes')
const LOOSER = none('safetensors.looser')
const UNLISTED = none('safetensors.unlisted')
const CLAIMS = [CRASHES, LOOSER, UNLISTED]

async function run({ peers }: BenchContext): Promise<Figure[]> {
  if (peers.missing) return CLAIMS.map(claim => notMeasured(claim, peers.missing ?? ''))
  const report = await compareReaders(peers.python, 1, COUNT)
  const both = `both accept ${report.bothAccept}, both refuse ${report.bothRefuse}, safetensors ${report.referenceVersion}`
  const rules = Object.entries(report.stricter).map(([rule, count]) => `${rule}: ${count}`)
  const first = (labels: readonly string[]): string => (labels[0] ? `; first: ${labels[0]}` : '')
  return [
    measured(CRASHES, report.crashes.length, COUNT, `${both}${first(report.crashes)}`),
    measured(LOOSER, report.looser.length, COUNT, `accepted against the reference${first(report.looser)}`),
    measured(UNLISTED, report.unlisted.length, COUNT, `stricter by rule: ${rules.join(', ')}${first(report.unlisted)}`),
  ]
}

export const safetensorsFuzz: FigureSource = { names: CLAIMS.map(({ name }) => name), minutes: 2, run }
