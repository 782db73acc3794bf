/** Textual Inversion (arXiv 2208.01618): learns the embeddings of a placeholder token; all networks stay frozen. */
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { tokenEmbeddings } from '../adapters/adapter.ts'
import type { TokenEmbeddings } from '../adapters/token-embeddings.ts'
import type { Base } from '../base/base.ts'
import { medianNorm, readTokenEmbeddings, spread } from '../base/token-embeddings.ts'
import { normals } from '../noise.ts'
import { wordPattern } from '../pipeline/prompt.ts'
import { isFullSize, type Method } from './method.ts'
import { splitSubject } from './prior.ts'
import { TEMPLATES, templatesFor } from './templates.ts'
import { NORMS } from './token-norms.ts'

const RANDOM = 'random'
const CAPTIONS = 'captions'
const words = <T extends string>(record: Record<T, unknown>) => Object.keys(record) as T[]

const options = z.object({
  vectors: z.number().int().min(1).max(32).default(4).describe('vectors that stand for the word, one token each'),
  placeholder: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('the word that prompts use; default: the first word of the subject'),
  initializer: z
    .string()
    .min(1)
    .optional()
    .describe('words whose tokens the vectors start from, in turn, or "random"; default: the rest of the subject'),
  templates: z
    .enum([...words(TEMPLATES), CAPTIONS])
    .optional()
    .describe('what photos are described with while training, default by the subject; captions: their own'),
  norm: z
    .enum(words(NORMS))
    .default('none')
    .describe("what holds the vectors' lengths: pull (towards 0.4), spread or median (of the base's own rows)"),
})

type Options = z.output<typeof options>

export const textualInversion: Method<typeof options> = {
  name: 'textual-inversion',
  options,
  // No weight decay: it would shrink the vectors away from the table's own.
  defaults: base =>
    isFullSize(base)
      ? { steps: 2000, learningRate: 5e-4, batch: 1, weightDecay: 0 }
      : { steps: 300, learningRate: 1e-2, batch: 4, weightDecay: 0 },
  plan: (base, { vectors }) => ({ modules: [], scale: 1, embeddings: tokenEmbeddings(base, vectors) }),
  initialize: ({ count }) => new Float32Array(count),
  token: {
    placeholder: (base, subject, { placeholder = splitSubject(subject)[0] }) => {
      assertNew(base, placeholder)
      return placeholder
    },
    prompts: ({ placeholder, subject, caption }, { templates = templatesFor(splitSubject(subject)[1]) }) => {
      if (templates !== CAPTIONS) return TEMPLATES[templates].map(text => text.replace('{}', placeholder))
      if (wordPattern(placeholder).test(caption)) return [caption]
      throw new AppError(
        'INPUT_INVALID',
        `the caption "${caption}" does not name ${placeholder}`,
        'Name it in every caption, or choose other templates.',
      )
    },
    start: (base, table, { subject, options, seed, index }) => {
      const { initializer = splitSubject(subject)[1] } = options
      return startRows(base, table, initializer || RANDOM, { seed, index })
    },
    projection: async (base, { component, width }, { norm }: Options) => {
      const rule = NORMS[norm]
      if (!rule) return undefined
      const table = await readTokenEmbeddings(base, component)
      return rule({ median: medianNorm(table, width), spread: spread(table) })
    },
  },
}

/** A word of the vocabulary already means something, and files of other programs could not name it. */
function assertNew(base: Base, placeholder: string): void {
  const fail = (why: string) => {
    throw new AppError('INPUT_INVALID', `"${placeholder}" cannot be a learned word: ${why}`, 'Choose one like <me>.')
  }
  if (placeholder === '' || /\s/.test(placeholder)) fail('it must be one word')
  if (/[()[\]:\\]/.test(placeholder)) fail('brackets, colons and backslashes mean something else in prompts')
  if (base.tokenizers.some(tokenizer => tokenizer.tokens(placeholder).length === 1))
    fail('it is a token of the base already')
}

/** Each vector is the next token of the initializer, from the start again when they run out; or N(0, std of the table). */
async function startRows(
  base: Base,
  { component, count, width }: TokenEmbeddings,
  initializer: string,
  { seed, index }: { readonly seed: number; readonly index: number },
): Promise<Float32Array> {
  const table = await readTokenEmbeddings(base, component)
  if (initializer === RANDOM) {
    const deviation = spread(table)
    return normals(seed, index, count * width).map(value => value * deviation)
  }
  const place = base.configs.texts.findIndex(text => text.component === component)
  const ids = base.tokenizers[place]?.tokens(initializer) ?? []
  const rows = new Float32Array(count * width)
  for (let row = 0; row < count; row++) {
    const id = ids[row % ids.length] ?? 0
    rows.set(table.subarray(id * width, (id + 1) * width), row * width)
  }
  return rows
}
