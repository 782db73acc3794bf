/** Methods that train at once: pairs of one, and the word of another (pivotal tuning). */
import { z } from 'zod'
import { invariant } from '../../errors.ts'
import { shapeOf } from './combine.ts'
import type { Method } from './method.ts'

/**
 * "Pivotal tuning" (after arXiv 2106.05744; of words and pairs: cloneofsimo's lora, diffusers' advanced training): the embeddings of a new
 * word and LoRA's pairs learn in one run, each at the rate of its own method, and are one adapter.
 */
export function trainTogether(name: string, word: Method, pairs: Method): Method {
  const { token } = word
  invariant(token && !pairs.token, `${name} trains a word of ${word.name} and pairs of ${pairs.name}`)
  return {
    ...pairs,
    name,
    options: z.object({ ...shapeOf(pairs), ...shapeOf(word) }),
    plan: (base, options) => {
      const { embeddings } = word.plan(base, options)
      return { ...pairs.plan(base, options), embeddings }
    },
    token: {
      ...token,
      pace: base => {
        const [own, theirs] = [word.defaults(base), pairs.defaults(base)]
        return { rate: own.learningRate / theirs.learningRate, decay: own.weightDecay / (theirs.weightDecay || 1) }
      },
    },
  }
}
