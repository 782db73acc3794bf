/**
 * What a network predicts, in one place: how its output gives the clean signal and the noise, and what it is trained on.
 *
 * With x = a x_0 + s e (a = sqrt(abar), s = sqrt(1 - abar)); v = a e - s x_0 is from Salimans and Ho, arXiv 2202.00512.
 */

/** `weights.x * x + weights.output * output`. */
export interface OutputWeights {
  readonly x: number
  readonly output: number
}

export interface Prediction {
  /** Estimate of the clean signal x_0. */
  readonly signal: (a: number, s: number) => OutputWeights
  /** Estimate of the noise e. */
  readonly noise: (a: number, s: number) => OutputWeights
  /** Training target, as weights of x_0 and e. */
  readonly target: (a: number, s: number) => { readonly signal: number; readonly noise: number }
  /** Min-SNR weight of the squared error (arXiv 2303.09556, section 3.4). */
  readonly minSnrWeight: (snr: number, gamma: number) => number
}

export type PredictionType = 'epsilon' | 'v_prediction'

export const PREDICTIONS: Readonly<Record<PredictionType, Prediction>> = {
  epsilon: {
    signal: (a, s) => ({ x: 1 / a, output: -s / a }),
    noise: () => ({ x: 0, output: 1 }),
    target: () => ({ signal: 0, noise: 1 }),
    minSnrWeight: (snr, gamma) => Math.min(snr, gamma) / snr,
  },
  v_prediction: {
    signal: (a, s) => ({ x: a, output: -s }),
    noise: (a, s) => ({ x: s, output: a }),
    target: (a, s) => ({ signal: -s, noise: a }),
    minSnrWeight: (snr, gamma) => Math.min(snr, gamma) / (snr + 1),
  },
}
