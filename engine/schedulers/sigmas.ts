/** Noise over signal, sigma = sqrt((1 - abar) / abar): the scale that Euler and DPM-Solver++ step on, as diffusers has it. */

import type { Prediction } from './prediction.ts'

/** diffusers keeps this much signal where a zero-terminal-SNR schedule has none, to stay finite. */
const LEAST_SIGNAL = 2 ** -24

function sigmaOf(alphaCumprod: number): number {
  const share = alphaCumprod || LEAST_SIGNAL
  return Math.sqrt((1 - share) / share)
}

/** Sigmas of all training timesteps, rising. */
export const sigmaTable = (alphasCumprod: Float64Array): Float64Array => alphasCumprod.map(sigmaOf)

/** Signal `a` and noise `s` of the row scaled to unit variance: a = 1 / sqrt(1 + sigma^2), s = sigma a. */
export function mixtureOf(sigma: number): { readonly a: number; readonly s: number } {
  const a = 1 / Math.sqrt(1 + sigma * sigma)
  return { a, s: sigma * a }
}

/** Shares of image and noise in a row of unit variance at abar. */
export const mixtureAt = (alphaCumprod: number): { readonly signal: number; readonly noise: number } => ({
  signal: Math.sqrt(alphaCumprod),
  noise: Math.sqrt(1 - alphaCumprod),
})

/** The noise estimate as weights of a row that is not scaled to unit variance, and of the network's output. */
export function noiseOf(prediction: Prediction, sigma: number): { readonly x: number; readonly output: number } {
  const { a, s } = mixtureOf(sigma)
  const noise = prediction.noise(a, s)
  return { x: noise.x * a, output: noise.output }
}

/** The table at a timestep that may lie between two of its entries. */
export function sigmaAt(table: Float64Array, timestep: number): number {
  const low = Math.min(Math.floor(timestep), table.length - 2)
  return table[low]! + (timestep - low) * (table[low + 1]! - table[low]!)
}

/** The timestep of a sigma, by linear interpolation of the logarithms. */
export function timestepOf(table: Float64Array, sigma: number): number {
  const log = Math.log(Math.max(sigma, 1e-10))
  const above = table.findIndex(entry => Math.log(entry) > log)
  const low = Math.min(Math.max((above === -1 ? table.length : above) - 1, 0), table.length - 2)
  const [from, to] = [Math.log(table[low]!), Math.log(table[low + 1]!)]
  return low + Math.min(1, Math.max(0, (log - from) / (to - from)))
}

const RHO = 7

/** `count` sigmas, falling from `largest` to `smallest` (Karras et al., arXiv 2206.00364, equation 5). */
export function karrasSigmas(smallest: number, largest: number, count: number): number[] {
  const [from, to] = [largest ** (1 / RHO), smallest ** (1 / RHO)]
  return Array.from({ length: count }, (_, i) => (from + (count > 1 ? i / (count - 1) : 0) * (to - from)) ** RHO)
}
