/** What a base may be told in a file of its own, `semblance.json` in its folder: choices that its published files leave open. */
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { readJsonIfPresent } from '../../files/json.ts'

const schema = z.strictObject({
  /**
   * Where SDXL's text is pooled: at the end token, or as transformers does with the folder's config. The two differ where that says
   * `eos_token_id: 2` and a prompt has a learned word (docs/decisions/0020).
   */
  pooledText: z.enum(['end', 'transformers']).default('end'),
})

export type BaseOptions = z.output<typeof schema>

/** @throws AppError MODEL_INVALID naming the key and what is allowed. */
export async function readBaseOptions(folder: string): Promise<BaseOptions> {
  const path = join(folder, 'semblance.json')
  const parsed = schema.safeParse((await readJsonIfPresent(path, 'MODEL_INVALID')) ?? {})
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path: [key], message }) =>
    key === undefined ? message : `${String(key)}: ${message}`,
  )
  throw new AppError(
    'MODEL_INVALID',
    `${path} asks for what there is not: ${faults.join('; ')}`,
    'It may have {"pooledText": "end"} or {"pooledText": "transformers"}.',
  )
}
