/** Two methods in one training: what the last one trains, with the class images of the others. */
import { z } from 'zod'
import { invariant } from '../../errors.ts'
import type { Method } from './method.ts'

/**
 * "DreamBooth + LoRA" is LoRA's pairs trained with DreamBooth's class images and word. Words that are learned first, in a stage
 * of their own, are not combined here.
 */
export function combine(name: string, methods: readonly Method[]): Method {
  const last = methods.at(-1)
  invariant(last && methods.every(({ words }) => !words), `${name} combines methods that learn a word`)
  const given = methods.find(({ prior }) => prior)
  const { prior, assertSubject } = given ?? {}
  const options = z.object({ ...shapeOf(last), ...(prior ? shapeOf(prior) : {}) })
  return { ...last, name, options, ...(prior && { prior }), ...(assertSubject && { assertSubject }) }
}

function shapeOf({ options }: { options: z.ZodType }): z.ZodRawShape {
  invariant(options instanceof z.ZodObject, 'the options of a method are an object')
  return options.shape as z.ZodRawShape
}
