/** Reading a component's config.json: absent keys take the class default, values we cannot load are refused by name. */
import { z } from 'zod'
import { AppError } from '../../errors.ts'

/**
 * Parses with defaults. A key that is neither in the schema nor in `unused` (known to change nothing), and a value outside the
 * schema, name the component, the key and what is supported.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  unused: readonly string[],
  json: unknown,
  component: string,
): z.output<S> {
  const result = schema.safeParse(json)
  const faults = [
    ...unknownKeys(schema, unused, json),
    ...(result.error?.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`) ?? []),
  ]
  if (result.success && faults.length === 0) return result.data
  throw new AppError(
    'MODEL_UNSUPPORTED',
    `${component}/config.json asks for what this engine does not load: ${faults.join('; ')}`,
    'Use a Stable Diffusion 1.x, 2.x or XL model in diffusers layout.',
  )
}

/** Keys that nobody here knows might change the result; those that are off do not. Names with a leading `_` are notes. */
function unknownKeys(schema: z.ZodObject, unused: readonly string[], json: unknown): string[] {
  const known = new Set([...Object.keys(schema.shape), ...unused])
  return Object.entries(json instanceof Object ? json : {})
    .filter(([key, value]) => !known.has(key) && !key.startsWith('_') && value !== null && value !== false)
    .map(([key, value]) => `${key}: not known, found ${JSON.stringify(value)}`)
}

/** A key that must be absent, null or one fixed value. */
export const only = <const T extends string | number | boolean>(value: T) =>
  z
    .literal(value, {
      error: issue => `only ${JSON.stringify(value)} is supported, found ${JSON.stringify(issue.input)}`,
    })
    .nullish()
    .transform(() => value)

/** A key that must be absent or null: `reason` says what is not supported. */
export const absent = (reason: string) => z.null({ error: `${reason} is not supported` }).optional()

/** A side of a tensor. */
export const width = z.number().int().min(1).max(1_000_000)
/** How often a part repeats; far above any real network, so that a damaged number cannot keep us building for hours. */
export const repeats = z.number().int().min(1).max(200)

export const orList = <S extends z.ZodType>(one: S) => z.union([one, z.array(one).min(1)])

/** A per-block list from a single number or a list of the right length. */
export function perBlock(value: number | readonly number[], blocks: number, key: string): number[] {
  const list = typeof value === 'number' ? Array.from({ length: blocks }, () => value) : [...value]
  if (list.length === blocks) return list
  throw new AppError(
    'MODEL_INVALID',
    `${key} has ${list.length} entries for ${blocks} blocks`,
    'Check the config.json.',
  )
}
