/**
 * DreamBooth (arXiv 2208.12242): all weights of the UNet, on request those of the text encoders too, learn the
 * subject under a rare word of the base; class images keep the class as it was.
 */
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { Base } from '../base/base.ts'
import { isFullSize, type Method } from './method.ts'
import { flag } from './options.ts'
import { priorOf, priorOptions, splitSubject } from './prior.ts'

const options = z.object({
  textEncoder: flag
    .optional()
    .describe(
      "the text encoders learn too, which separates the subject's word from its class and takes more memory; default: yes on a small base",
    ),
  rank: z
    .number()
    .int()
    .min(1)
    .max(128)
    .default(32)
    .describe('rank of the low-rank pairs that the change of each layer is distilled to, which is what is served'),
  ...priorOptions.shape,
})

export const dreambooth: Method<typeof options> = {
  name: 'dreambooth',
  options,
  defaults: base =>
    isFullSize(base)
      ? { steps: 800, learningRate: 5e-6, batch: 1, weightDecay: 1e-2 }
      : { steps: 100, learningRate: 6e-4, batch: 4, weightDecay: 1e-2 },
  plan: (base, { textEncoder = !isFullSize(base), rank }) => ({
    modules: [],
    scale: 1,
    weights: base.layers.read
      .filter(name => textEncoder || name.startsWith('unet.'))
      .map(name => ({ name, shape: base.shapes.get(name) ?? [] })),
    distil: { rank },
  }),
  initialize: ({ count }) => new Float32Array(count),
  prior: { options: priorOptions, of: priorOf },
  assertSubject,
}

/** @throws AppError INPUT_INVALID when the word is several tokens: each of them means something already. */
function assertSubject({ tokenizers }: Base, subject: string): void {
  const [word] = splitSubject(subject)
  const tokens = Math.max(...tokenizers.map(tokenizer => tokenizer.tokens(word).length))
  if (tokens === 1) return
  throw new AppError(
    'INPUT_INVALID',
    `"${word}" is ${tokens} tokens of this base; the word for the subject must be one`,
    'Choose a rare word of one token, such as sks.',
  )
}
