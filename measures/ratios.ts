/** Turns interleaved pairs into a figure: the median ratio, its interval, the A/A control and the medians behind it. */
import type { Claim, Figure } from './figure.ts'
import { median, medianInterval, type Pairs } from './statistics.ts'

const digits = (value: number): string => value.toPrecision(3)

/** `unit` names what a and b are measured in, such as "ms". */
export function ratioFigure(claim: Claim, pairs: Pairs, unit: string, { note = '', foreignLoad = 0 } = {}): Figure {
  const control = medianInterval(pairs.control)
  const facts = [
    `${digits(median(pairs.a))} against ${digits(median(pairs.b))} ${unit}`,
    `A/A ${digits(control[0])}-${digits(control[1])}`,
    pairs.shortfall,
    foreignLoad > 0.02 ? `other processes took ${Math.round(100 * foreignLoad)} % of the cores` : '',
    note,
  ]
  return {
    ...claim,
    value: median(pairs.ratios),
    ci: medianInterval(pairs.ratios),
    n: pairs.ratios.length,
    note: facts.filter(Boolean).join('; '),
    control,
    foreignLoad,
  }
}
