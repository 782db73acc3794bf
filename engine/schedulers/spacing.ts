/** Which of the training timesteps a sampling run visits (arXiv 2305.08891, table 2; whole numbers as in diffusers). */

import { AppError } from '../../errors.ts'

export type Spacing = 'leading' | 'trailing' | 'linspace'

export interface SpacingRequest {
  readonly spacing: Spacing
  /** Length of the noise schedule. */
  readonly trainTimesteps: number
  readonly steps: number
  /** `steps_offset`, added for `leading` only. */
  readonly offset: number
  /** `leading` and `linspace` lay out this many points more and leave out the lowest ones. */
  readonly surplus: 0 | 1
  /** false: `linspace` gives single-precision numbers instead of whole ones. Default true. */
  readonly whole?: boolean
}

/** Nearest whole number, halves to the even one, as numpy rounds. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value)
  const rest = value - down
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1
}

/** Each gives `count` points, rising. */
const POINTS: Readonly<Record<Spacing, (request: SpacingRequest, count: number) => number[]>> = {
  leading: ({ trainTimesteps, offset }, count) => {
    const stride = Math.floor(trainTimesteps / count)
    return Array.from({ length: count }, (_, i) => i * stride + offset)
  },
  linspace: ({ trainTimesteps, whole = true }, count) => {
    const stride = (trainTimesteps - 1) / (count - 1)
    const round = whole ? roundHalfEven : Math.fround
    return Array.from({ length: count }, (_, i) => (i === 0 ? 0 : round(i * stride)))
  },
  // numpy's arange(T, 0, -T/n) has one entry too many for some n (49 of 1000, for one): a timestep -1, not kept here.
  trailing: ({ trainTimesteps, steps }) => {
    const stride = trainTimesteps / steps
    return Array.from({ length: steps }, (_, i) => roundHalfEven(trainTimesteps - i * stride) - 1).reverse()
  },
}

/** Timesteps, falling. Throws INPUT_INVALID when the schedule has no `steps` different ones. */
export function spacedTimesteps(request: SpacingRequest): number[] {
  const { spacing, trainTimesteps, steps, surplus } = request
  const points =
    Number.isInteger(steps) && steps > 0 && steps <= trainTimesteps ? POINTS[spacing](request, steps + surplus) : []
  const timesteps = points.slice(-steps).reverse()
  const falling = timesteps.every((t, i) => t >= 0 && t < (timesteps[i - 1] ?? trainTimesteps))
  if (timesteps.length === 0 || !falling) {
    const message = `${steps} steps do not fit a noise schedule of ${trainTimesteps} timesteps (spacing "${spacing}")`
    throw new AppError('INPUT_INVALID', message, `Ask for a whole number of steps from 1 to ${trainTimesteps - 2}.`)
  }
  return timesteps
}
