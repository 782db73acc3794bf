/** Combines methods in one training: the last one says what trains, another one brings its class images. */
import { z } from 'zod'
import { invariant } from '../../errors.ts'
import type { Method } from './method.ts'

/**
 * "DreamBooth + LoRA" is LoRA's pairs trained with DreamBooth's class images and word. Words that are learned first, in a stage
 * of their own, are not combined here.
 * @param defaults of options that the combination sets otherwise than its methods
 */
export function combine(name: string, methods: readonly Method[], defaults: Record<string, unknown> = {}): Method {
  const last = methods.at(-1)
  invariant(last && methods.every(({ token }) => !token), `${name} combines methods that learn a word`)
  const given = methods.find(({ prior }) => prior)
  const { prior, assertSubject } = given ?? {}
  const shape = { ...shapeOf(last), ...(prior ? shapeOf(prior) : {}) }
  const options = z.object({ ...shape, ...withDefaults(shape, defaults) })
  return { ...last, name, options, ...(prior && { prior }), ...(assertSubject && { assertSubject }) }
}

export function shapeOf({ options }: { options: z.ZodType }): z.ZodRawShape {
  invariant(options instanceof z.ZodObject, 'the options of a method are an object')
  return options.shape as z.ZodRawShape
}

function withDefaults(shape: z.ZodRawShape, defaults: Record<string, unknown>): z.ZodRawShape {
  const changed = Object.entries(defaults).map(([name, value]) => {
    const known = shape[name]
    invariant(known instanceof z.ZodDefault, `no option ${name} with a default`)
    return [name, z.prefault(known, value).describe(known.description ?? '')] as const
  })
  return Object.fromEntries(changed)
}
